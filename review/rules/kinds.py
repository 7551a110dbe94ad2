"""Rules for properties: what it means when a value changes, and in which direction it is worse."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.changes import Change
from review.verdicts import Verdict, adds, cannot_tell, changes, disrupts, opens, removes

# None: the rule has nothing to say, as for a new resource that has no earlier value.
Rule = Callable[[Change], Verdict | None]
_NEW, _GONE = adds("new"), removes("leaves the stack")
_YES = frozenset({"true", "enabled", "active", "on", "optional", "allow"})


@dataclass(frozen=True, kw_only=True)
class TypeRules:
    """What the report knows of one resource type.

    `properties` are rules by path, `*` standing for any one name; `harmless` are top-level properties that
    touch neither access, data, operation nor monitoring; `policies` hold IAM statements, which are compared
    as permissions.
    """

    added: Verdict | Rule = _NEW
    removed: Verdict | Rule = _GONE
    properties: Mapping[str, Rule] = field(default_factory=dict)
    harmless: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()


def names(text: str) -> frozenset[str]:
    """Property names out of a text, for short tables."""
    return frozenset(text.split())


def is_literal(value: Any) -> bool:
    """Whether a value is written out, with no reference in it."""
    if isinstance(value, dict):
        return not any(key == "Ref" or key.startswith("Fn::") for key in value) and all(
            map(is_literal, value.values())
        )
    return all(map(is_literal, value)) if isinstance(value, list) else True


def always(verdict: Verdict) -> Rule:
    """The same verdict for any change of a resource that was there before."""
    return lambda change: verdict if change.old is not None else None


def harmless(why: str) -> Rule:
    """A change that is told, and endangers nothing."""
    return always(changes(why))


def unless_removed(verdict: Verdict, *, removed: Verdict) -> Rule:
    """`removed` where the value goes, otherwise the verdict; nothing for a new resource."""
    return lambda change: None if change.old is None else removed if change.after is None else verdict


def number(
    *, lower: Verdict | None = None, higher: Verdict | None = None, absent: float = math.nan, unit: str = ""
) -> Rule:
    """A number of which one direction is worse; `absent` is what holds where none is given."""

    def rule(change: Change) -> Verdict | None:
        if change.old is None:
            return None
        before, after = (_number(value, absent) for value in (change.before, change.after))
        if math.isnan(before) or math.isnan(after):
            return cannot_tell("a value that the template does not tell")
        worse = lower if after < before else higher if after > before else None
        said = f"{'less' if after < before else 'more'}{unit} than before"
        return worse or changes(said if after != before else "the same value")

    return rule


def _number(value: Any, absent: float) -> float:
    if value is None:
        return absent
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def flag(*, off: Verdict | None = None, on: Verdict | None = None, default: bool = False) -> Rule:
    """A switch. Of a new resource its bad position is told where it is not the default."""

    def rule(change: Change) -> Verdict | None:
        before, after = (is_on(value, default=default) for value in (change.before, change.after))
        if change.old is None:
            return None if after == default else on if after else off
        if before == after:
            return changes("the same setting")
        return (on if after else off) or changes("turned on" if after else "turned off")

    return rule


def is_on(value: Any, *, default: bool = False) -> bool:
    """A switch's position, as a boolean, a text or an enumeration has it."""
    return default if value is None else str(value).lower() in _YES


def elements(*, added: Verdict | None = None, removed: Verdict | None = None, new: bool = False) -> Rule:
    """A list of which elements come or go; `new`: those of a new resource count too."""

    def rule(change: Change) -> Verdict | None:
        if change.old is None and not new:
            return None
        found = [
            verdict or changes(said)
            for part, verdict, said in (
                (change.after, added, "one more"),
                (change.before, removed, "one less"),
            )
            if part
        ]
        return min(found, default=None)

    return rule


def ranked(order: Iterable[str], *, worse: Verdict, absent: str) -> Rule:
    """An enumeration, the safest value first; an unknown value cannot be told."""
    ranks = {value: rank for rank, value in enumerate(order)}

    def rule(change: Change) -> Verdict | None:
        before, after = (str(absent if value is None else value) for value in (change.before, change.after))
        if before not in ranks or after not in ranks:
            return cannot_tell("a value that this report does not know")
        if ranks[after] > ranks[before]:
            return worse
        if change.old is None:
            return None
        return changes("stricter than before" if ranks[after] < ranks[before] else "the same setting")

    return rule


def leads_elsewhere(what: str) -> Rule:
    """A target: where it is not the same any more, something reaches another place. New ones are literal."""

    def rule(change: Change) -> Verdict | None:
        if change.after is None:
            return disrupts(f"{what} no target any more")
        if is_literal(change.after):
            return opens(f"{what} a target outside this stack")
        return None if change.old is None else opens(f"{what} another target")

    return rule


def of_elements(*, added: Rule | None = None, removed: Rule | None = None) -> Rule:
    """An identified element of a list that comes or goes as a whole."""

    def rule(change: Change) -> Verdict | None:
        chosen = added if change.before is None else removed if change.after is None else None
        return chosen(change) if chosen else None

    return rule
