"""Entities: which items of a model the table stores under which keys.

An `Entity` makes the `Key`s, `Query`s and `Write`s of its items, as plain values that `app.core.database`
runs.

A row holds the keys, `entity_type`, `version`, `created_at`, `updated_at`, `ttl` where the item expires, and
all other fields in the map `data`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from app.core import key_templates
from app.core.attribute_values import deserialize
from app.core.errors import Problem, StaleRead
from app.core.lifecycle import Counter, Parent
from app.core.queries import Query
from app.core.records import Record
from app.core.writes import Write, make_write, serialize_all, unchanged_since

_META = ("version", "created_at", "updated_at")
T = TypeVar("T", bound=Record)


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


@dataclass(frozen=True, kw_only=True)
class Entity(Generic[T]):
    """The keys, the index and the lifecycle of one model's items.

    `model_path` is the model's dotted path, and templates name fields of it. `indexed` tells which items are
    on GSI1 (all, if there are templates for it). `expires` names the timestamp field after which an item is
    treated as deleted.

    `author` names the field with the id of the user who wrote the item, `addressee` the one with the e-mail
    address that it was sent to: it is erased with that user's account, which finds it on GSI1. Where
    `on_author_erased` has values for fields, an item that others' items belong to stays with these values.
    `deletion_messages` are the names of the messages that follow the deletion of an item with an item of
    another entity, by the name of that entity; their fields are the item's.
    Entities that `grants_access` marks are deleted first. `exempt` is the reason why an entity needs neither
    parents nor an expiry.
    """

    name: str
    model_path: str
    pk: str
    sk: str
    gsi1pk: str | None = None
    gsi1sk: str | None = None
    indexed: Callable[[T], bool] = lambda _: True
    expires: str | None = None
    parents: tuple[Parent, ...] = ()
    author: str | None = None
    addressee: str | None = None
    on_author_erased: Mapping[str, Any] | None = None
    deletion_messages: Mapping[str, str] = MappingProxyType({})
    counters: tuple[Counter, ...] = ()
    grants_access: bool = False
    exempt: str | None = None

    def __post_init__(self) -> None:
        people = [name for name in (self.author, self.addressee) if name is not None]
        if people and people != key_templates.fields(self.gsi1pk or ""):
            raise TypeError(f"{self.name}: GSI1 does not list items by {' and '.join(people)}")

    @cached_property
    def model(self) -> type[T]:
        """The model, whose module is imported when it is first needed.

        Raises:
            TypeError: a template or a parent names fields that it does not have.
        """
        module, _, name = self.model_path.rpartition(".")
        model: type[T] = getattr(import_module(module), name)
        templates = (
            self.pk,
            self.sk,
            self.gsi1pk or "",
            self.gsi1sk or "",
            f"{{{self.expires or 'version'}}}",
        )
        named = {name for template in templates for name in key_templates.fields(template)}
        named |= {name for parent in self.parents for name in parent.fields}
        if unknown := named - set(model.model_fields):
            raise TypeError(f"{self.name}: names unknown fields {sorted(unknown)}")
        return model

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
        return make_write("Put", {"Item": self._row(item)}, condition, values, on_conflict)

    def update(self, stored: T, item: T, *, require: Mapping[str, int] | None = None) -> Write:
        """Write the fields in which `item` differs from `stored`; the condition is that `stored` is current.

        A counter that is equal in both is not written, and its stored value may have changed; `require` names
        counters that must still have these values. If nothing differs, only the condition is checked.
        """
        condition, known = unchanged_since(stored, require)
        if item == stored:
            return make_write("ConditionCheck", {"Key": self.key_of(stored).attributes}, condition, known)
        before, after = self._row(stored), self._row(item)
        data = {k: v for k, v in after["data"]["M"].items() if v != before["data"]["M"].get(k)}
        removed = [f"#data.#{k}" for k in before["data"]["M"] if k not in after["data"]["M"]]
        top = {k: v for k, v in after.items() if k != "data" and v != before.get(k)}
        removed += [f"#{k}" for k in before if k not in after]
        sets = [f"#data.#{k} = :{k}" for k in data] + [f"#{k} = :{k}" for k in top]
        expression = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removed)}" if removed else "")
        request = {"Key": self.key_of(stored).attributes, "UpdateExpression": expression}
        values = {f":{k}": v for k, v in (data | top).items()} | known
        return make_write("Update", request, condition, values)

    def increment(
        self,
        key: Key[T],
        by: Mapping[str, int | Decimal],
        *,
        at_most: Mapping[str, int] | None = None,
        at_least: Mapping[str, int] | None = None,
        require: Mapping[str, str] | None = None,
    ) -> Write:
        """Add these amounts to counters, atomically and without raising `version`.

        The condition is that the item exists, that each counter in `at_most` and `at_least` stays within
        its limit, and that the fields in `require` have these values.
        """
        highest, lowest, required = at_most or {}, at_least or {}, require or {}
        conditions = ["attribute_exists(PK)"]
        conditions += [f"#data.#{field} <= :room_{field}" for field in highest]
        conditions += [f"#data.#{field} >= :rest_{field}" for field in lowest]
        conditions += [f"#data.#{field} = :is_{field}" for field in required]
        values: dict[str, int | Decimal | str] = {":zero": 0}
        values |= {f":by_{field}": amount for field, amount in by.items()}
        values |= {f":room_{field}": limit - by[field] for field, limit in highest.items()}
        values |= {f":rest_{field}": limit - by[field] for field, limit in lowest.items()}
        values |= {f":is_{field}": value for field, value in required.items()}
        # Items that were stored before a field was a counter do not have it.
        sets = ", ".join(
            f"#data.#{field} = if_not_exists(#data.#{field}, :zero) + :by_{field}" for field in by
        )
        request = {"Key": key.attributes, "UpdateExpression": f"SET {sets}"}
        return make_write("Update", request, " AND ".join(conditions), serialize_all(values))

    def delete(self, item: T, *, require: Mapping[str, int] | None = None) -> Write:
        """Delete the item; the condition is that it is unchanged, with counters as in `update`."""
        return make_write("Delete", {"Key": self.key_of(item).attributes}, *unchanged_since(item, require))

    def delete_if_exists(self, key: Key[T]) -> Write:
        """Delete the item if it exists; no condition."""
        return make_write("Delete", {"Key": key.attributes}, "", {})

    def require_unchanged(self, item: T) -> Write:
        """Write nothing; the condition is that the item is unchanged."""
        return make_write(
            "ConditionCheck", {"Key": self.key_of(item).attributes}, *unchanged_since(item, None)
        )

    def require_absent(self, key: Key[T], now: datetime, *, on_conflict: Problem | None = None) -> Write:
        """Write nothing; the condition is that there is no item, or only an expired one."""
        condition, values = self._nothing_at(now)
        return make_write("ConditionCheck", {"Key": key.attributes}, condition, values, on_conflict)

    def _nothing_at(self, now: datetime) -> tuple[str, dict[str, Any]]:
        if self.expires is None:
            return "attribute_not_exists(PK)", {}
        return "attribute_not_exists(PK) OR #ttl <= :now", serialize_all({":now": int(now.timestamp())})

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
        return self.key_of(item).attributes | serialize_all(row)


@dataclass(frozen=True)
class EntityGroup:
    """Entities that share their partitions of GSI1, so that one query lists the items of all.

    A `Query` takes it in place of an entity. All members have this `gsi1pk`, but for field names.
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
        """The item in a row of any member."""
        name = row["entity_type"]["S"]
        return next(member for member in self.members if member.name == name).load(row)

    def entity_of(self, item: Record) -> Entity[Any]:
        """The member whose model the item has."""
        return next(member for member in self.members if member.model is type(item))

    def key_of(self, item: Record) -> Key[Any]:
        """The key of an item of any member."""
        return self.entity_of(item).key_of(item)
