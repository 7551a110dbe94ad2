"""How two templates differ: every resource, attribute and property, not yet judged."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.data import STATEFUL
from review.stack import Resource, Stack
from stacks.gateway import PERMISSION_METADATA

# The CDK names these by a hash of their content: a new name is a new edition, not another resource.
_EDITIONS = ("AWS::Lambda::Version", "AWS::ApiGateway::Deployment")
_ASSET = re.compile(r'("S3Key": ")[0-9a-f]{64}(?=\.zip")')
_HASH = re.compile(r"[0-9A-F]{8}")
# Lists of objects, by the name of the list and the fields that identify an element of it.
_IDENTIFIED_BY: dict[str, tuple[str, ...]] = {
    "AttributeDefinitions": ("AttributeName",),
    "Dimensions": ("Name",),
    "GlobalSecondaryIndexes": ("IndexName",),
    "IntegrationResponses": ("StatusCode",),
    "KeySchema": ("AttributeName",),
    "LocalSecondaryIndexes": ("IndexName",),
    "MethodResponses": ("StatusCode",),
    "MethodSettings": ("HttpMethod", "ResourcePath"),
    "Metrics": ("Id",),
    "Policies": ("PolicyName",),
    "Replicas": ("Region",),
    "RuleActionOverrides": ("Name",),
    "Rules": ("Name",),
    "Schema": ("Name",),
    "Tags": ("Key",),
    "Targets": ("Id",),
}
# The permission that the function demands of a route's caller, which the gateway keeps as metadata.
PERMISSION = "permission"
# Attributes of an entry beside its properties, with what CloudFormation assumes where they are absent.
_ATTRIBUTES: dict[str, Any] = {
    "Condition": None,
    "CreationPolicy": None,
    "DeletionPolicy": "Delete",
    "DependsOn": None,
    "UpdatePolicy": None,
    "UpdateReplacePolicy": "Delete",
}


@dataclass(frozen=True)
class Change:
    """One difference of one resource.

    `path` is empty for a whole resource: then `old` or `new` is None. `before` is None for what is new and
    `after` for what is gone; of lists of plain values both hold only the elements that differ.
    `attribute`: `path` names an attribute of the entry (such as `DeletionPolicy`), not a property.
    """

    old: Resource | None
    new: Resource | None
    path: tuple[str, ...] = ()
    before: Any = None
    after: Any = None
    attribute: bool = False

    @property
    def resource(self) -> Resource:
        """The resource as it will be, or was."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - one of the two is always given
        return found

    @property
    def name(self) -> str:
        """The path as text: `MethodSettings.* /*.ThrottlingRateLimit`."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Comparison:
    """Two templates with the names that only a real change alters, and what differs between them."""

    old: Stack
    new: Stack
    changes: tuple[Change, ...]


def compare(before: Stack, after: Stack, *, names: tuple[str, str] = ("", "")) -> Comparison:
    """Compare two templates; `names` are the environments, where these are part of resource names."""
    old, new = _normal(before, *names), _normal(after, names[1], names[1])
    pairs = {name: name for name in old.resources.keys() & new.resources.keys()}
    pairs |= dict(_renamed(old.resources, new.resources))
    gone = sorted(old.resources.keys() - pairs.keys())
    made = sorted(new.resources.keys() - set(pairs.values()))
    found = [
        *(Change(old.resources[name], None) for name in gone),
        *(Change(None, new.resources[name]) for name in made),
        *(
            change
            for left, right in sorted(pairs.items())
            for change in _of_entry(old.resources[left], new.resources[right])
        ),
    ]
    return Comparison(old, new, tuple(found))


def _normal(stack: Stack, old_name: str, new_name: str) -> Stack:
    """The template without hashes of code, and with the names of its editions and environment unified."""
    text = _ASSET.sub(r"\1<asset>", json.dumps(stack.template))
    for edition in _EDITIONS:
        found = stack.all(edition)
        if len(found) == 1:
            text = text.replace(found[0].name, edition.replace("::", ""))
    if new_name:
        text = text.replace(f'"{old_name}"', f'"{new_name}"')
        # The stack's name is part of the names of some of its resources, and of the hashes in them.
        for form in ("LifestyleSpaces-{}", "lifestyle-spaces/{}"):
            text = text.replace(form.format(old_name), form.format(new_name))
        named = re.compile(rf"LifestyleSpaces{old_name}(\w*)")
        text = named.sub(lambda found: f"LifestyleSpaces{_HASH.sub('', found[1])}", text)
    return Stack(json.loads(text))


def _renamed(old: dict[str, Resource], new: dict[str, Resource]) -> Iterator[tuple[str, str]]:
    """Pairs that differ by logical id only. A resource with data is no pair: the new one is empty."""
    candidates = defaultdict(list)
    for name in sorted(new.keys() - old.keys()):
        candidates[_content(new[name])].append(name)
    for name in sorted(old.keys() - new.keys()):
        found = candidates[_content(old[name])]
        if found and old[name].type not in STATEFUL:
            yield name, found.pop()


def _content(resource: Resource) -> str:
    return json.dumps(resource.entry, sort_keys=True)


def _of_entry(old: Resource, new: Resource) -> Iterator[Change]:
    if old.type != new.type:
        yield Change(old, new, ("Type",), old.type, new.type, attribute=True)
        return
    for name, assumed in _ATTRIBUTES.items():
        left, right = old.entry.get(name, assumed), new.entry.get(name, assumed)
        if left != right:
            yield Change(old, new, (name,), left, right, attribute=True)
    left, right = (each.entry.get("Metadata", {}).get(PERMISSION_METADATA) for each in (old, new))
    if left != right:
        yield Change(old, new, (PERMISSION,), left, right, attribute=True)
    for path, left, right in differences((), old.properties, new.properties):
        yield Change(old, new, path, left, right)


def differences(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Path, old and new value of every difference, as deep as both sides have the same structure."""
    if old == new:
        return
    if _is_object(old) and _is_object(new):
        for key in sorted(old.keys() | new.keys()):
            yield from differences((*path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(path, old, new)
    else:
        yield path, old, new


def _of_lists(path: tuple[str, ...], old: list[Any], new: list[Any]) -> Iterator[Any]:
    left, right = (identified(path[-1], each) for each in (old, new))
    if left is not None and right is not None:
        for key in dict.fromkeys((*left, *right)):
            yield from differences((*path, key), left.get(key), right.get(key))
        return
    gone, made = [each for each in old if each not in new], [each for each in new if each not in old]
    if (
        len(gone) == len(made) == 1
        and _is_object(gone[0])
        and _is_object(made[0])
        and path[-1] != "Statement"
    ):
        yield from differences((*path, str(new.index(made[0]))), gone[0], made[0])
    elif gone or made:
        yield path, gone or None, made or None
    else:
        yield path, old, new


def identified(name: str, elements: list[Any]) -> dict[str, Any] | None:
    """A list's elements by what identifies them; None where nothing does."""
    fields = _IDENTIFIED_BY.get(name)
    if fields is None or not all(_is_object(each) and fields[0] in each for each in elements):
        return None
    keys = [" ".join(str(each.get(field, "")) for field in fields) for each in elements]
    return dict(zip(keys, elements, strict=True)) if len(set(keys)) == len(keys) else None


def _is_object(value: Any) -> bool:
    """Whether it is an object of properties, and not a reference or another intrinsic function."""
    if not isinstance(value, dict):
        return False
    return not (len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::")))
