"""Entities and what can be done with them, as plain values.

An `Entity` says once where a model lives in the table. From it come `Key`s, `Query`s and `Write`s,
which `app.core.database` runs. Nothing here talks to DynamoDB.

A row holds the keys, `entity_type`, `version`, `created_at`, `updated_at`, `ttl` where the item dies,
and everything else in the map `data`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import ConfigDict, Field

from app.core import key_templates
from app.core.attribute_values import deserialize, serialize
from app.core.clock import Timestamp, rfc3339
from app.core.errors import PreconditionFailed, Problem, StaleRead
from app.core.lifecycle import Counter, Parent
from app.core.model import Model
from app.core.queries import Query

_META = ("version", "created_at", "updated_at")
# An item that was deleted and made anew counts from 1 again: the version alone could take it for the old one.
_CURRENT = "#version = :was_version AND #created_at = :was_created_at"

# What stands in a tag for the digest of the answer where the tag names the version alone.
NO_DIGEST = "0" * 10

# The versions that a caller accepts as current (`If-Match`); None accepts any.
Versions = frozenset["VersionTag"] | None


class VersionTag(NamedTuple):
    """What an ETag says of an item: its version, a digest of the answer that shows it, and a check of both.

    The check is of the time of creation too, so that no tag is taken for that of an item which was made anew,
    or which this API never issued a tag for.
    """

    version: int
    content: str
    check: str

    @classmethod
    def make(cls, version: int, created_at: str, content: str) -> Self:
        """The tag of an item that was created at this time (RFC 3339)."""
        text = f"{version} {created_at} {content}"
        return cls(version, content, hashlib.sha256(text.encode()).hexdigest()[:6])

    def __str__(self) -> str:
        """The tag as `ETag` and `If-Match` have it."""
        return f'"{self.version}-{self.content}{self.check}"'


class Record(Model):
    """What every stored item has. `version` counts changes from 1; counters do not raise it."""

    # An error that quoted what is stored would carry it into the log.
    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True
    )

    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp

    def patched(self, now: datetime, changes: Mapping[str, Any]) -> Self:
        """A copy with these validated values, stamped as the next version; itself if nothing differs."""
        if all(getattr(self, name) == value for name, value in changes.items()):
            return self
        return self.model_copy(update={**changes, "version": self.version + 1, "updated_at": now})

    def require_version(self, versions: Versions) -> None:
        """Check that the caller knows the item as it is.

        Raises:
            PreconditionFailed: the item is at none of these versions.
        """
        if versions is None:
            return
        created_at = rfc3339(self.created_at)
        if not any(tag == VersionTag.make(self.version, created_at, tag.content) for tag in versions):
            raise PreconditionFailed


def stored_as(name: str) -> Any:
    """Keep the name under which earlier versions have stored a field that has another name in the code."""
    return Field(alias=name)


T = TypeVar("T", bound=Record)
Action = Literal["Put", "Update", "Delete", "ConditionCheck"]


@dataclass(frozen=True)
class Key(Generic[T]):
    """The primary key of one item."""

    entity: "Entity[T]"
    pk: str
    sk: str

    @property
    def attributes(self) -> dict[str, Any]:
        """The key as DynamoDB's API takes it."""
        return {"PK": {"S": self.pk}, "SK": {"S": self.sk}}


@dataclass(frozen=True)
class Write:
    """One change of one item; `on_conflict` is raised when its condition does not hold."""

    action: Action
    request: Mapping[str, Any]
    on_conflict: Problem | StaleRead


@dataclass(frozen=True, kw_only=True)
class Entity(Generic[T]):
    """Where one model lives in the table, and how long. Declared once; everything else derives from it.

    Templates name fields of the model. `indexed` says which items are on GSI1 (all, if it has
    templates for it); `expires` names the timestamp field after which the item counts as gone.

    `author` names the field with the id of the user who wrote the item, and `addressee` the one with the
    e-mail address that it was sent to: it is erased with their account, which finds it on GSI1. What
    `grants_access` is deleted before anything else. `exempt` is the reason why an entity needs neither
    parents nor an expiry.
    """

    name: str
    model: type[T]
    pk: str
    sk: str
    gsi1pk: str | None = None
    gsi1sk: str | None = None
    indexed: Callable[[T], bool] = lambda _: True
    expires: str | None = None
    parents: tuple[Parent, ...] = ()
    author: str | None = None
    addressee: str | None = None
    counters: tuple[Counter, ...] = ()
    grants_access: bool = False
    exempt: str | None = None

    def __post_init__(self) -> None:
        templates = (
            self.pk,
            self.sk,
            self.gsi1pk or "",
            self.gsi1sk or "",
            f"{{{self.expires or 'version'}}}",
        )
        named = {name for template in templates for name in key_templates.fields(template)}
        named |= {name for parent in self.parents for name in parent.fields}
        if unknown := named - set(self.model.model_fields):
            raise TypeError(f"{self.name}: names unknown fields {sorted(unknown)}")
        people = [name for name in (self.author, self.addressee) if name is not None]
        if people and people != key_templates.fields(self.gsi1pk or ""):
            raise TypeError(f"{self.name}: GSI1 does not list items by {' and '.join(people)}")

    # Reading

    @property
    def key_fields(self) -> frozenset[str]:
        """The fields that the primary key is made of."""
        return frozenset(key_templates.fields(self.pk + self.sk))

    def key(self, **parts: str) -> Key[T]:
        """The key of the item with these key parts."""
        return Key(self, key_templates.fill(self.pk, parts), key_templates.fill(self.sk, parts))

    def key_of(self, item: T) -> Key[T]:
        """The key of this item."""
        return self.key(**key_templates.parts(self.pk + self.sk, item.model_dump(mode="json")))

    def within(self, **parts: str) -> Query[T]:
        """Every item of this entity in one partition of the table, in the order of its sort key.

        Parts of the sort key narrow it down, from the left.
        """
        return Query(self, None, key_templates.fill(self.pk, parts), key_templates.prefix(self.sk, parts))

    def on_gsi1(self, **parts: str) -> Query[T]:
        """Every item of this entity in one partition of GSI1, in the order of its sort key."""
        return Query(
            self,
            "GSI1",
            key_templates.fill(self.gsi1pk or "", parts),
            key_templates.prefix(self.gsi1sk or "", parts),
        )

    def fields_shared_with(self, parent: Parent) -> Mapping[str, str]:
        """The fields by which an item belongs to its parent, with the parent's names for them."""
        return {name: name for name in key_templates.fields(self.pk)} | dict(parent.fields)

    def belonging_to(self, parent: Parent, ids: Mapping[str, str]) -> Query[T]:
        """Every item of this entity that belongs to the parent with these fields."""
        values = {mine: ids[theirs] for mine, theirs in self.fields_shared_with(parent).items()}
        parts = {name: value for name, value in values.items() if name in self.key_fields}
        rest = {name: value for name, value in values.items() if name not in parts}
        return self.within(**parts).where(**rest)

    def load(self, row: Mapping[str, Any]) -> T:
        """The model in a row as DynamoDB answers it."""
        plain = {name: deserialize(value) for name, value in row.items() if name in (*_META, "data")}
        return self.model.model_validate(plain.pop("data") | plain)

    # Writing

    def create(self, item: T, *, on_conflict: Problem | StaleRead | None = None) -> Write:
        """Put a new item; the condition is that there is none (or only one that has expired)."""
        condition, values = self._nothing_at(item.created_at)
        return _write("Put", {"Item": self._row(item)}, condition, values, on_conflict)

    def update(self, was: T, item: T, *, require: Mapping[str, int] | None = None) -> Write:
        """Write the fields in which `item` differs from `was`; the condition is that `was` is still current.

        Counters are left alone, whatever the two models say, as long as both say the same. They make no
        other item of it either: those that matter are in `require`, with the values they must have. Where
        nothing differs, the condition alone is checked.
        """
        condition, known = _current(was, require)
        if item == was:
            return _write("ConditionCheck", {"Key": self.key_of(was).attributes}, condition, known)
        before, after = self._row(was), self._row(item)
        data = {k: v for k, v in after["data"]["M"].items() if v != before["data"]["M"].get(k)}
        gone = [f"#data.#{k}" for k in before["data"]["M"] if k not in after["data"]["M"]]
        top = {k: v for k, v in after.items() if k != "data" and v != before.get(k)}
        gone += [f"#{k}" for k in before if k not in after]
        sets = [f"#data.#{k} = :{k}" for k in data] + [f"#{k} = :{k}" for k in top]
        expression = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(gone)}" if gone else "")
        request = {"Key": self.key_of(was).attributes, "UpdateExpression": expression}
        values = {f":{k}": v for k, v in (data | top).items()} | known
        return _write("Update", request, condition, values)

    def increment(
        self,
        key: Key[T],
        by: Mapping[str, int | Decimal],
        *,
        at_most: Mapping[str, int] | None = None,
        at_least: Mapping[str, int] | None = None,
        require: Mapping[str, str] | None = None,
    ) -> Write:
        """Move counters by these amounts, atomically and without raising `version`.

        The condition is that the item exists, that each counter in `at_most` and `at_least` stays within
        its limit, and that the fields in `require` have these values.
        """
        highest, lowest, required = at_most or {}, at_least or {}, require or {}
        conditions = ["attribute_exists(PK)"]
        conditions += [f"#data.#{field} <= :room_{field}" for field in highest]
        conditions += [f"#data.#{field} >= :rest_{field}" for field in lowest]
        conditions += [f"#data.#{field} = :is_{field}" for field in required]
        values: dict[str, int | Decimal | str] = {f":by_{field}": amount for field, amount in by.items()}
        values |= {f":room_{field}": limit - by[field] for field, limit in highest.items()}
        values |= {f":rest_{field}": limit - by[field] for field, limit in lowest.items()}
        values |= {f":is_{field}": value for field, value in required.items()}
        sets = ", ".join(f"#data.#{field} = #data.#{field} + :by_{field}" for field in by)
        request = {"Key": key.attributes, "UpdateExpression": f"SET {sets}"}
        return _write("Update", request, " AND ".join(conditions), _wire(values))

    def delete(self, item: T, *, require: Mapping[str, int] | None = None) -> Write:
        """Delete the item; the condition is that it is still the one that was read, counters as `update`."""
        return _write("Delete", {"Key": self.key_of(item).attributes}, *_current(item, require))

    def delete_if_exists(self, key: Key[T]) -> Write:
        """Delete whatever is there, if anything."""
        return _write("Delete", {"Key": key.attributes}, "", {})

    def require_unchanged(self, item: T) -> Write:
        """Write nothing; the condition is that the item is still the one that was read."""
        return _write("ConditionCheck", {"Key": self.key_of(item).attributes}, *_current(item, None))

    def require_absent(self, key: Key[T], now: datetime, *, on_conflict: Problem | None = None) -> Write:
        """Write nothing; the condition is that nothing is there, or only what has expired."""
        condition, values = self._nothing_at(now)
        return _write("ConditionCheck", {"Key": key.attributes}, condition, values, on_conflict)

    def _nothing_at(self, now: datetime) -> tuple[str, dict[str, Any]]:
        if self.expires is None:
            return "attribute_not_exists(PK)", {}
        return "attribute_not_exists(PK) OR #ttl <= :now", _wire({":now": int(now.timestamp())})

    def _row(self, item: T) -> dict[str, Any]:
        # Through JSON, so that the table holds what the API says; DynamoDB takes no binary floats.
        data = json.loads(item.model_dump_json(exclude_none=True, by_alias=True), parse_float=Decimal)
        row = {name: data.pop(name) for name in _META} | {"entity_type": self.name, "data": data}
        if self.expires:
            row["ttl"] = int(getattr(item, self.expires).timestamp())
        if self.gsi1pk and self.gsi1sk and self.indexed(item):
            fields = item.model_dump(mode="json")
            row["GSI1PK"] = key_templates.fill(self.gsi1pk, key_templates.parts(self.gsi1pk, fields))
            row["GSI1SK"] = key_templates.fill(self.gsi1sk, key_templates.parts(self.gsi1sk, fields))
        return self.key_of(item).attributes | _wire(row)


@dataclass(frozen=True)
class EntityGroup:
    """Entities that share their partitions of GSI1, so that one query lists the items of all.

    It stands in a `Query` where an entity does. Field names aside, `gsi1pk` is every member's.
    """

    name: str
    gsi1pk: str
    members: tuple[Entity[Any], ...]

    def __post_init__(self) -> None:
        for member in self.members:
            if key_templates.literals(member.gsi1pk or "") != key_templates.literals(self.gsi1pk):
                raise TypeError(f"{self.name}: {member.name} is in other partitions")

    def on_gsi1(self, **parts: str) -> Query[Any]:
        """Every item of all members in one partition of GSI1, in the order of its sort key."""
        return Query(self, "GSI1", key_templates.fill(self.gsi1pk, parts), "")

    def load(self, row: Mapping[str, Any]) -> Any:
        """The model in a row, of whichever member it is."""
        name = row["entity_type"]["S"]
        return next(member for member in self.members if member.name == name).load(row)

    def entity_of(self, item: Record) -> Entity[Any]:
        """The member that the item is of."""
        return next(member for member in self.members if member.model is type(item))

    def key_of(self, item: Record) -> Key[Any]:
        """The key of this item, of whichever member it is."""
        return self.entity_of(item).key_of(item)


def _write(
    action: Action,
    request: dict[str, Any],
    condition: str,
    values: Mapping[str, Any],
    on_conflict: Problem | StaleRead | None = None,
) -> Write:
    """A write whose attribute names all go through placeholders: none can be a reserved word."""
    names = re.findall(r"#\w+", f"{condition} {request.get('UpdateExpression', '')}")
    extras = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {name: name[1:] for name in names},
        "ExpressionAttributeValues": values,
    }
    return Write(
        action, request | {name: extra for name, extra in extras.items() if extra}, on_conflict or StaleRead()
    )


def _current(item: Record, require: Mapping[str, int] | None) -> tuple[str, dict[str, Any]]:
    """The condition that the item is still the one that was read, and the condition's values."""
    conditions = [_CURRENT, *(f"#data.#{field} = :is_{field}" for field in require or {})]
    values = {":was_version": item.version, ":was_created_at": rfc3339(item.created_at)}
    return " AND ".join(conditions), _wire(values | {f":is_{k}": v for k, v in (require or {}).items()})


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: serialize(value) for name, value in values.items()}
