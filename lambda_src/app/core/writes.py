"""Writes as plain values: one change of one item each, with its condition. `app.core.database` runs them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.core.attribute_values import serialize
from app.core.clock import rfc3339
from app.core.errors import Problem, StaleRead
from app.core.records import Record

# The version of an item that was deleted and created again starts at 1, so it alone does not identify the
# item.
_CURRENT = "#version = :was_version AND #created_at = :was_created_at"

Action = Literal["Put", "Update", "Delete", "ConditionCheck"]


@dataclass(frozen=True)
class Write:
    """One change of one item; `on_conflict` is raised when its condition does not hold."""

    action: Action
    request: Mapping[str, Any]
    on_conflict: Problem | StaleRead


def make_write(
    action: Action,
    request: dict[str, Any],
    condition: str,
    values: Mapping[str, Any],
    on_conflict: Problem | StaleRead | None = None,
) -> Write:
    """A write that uses placeholders for all attribute names, as any may be a reserved word."""
    names = re.findall(r"#\w+", f"{condition} {request.get('UpdateExpression', '')}")
    extras = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {name: name[1:] for name in names},
        "ExpressionAttributeValues": values,
    }
    return Write(
        action, request | {name: extra for name, extra in extras.items() if extra}, on_conflict or StaleRead()
    )


def unchanged_since(item: Record, require: Mapping[str, int] | None) -> tuple[str, dict[str, Any]]:
    """The condition that the item is still the one that was read, and the condition's values."""
    conditions = [_CURRENT, *(f"#data.#{field} = :is_{field}" for field in require or {})]
    values = {":was_version": item.version, ":was_created_at": rfc3339(item.created_at)}
    return " AND ".join(conditions), serialize_all(
        values | {f":is_{k}": v for k, v in (require or {}).items()}
    )


def serialize_all(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as DynamoDB's API takes them, by the same names."""
    return {name: serialize(value) for name, value in values.items()}
