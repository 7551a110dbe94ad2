"""What changes from another environment or revision to this one, sorted by danger."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.assembly import Assembly
from review.changes import Change, compare
from review.judge import judge
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.permissions.compare import PermissionChange, permission_changes, verdicts
from review.rules.settings import is_plain_secret
from review.verdicts import Danger, Verdict, cannot_tell, changes, exposes, weakens
from stacks.template_values import readable

_LONGEST = 300
# Parts of a template beside its resources, of which a change may mean anything.
_OTHER_PARTS = ("Conditions", "Hooks", "Mappings", "Parameters", "Rules", "Transform")
_SIGNS = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One judged difference.

    `resource` is a logical id and `type` a CloudFormation type; both are empty for the stack itself.
    `property` is empty for a whole resource: then `sign` is `+` or `-`, otherwise `~`.
    """

    verdict: Verdict
    sign: str
    title: str
    kind: str
    type: str = ""
    resource: str = ""
    property: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Differences:
    """All differences, the worst first, and what changes in who may do what."""

    items: tuple[Difference, ...]
    permissions: tuple[PermissionChange, ...]

    @property
    def worst(self) -> Danger | None:
        """The worst danger; None where nothing differs."""
        return self.items[0].verdict.danger if self.items else None

    def reaching(self, limit: Danger) -> list[Difference]:
        """Those as bad as `limit` or worse, and those that cannot be judged."""
        return [
            each
            for each in self.items
            if each.verdict.danger <= limit or each.verdict.danger is Danger.CANNOT_TELL
        ]

    @property
    def counts(self) -> str:
        """`+1 ~2 -0`: resources added, changed and removed."""
        signs = Counter(
            sign for sign, _ in {(each.sign, each.resource) for each in self.items if each.resource}
        )
        return " ".join(f"{sign}{signs[sign]}" for sign in _SIGNS)


def differences(before: Assembly, after: Assembly, *, environments: bool) -> Differences:
    """Judge every difference.

    `environments`: these are two stacks with names of their own, not one at two times.
    """
    compared = compare(
        before.stack, after.stack, names=(before.name, after.name) if environments else ("", "")
    )
    permissions = permission_changes(compared.old, compared.new)
    policies = verdicts(permissions)
    found = [
        *_of_stack(before, after),
        *(_difference(change, judge(change, policies)) for change in compared.changes),
    ]
    found.sort(key=lambda each: (each.verdict.danger, each.kind, each.title, each.property))
    return Differences(tuple(found), tuple(permissions))


def _difference(change: Change, verdict: Verdict) -> Difference:
    sign = "~" if change.path else "+" if change.old is None else "-"
    return Difference(
        verdict=verdict,
        sign=sign,
        title=change.resource.title,
        kind=change.resource.kind,
        type=change.resource.type,
        resource=change.resource.name,
        property=change.name,
        before=change.before,
        after=change.after,
    )


def _of_stack(before: Assembly, after: Assembly) -> Iterator[Difference]:
    """What no resource has: termination protection, outputs and the other parts of a template."""

    def of_stack(name: str, verdict: Verdict, old: Any, new: Any) -> Difference:
        return Difference(
            verdict=verdict, sign="~", title="the stack", kind="stack", property=name, before=old, after=new
        )

    if before.protected != after.protected:
        off = weakens("one command deletes the stack")
        yield of_stack(
            "termination protection",
            off if before.protected else changes("the stack cannot be deleted by mistake"),
            before.protected,
            after.protected,
        )
    for part in _OTHER_PARTS:
        old, new = (each.template.get(part) for each in (before, after))
        if old != new:
            yield of_stack(part, cannot_tell("a part of the template that decides about others"), old, new)
    old, new = (
        {name: output.get("Value") for name, output in each.template.get("Outputs", {}).items()}
        for each in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            secret = new.get(name) is not None and is_plain_secret(name, new[name])
            told = exposes("a secret that everyone with read access to the stack can see")
            verdict = told if secret else changes("an output of the stack")
            yield of_stack(f"output {name}", verdict, old.get(name), new.get(name))


def section(found: Differences, names: tuple[str, str], *, environments: bool) -> Section:
    """The report's part on it; `names` are what is compared, before and after."""
    before, after = names
    facts = [
        Cell(
            f"From {before} to {after}; only what the two templates say, not what is deployed. New "
            "code is no difference here: a template names it by a hash."
        )
    ]
    if environments:
        facts.append(
            Cell(
                "These are two stacks: nothing is replaced or deleted by the difference itself. The danger "
                f"is what it would be if {before} became {after}."
            )
        )
    return Section(
        anchor="difference",
        title=f"What differs from {before}",
        answer=_answer(found),
        blocks=(
            points(*facts, *_meanings(found)),
            Table(
                caption="Differences, the most dangerous first",
                head=("danger", "what", "property", "before", "after"),
                rows=tuple(_rows(found)),
            ),
            Table(
                caption="Permission changes",
                head=("change", "who, and what"),
                rows=tuple(_permission_row(each) for each in found.permissions),
            ),
        ),
    )


def _answer(found: Differences) -> str:
    if not found.items:
        return "0 differences."
    head = f"{count(len(found.items), 'difference')}, resources {found.counts} (added, changed, removed)."
    serious: dict[Danger, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in found.items:
        if each.verdict.danger.needs_attention:
            serious[each.verdict.danger][each.kind].add(each.title)
    if not serious:
        return f"{head} None of them endangers data, access or monitoring."
    told = "; ".join(f"{danger.label}: {_kinds(kinds)}" for danger, kinds in serious.items())
    return f"{head} Look first at what {told}."


def _kinds(kinds: dict[str, set[str]]) -> str:
    """Every resource by its name, or of several of a kind their number."""
    return listed(
        count(len(titles), kind) if len(titles) > 1 else next(iter(titles)) for kind, titles in kinds.items()
    )


def _meanings(found: Differences) -> Iterator[Cell]:
    for danger in sorted(
        {each.verdict.danger for each in found.items if each.verdict.danger.needs_attention}
    ):
        number = sum(each.verdict.danger is danger for each in found.items)
        yield Cell(f"{count(number, 'difference')}. {danger.meaning}", danger.tone, danger.label)


def _rows(found: Differences) -> Iterator[Row]:
    """One row for all resources of a type that change alike."""
    alike: dict[Row, list[Difference]] = defaultdict(list)
    for each in found.items:
        whole = not each.property
        cells = (
            Cell(each.verdict.why, each.verdict.danger.tone, each.verdict.danger.label),
            Cell(each.kind),
            Cell("all of it" if whole else f"`{each.property}`"),
            Cell("" if whole else _value(each.before)),
            Cell("" if whole else _value(each.after)),
        )
        alike[cells].append(each)
    for (danger, kind, *rest), same in alike.items():
        what = count(len(same), kind.text) if same[1:] else same[0].title
        yield row(danger, f"{same[0].sign} {what}", *rest)


def _permission_row(change: PermissionChange) -> Row:
    wider = Cell("", "bad", "more") if change.widens else Cell("", "plain", "less")
    return row(wider, change.words)


def _value(value: Any) -> str:
    """A value, short enough for a table."""
    if value is None:
        return "nothing"
    text = _plain(value) if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)
    text = text.replace("`", "'")
    return f"`{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}`"


def _plain(value: Any) -> Any:
    """The value with references as `${Name}`, at any depth."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Join": _}:
            return readable(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case _:
            return value
