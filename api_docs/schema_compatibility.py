"""Comparing schemas: is what was sent still taken, and what is answered still what callers know?"""

import operator
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# What is sent must still lie within: these may move one way only.
_STRICTER = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), operator.gt),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), operator.lt),
    **dict.fromkeys(("pattern", "format", "const"), operator.ne),
}


class Document:
    """An OpenAPI document, in which references lead to schemas."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._schemas = content.get("components", {}).get("schemas", {})

    def resolve(self, schema: Schema) -> Schema:
        """The schema, or what it refers to."""
        found: Schema = self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        return found

    def kinds(self, schema: Schema) -> dict[str, Schema]:
        """What a value may be, by name: the kinds of a union, or the one that the schema is."""
        schema = self.resolve(schema)
        branches = schema.get("oneOf", schema.get("anyOf", [schema]))
        tag = schema.get("discriminator", {}).get("propertyName")
        return {_name(kind, tag): kind for kind in map(self.resolve, branches)}


class Comparison:
    """Says of each pair of schemas once what breaks, however often it is met."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, bool]] = set()

    def sent(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """What of the old schema's values the new one would refuse."""
        return self._compare(old, new, where, sent=True)

    def answered(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """What a reader of the old schema would miss or not understand in the new one's values."""
        return self._compare(old, new, where, sent=False)

    def _compare(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""), sent)
        if all(pair[:2]) and pair in self._seen:
            return
        self._seen.add(pair)
        was, now = self._old.kinds(old), self._new.kinds(new)
        if sent:
            wider = {"integer"} if "number" in now else set()
            for kind in was.keys() - now.keys() - wider:
                yield f"{where}: {kind} is refused"
        elif not was.keys() & now.keys() or "null" in now.keys() - was.keys():
            yield f"{where}: was {' or '.join(was)}, is {' or '.join(now)}"
        for kind in was.keys() & now.keys():
            yield from self._kind(was[kind], now[kind], where, sent=sent)

    def _kind(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        if sent:
            yield from _tightened(old, new, where)
        else:
            yield from _loosened(old, new, where)
        was, now = old.get("properties", {}), new.get("properties", {})
        for name in was.keys() - now.keys():
            yield f"{where}.{name}: is gone"
        for name in was.keys() & now.keys():
            yield from self._compare(was[name], now[name], f"{where}.{name}", sent=sent)
        for inner in ("items", "additionalProperties"):
            if isinstance(old.get(inner), Mapping) and isinstance(new.get(inner), Mapping):
                yield from self._compare(old[inner], new[inner], f"{where}[]", sent=sent)


def _name(kind: Schema, tag: str | None) -> str:
    """Tells the kinds of a union apart."""
    if tag:
        return f"{tag} {kind['properties'][tag]['const']}"
    name: str = kind.get("type", "anything")
    return kind.get("title", name) if "properties" in kind else name


def _tightened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        yield f"{where}.{name}: is required now"
    for value in old.get("enum", []):
        if value not in new.get("enum", [value]):
            yield f"{where}: {value!r} is refused"
    for name in _STRICTER.keys() & new.keys():
        if name not in old or _STRICTER[name](new[name], old[name]):
            yield f"{where}: {name} was {old.get(name)}, is {new[name]}"
    if old.get("default") is not None and old["default"] != new.get("default"):
        yield f"{where}: default was {old['default']}, is {new.get('default')}"
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield f"{where}: fields that are not described are refused"


def _loosened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    kept = new.get("properties", {}).keys()
    for name in sorted((set(old.get("required", [])) - set(new.get("required", []))) & kept):
        yield f"{where}.{name}: may be missing now"
    for name in ("format", "const"):
        if old.get(name) != new.get(name):
            yield f"{where}: {name} was {old.get(name)}, is {new.get(name)}"
