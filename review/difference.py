"""What changes from another environment or revision to this one, sorted by danger."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from codegen.templates import readable
from review.assembly import Assembly
from review.changes import changes
from review.dangers import Danger, Judged, judge
from review.page import Cell, Row, Section, Table, Tone, count, listed, points, row

_LABELS: dict[Danger, tuple[Tone, str]] = {
    Danger.LOSES_DATA: ("bad", "loses data"),
    Danger.CANNOT_BE_DONE: ("bad", "cannot be done"),
    Danger.WEAKENS: ("bad", "weakens protection"),
    Danger.OPENS: ("warn", "opens"),
    Danger.BLINDS: ("warn", "blinds"),
    Danger.REPLACES: ("warn", "replaces"),
    Danger.REMOVES: ("plain", "removes"),
    Danger.CHANGES: ("plain", "changes"),
    Danger.ADDS: ("plain", "adds"),
}
_LONGEST = 300


def judged(before: Assembly, after: Assembly, *, environments: bool) -> list[Judged]:
    """Every difference with its danger, the worst first.

    `environments`: these are two stacks with names of their own, not one at two times.
    """
    names = (before.name, after.name) if environments else ("", "")
    found = [judge(change) for change in changes(before.stack, after.stack, names=names)]
    return sorted(found, key=lambda each: (each.danger, each.change.resource.kind, each.change.resource.name))


def section(before: Assembly, after: Assembly, *, environments: bool) -> Section:
    """The report's part on it."""
    found = judged(before, after, environments=environments)
    worst = [each for each in found if each.danger <= Danger.WEAKENS]
    rows = [*_protection(before, after), *_rows(found), *_outputs(before, after)]
    facts = [
        Cell(
            f"From {before.name} to {after.name}; only what the two templates say, not what is deployed. New "
            "code is no difference here: a template names it by a hash."
        )
    ]
    if environments:
        facts.append(
            Cell(
                "These are two stacks: nothing is replaced or destroyed by the difference itself. The danger "
                f"is what it would be if {before.name} became {after.name}."
            )
        )
    return Section(
        anchor="difference",
        title=f"What differs from {before.name}",
        answer=f"{count(len(rows), 'difference')}; {_verdict(before, after, worst)}",
        blocks=(
            points(*facts),
            Table(
                caption="Differences, the most dangerous first",
                head=("danger", "what", "property", "before", "after"),
                rows=tuple(rows),
            ),
        ),
    )


def _verdict(before: Assembly, after: Assembly, worst: list[Judged]) -> str:
    names = listed(dict.fromkeys(each.change.resource.title for each in worst)) if worst else ""
    if before.protected and not after.protected:
        names = listed(filter(None, ("termination protection", names)))
    return f"look first at {names}." if names else "none of them endangers data."


def _protection(before: Assembly, after: Assembly) -> Iterator[Row]:
    if before.protected != after.protected:
        tone, label = _LABELS[Danger.CHANGES if after.protected else Danger.WEAKENS]
        yield row(
            Cell("", tone, label),
            "the stack",
            "termination protection",
            _value(before.protected),
            _value(after.protected),
        )


def _outputs(before: Assembly, after: Assembly) -> Iterator[Row]:
    """What others are told of the stack, such as the API's address."""
    old, new = (
        {name: output["Value"] for name, output in each.template.get("Outputs", {}).items()}
        for each in (before, after)
    )
    tone, label = _LABELS[Danger.CHANGES]
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield row(
                Cell("", tone, label),
                "the stack",
                f"output `{name}`",
                _value(old.get(name)),
                _value(new.get(name)),
            )


def _rows(found: list[Judged]) -> Iterator[Row]:
    """One row for all resources of a type that change alike."""
    alike: dict[Row, list[Judged]] = defaultdict(list)
    for each in found:
        tone, label = _LABELS[each.danger]
        change = each.change
        whole = not change.path
        cells = (
            Cell(each.why, tone, label),
            Cell(change.resource.kind),
            Cell("all of it" if whole else f"`{'.'.join(change.path)}`"),
            Cell("" if whole else _value(change.before)),
            Cell("" if whole else _value(change.after)),
        )
        alike[cells].append(each)
    for (danger, kind, *rest), same in alike.items():
        what = count(len(same), kind.text) if same[1:] else same[0].change.resource.title
        yield row(danger, what, *rest)


def _value(value: Any) -> str:
    """A value, short enough for a table."""
    if value is None:
        return "nothing"
    text = _plain(value) if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)
    text = text.replace("`", "'")
    return f"`{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}`"


def _plain(value: Any) -> Any:
    """References as a person would write them, however deep."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Join": _}:
            return readable(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case _:
            return value
