"""Queries as plain values, and the cursors that are bound to them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

from app.core.errors import InvalidCursor

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_MAX_KEY_BYTES = 1024  # DynamoDB's limit for a sort key


class Loader(Protocol[T_co]):
    """What loads rows: an entity, or a group of entities."""

    @property
    def name(self) -> str:
        """Distinguishes its cursors from those of others."""
        ...

    def load(self, row: Mapping[str, Any]) -> T_co:
        """The model in a row."""
        ...


@dataclass(frozen=True)
class Query(Generic[T]):
    """The items of one entity or group in one partition whose sort key begins with `sk_prefix`.

    `filters` are fields, and the condition and value each must meet. No key serves them: see `Table.page`.
    """

    entity: Loader[T]
    index: Literal["GSI1"] | None
    partition: str
    sk_prefix: str
    newest_first: bool = False
    filters: Mapping[str, tuple[str, str | bool]] = field(default_factory=dict)
    bounds: tuple[str, str] | None = None

    def backwards(self) -> Self:
        """The same items from the greatest sort key down: newest first, as ids sort by time."""
        return replace(self, newest_first=True)

    def between(self, first: object | None, last: object | None) -> Self:
        """Only items whose sort key has, after the prefix, a value from `first` to `last`, both included."""
        if first is None and last is None:
            return self
        # Every key part sorts after a space and before `~`; DynamoDB rejects an empty bound.
        return replace(self, bounds=(str(first or " "), f"{last or ''}~"))

    def where(self, **values: str | bool | None) -> Self:
        """Only items whose fields have these values; None is no filter."""
        return self._filtered("{0} = {1}", values)

    def where_not(self, **values: str) -> Self:
        """Only items whose fields have other values than these."""
        return self._filtered("{0} <> {1}", values)

    def holding(self, **elements: str | None) -> Self:
        """Only items whose lists of these names hold these elements; None is no filter."""
        return self._filtered("contains({0}, {1})", elements)

    def _filtered(self, condition: str, values: Mapping[str, str | bool | None]) -> Self:
        given = {name: (condition, value) for name, value in values.items() if value is not None}
        return replace(self, filters={**self.filters, **given})

    @property
    def key_names(self) -> tuple[str, str]:
        """The attributes that this query's partition and sort key are in."""
        return ("GSI1PK", "GSI1SK") if self.index else ("PK", "SK")

    def request(self) -> dict[str, Any]:
        """The query as DynamoDB's API takes it, without table, limit and position."""
        partition, sort = self.key_names
        conditions = f"{partition} = :partition"
        values: dict[str, dict[str, str | bool]] = {":partition": {"S": self.partition}}
        if self.bounds:
            conditions += f" AND {sort} BETWEEN :first AND :last"
            for name, bound in zip((":first", ":last"), self.bounds, strict=True):
                values[name] = {"S": self.sk_prefix + bound}
        elif self.sk_prefix:
            conditions += f" AND begins_with({sort}, :prefix)"
            values[":prefix"] = {"S": self.sk_prefix}
        request: dict[str, Any] = {
            "KeyConditionExpression": conditions,
            "ScanIndexForward": not self.newest_first,
        }
        if self.index:
            request["IndexName"] = self.index
        if self.filters:
            values |= {
                f":{name}": {"BOOL" if isinstance(value, bool) else "S": value}
                for name, (_, value) in self.filters.items()
            }
            request["FilterExpression"] = " AND ".join(
                condition.format(f"#data.#{name}", f":{name}")
                for name, (condition, _) in self.filters.items()
            )
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in ("data", *self.filters)}
        return request | {"ExpressionAttributeValues": values}

    def cursor_after(self, row: Mapping[str, Any]) -> str:
        """An opaque cursor to the items behind this row. It never holds the query's own partition."""
        names = {"PK", "SK", *self.key_names} - {self.key_names[0]}
        position = {name: row[name]["S"] for name in sorted(names)}
        text = json.dumps([self._digest(), position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def start_key(self, cursor: str) -> dict[str, Any]:
        """The position that the cursor stands for, inside this query's own partition.

        Raises:
            InvalidCursor: the cursor is malformed or was made by another query.
        """
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            digest, position = json.loads(text)
            names = {"PK", "SK", *self.key_names} - {self.key_names[0]}
            whole = all(0 < len(position[name].encode()) <= _MAX_KEY_BYTES for name in names)
            sort = position[self.key_names[1]]
            first, last = (self.sk_prefix + bound for bound in self.bounds or ("", "\U0010ffff"))
            # DynamoDB rejects a position outside the query.
            inside = sort.startswith(self.sk_prefix) and first <= sort <= last
            if not whole or digest != self._digest() or not inside:
                raise InvalidCursor
            return {self.key_names[0]: {"S": self.partition}} | {
                name: {"S": position[name]} for name in names
            }
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidCursor from error

    def _digest(self) -> str:
        parts = [self.entity.name, self.index, self.partition, self.sk_prefix, self.newest_first, self.bounds]
        text = json.dumps([*parts, sorted(self.filters.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:16]
