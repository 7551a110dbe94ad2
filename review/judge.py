"""Judge a change by the rules of its resource type, its attributes and the permissions in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from review.changes import PERMISSION, Change, differences
from review.data import STATEFUL
from review.rules import has_rule_below, rule_for, rules_of
from review.stack import Resource, Stack
from review.updates import effect_of
from review.verdicts import (
    Danger,
    Verdict,
    adds,
    cannot_tell,
    changes,
    fails,
    loses_data,
    opens,
    weakens,
)

_NO_RULE = cannot_tell("this report has no rule for the property")
_UNKNOWN_TYPE = cannot_tell("this report does not know the resource type")
_RANKS = ("nothing", "token", "profile", "role")


def judge(change: Change, policies: Mapping[str, Verdict]) -> Verdict:
    """One change's worst verdict; `policies` are those on permissions, by the logical id of their source."""
    if change.attribute:
        return _attribute(change)
    if change.new is None:
        return _removed(change, policies)
    if change.old is None:
        return _added(change, policies)
    return min(found for found in (_update(change), _property(change, policies)) if found is not None)


def hazards(stack: Stack) -> list[tuple[Resource, str, Verdict]]:
    """What is dangerous in a template whatever it was before: resource, property and verdict."""
    return [
        (resource, part.name, verdict)
        for resource in stack.resources.values()
        if rules_of(resource.type) is not None
        for part, verdict in _of_parts(_whole(resource))
        if verdict is not None and verdict.danger <= Danger.EXPOSES
    ]


def unknown_types(stack: Stack) -> list[str]:
    """The resource types of a template that this report does not know."""
    return sorted({each.type for each in stack.resources.values() if rules_of(each.type) is None})


def _removed(change: Change, policies: Mapping[str, Verdict]) -> Verdict:
    rules = rules_of(change.resource.type)
    found = [*_called(rules.removed, change)] if rules is not None else [_UNKNOWN_TYPE]
    if change.resource.type in STATEFUL:
        kept = change.resource.on_deletion.startswith("Retain")
        empty = "retained outside the stack; its replacement is empty"
        found.append(loses_data(empty if kept else "deleted with its content"))
    if change.resource.name in policies:
        found.append(policies[change.resource.name])
    return min(found)


def _added(change: Change, policies: Mapping[str, Verdict]) -> Verdict:
    rules = rules_of(change.resource.type)
    found = [*_called(rules.added, change)] if rules is not None else [_UNKNOWN_TYPE]
    if rules is not None:
        found += [verdict for _, verdict in _of_parts(_whole(change.resource)) if verdict is not None]
    if change.resource.name in policies:
        found.append(policies[change.resource.name])
    return min((each for each in found if each.danger is not Danger.CHANGES), default=adds("new"))


def _called(verdict: Verdict | Callable[[Change], Verdict | None], change: Change) -> list[Verdict]:
    found = verdict if isinstance(verdict, Verdict) else verdict(change)
    return [] if found is None else [found]


def _property(change: Change, policies: Mapping[str, Verdict]) -> Verdict:
    rules = rules_of(change.resource.type)
    if rules is None:
        return _UNKNOWN_TYPE
    if change.path[0] in rules.policies:
        return policies.get(change.resource.name, changes("the same permissions, written differently"))
    found = min(verdict or _NO_RULE for _, verdict in _of_parts(change))
    return min(found, policies.get(change.resource.name, found)) if found is _NO_RULE else found


def _whole(resource: Resource) -> Change:
    """A resource as if it were new."""
    return Change(None, resource, (), None, resource.properties)


def _of_parts(change: Change) -> Iterator[tuple[Change, Verdict | None]]:
    """The verdict on a change, or on each of its parts where rules speak of these; None without a rule."""
    rule = rule_for(change.resource.type, change.path) if change.path else None
    verdict = None if rule is None else rule(change)
    parts = [] if verdict is not None else list(_parts(change))
    if parts and (not change.path or has_rule_below(change.resource.type, change.path)):
        for part in parts:
            yield from _of_parts(part)
    else:
        yield change, verdict


def _parts(change: Change) -> Iterator[Change]:
    """The parts of an object or a list that is added or removed as a whole."""
    before, after = _or_empty(change.before, change.after), _or_empty(change.after, change.before)
    for path, left, right in differences(change.path, before, after):
        if path != change.path:
            yield replace(change, path=path, before=left, after=right)


def _or_empty(value: Any, other: Any) -> Any:
    """An empty object or list in place of nothing, so that it can be compared with the other side."""
    if value is not None:
        return value
    return {} if isinstance(other, dict) else [] if isinstance(other, list) else None


def _attribute(change: Change) -> Verdict:
    """The verdict on an attribute beside the properties."""
    judges: dict[str, Callable[[Change], Verdict]] = {
        "Type": lambda _: fails("CloudFormation does not change the type of a resource"),
        "DependsOn": lambda _: changes("the order of the deployment"),
        "DeletionPolicy": _retention,
        "UpdateReplacePolicy": _retention,
        "UpdatePolicy": _update_policy,
        PERMISSION: _permission,
    }
    judged = judges.get(change.path[0])
    return judged(change) if judged else cannot_tell("whether or how the resource is made")


def _retention(change: Change) -> Verdict:
    if change.after != "Delete":
        return changes("kept when it leaves the stack")
    worse = weakens if change.resource.type in STATEFUL else changes
    return worse("no longer kept when it leaves the stack")


def _update_policy(change: Change) -> Verdict:
    if change.after is None:
        return weakens("a new version takes all traffic at once, and nothing turns it back")
    if change.before is None:
        return changes("a new version takes over step by step")
    return cannot_tell("how a new version takes over")


def _permission(change: Change) -> Verdict:
    """What the function demands of a route's caller: fewer demands let more people in."""
    before, after = change.before or {}, change.after or {}
    if not after:
        return opens("the template no longer says what the function demands of a caller")
    old, new = (
        _RANKS.index(each["needs"]) if each.get("needs") in _RANKS else -1 for each in (before, after)
    )
    roles = [set(each.get("roles", ())) for each in (before, after)]
    if new < old:
        return opens("the function demands less of a caller")
    if new == old and roles[1] - roles[0]:
        return opens(f"the function lets in more roles: {', '.join(sorted(roles[1] - roles[0]))}")
    if new == old and roles[1] == roles[0]:
        return opens("the function demands another permission of a caller")
    return changes("the function demands more of a caller")


def _update(change: Change) -> Verdict | None:
    """What CloudFormation does to carry it out."""
    stateful = change.resource.type in STATEFUL
    match effect_of(change.resource.type, change.path):
        case "refused":
            return fails("the service refuses it: the deployment fails")
        case "replaced" if stateful:
            kept = change.resource.on_replacement.startswith("Retain")
            left = "the old one is retained, outside the stack" if kept else "the old one is deleted"
            return loses_data(f"replaced by an empty one; {left}")
        case "replaced":
            return Verdict(Danger.REPLACES, "replaced by a new one")
        case "maybe" | "unknown":
            return Verdict(Danger.LOSES_DATA if stateful else Danger.REPLACES, "may be replaced by a new one")
        case _:
            return None
