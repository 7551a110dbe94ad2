"""How two templates differ: every resource and property, with nothing said of what it means."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.data import STATEFUL
from review.stack import Resource, Stack
from stacks.gateway import PERMISSION_METADATA

# The CDK names these by a hash of what they hold: a new name is a new edition, not another resource.
_EDITIONS = ("AWS::Lambda::Version", "AWS::ApiGateway::Deployment")
_ASSET = re.compile(r"\b[0-9a-f]{64}\b")
_HASH = re.compile(r"[0-9A-F]{8}")
# Lists whose order says nothing: what came and what went is told, not what stands at which place.
_SETS = frozenset({"Statement"})
# What the function asks of a route's caller is a property of the route, though CloudFormation knows none.
PERMISSION = "permission"
# What stands beside the properties of an entry and decides something, and what holds where nothing is said.
_POLICIES = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete", "UpdatePolicy": None}


@dataclass(frozen=True)
class Change:
    """One property of one resource, or a whole one: then `path` is empty.

    `before` is None for what is new, `after` for what is gone; of lists only what differs is given.
    """

    resource: Resource
    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def added(self) -> bool:
        """Whether the whole resource is new."""
        return not self.path and self.before is None

    @property
    def removed(self) -> bool:
        """Whether the whole resource is gone."""
        return not self.path and self.after is None


def changes(before: Stack, after: Stack, *, names: tuple[str, str] = ("", "")) -> list[Change]:
    """From one template to the other; `names` are the environments, where these are part of names."""
    old, new = _normal(before, *names), _normal(after, names[1], names[1])
    gone = {name for name in old if name not in new}
    made = {name for name in new if name not in old}
    for left, arrived in _renamed(old, new, gone, made):
        gone.discard(left)
        made.discard(arrived)
    return [
        *(Change(old[name], (), old[name].properties, None) for name in sorted(gone)),
        *(Change(new[name], (), None, new[name].properties) for name in sorted(made)),
        *(change for name in sorted(old.keys() & new.keys()) for change in _of_entry(old[name], new[name])),
    ]


def _normal(stack: Stack, old_name: str, new_name: str) -> dict[str, Resource]:
    """Every resource under a name that only a real change alters, with references to match."""
    text = _ASSET.sub("<asset>", json.dumps(stack.template))
    for resource in stack.all(*_EDITIONS):
        text = text.replace(resource.name, resource.type.replace("::", ""))
    if new_name:
        # The stack's name is part of the names of some of its resources, and of the hashes in them.
        for form in ("LifestyleSpaces-{}", "lifestyle-spaces/{}"):
            text = text.replace(form.format(old_name), form.format(new_name))
        named = re.compile(rf"LifestyleSpaces{old_name}(\w*)")
        text = named.sub(lambda found: f"LifestyleSpaces{_HASH.sub('', found[1])}", text)
    return Stack(json.loads(text)).resources


def _renamed(
    old: dict[str, Resource], new: dict[str, Resource], gone: set[str], made: set[str]
) -> Iterator[tuple[str, str]]:
    """Pairs that differ by name only. What holds data is none: under a new name it is empty."""
    candidates = defaultdict(list)
    for name in sorted(made):
        candidates[new[name].type, json.dumps(new[name].properties, sort_keys=True)].append(name)
    for name in sorted(gone):
        found = candidates[old[name].type, json.dumps(old[name].properties, sort_keys=True)]
        if found and old[name].type not in STATEFUL:
            yield name, found.pop()


def _of_entry(old: Resource, new: Resource) -> Iterator[Change]:
    for policy, unsaid in _POLICIES.items():
        left, right = old.entry.get(policy, unsaid), new.entry.get(policy, unsaid)
        if left != right:
            yield Change(new, (policy,), left, right)
    left, right = (each.entry.get("Metadata", {}).get(PERMISSION_METADATA) for each in (old, new))
    if left != right:
        yield Change(new, (PERMISSION,), left, right)
    for path, left, right in _of_values((), old.properties, new.properties):
        yield Change(new, path, left, right)


def _of_values(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and not _is_function(old) and not _is_function(new):
        for key in sorted(old.keys() | new.keys()):
            yield from _of_values((*path, key), old.get(key), new.get(key))
    elif _are_parallel(old, new) and path[-1] not in _SETS:
        for place, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _of_values((*path, str(place)), left, right)
    elif isinstance(old, list) and isinstance(new, list):
        left, right = [each for each in old if each not in new], [each for each in new if each not in old]
        yield path, left or None, right or None
    else:
        yield path, old, new


def _are_parallel(old: Any, new: Any) -> bool:
    """Whether two lists are the same things with other values."""
    return (
        isinstance(old, list)
        and isinstance(new, list)
        and len(old) == len(new)
        and all(isinstance(each, dict) for each in (*old, *new))
    )


def _is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))
