"""What CloudFormation does when a property changes: in place, a new resource, or nothing at all.

The schemas that AWS publishes for each resource type say which properties are set at creation only; cfn-lint
ships them, so no network is needed. They say nothing of what a service refuses: that is in `updates.json`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from cfnlint.schema import ResourceNotFoundError  # type: ignore[import-untyped]
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

_BESIDE: dict[str, Any] = json.loads(Path(__file__).with_name("updates.json").read_text(encoding="utf-8"))
_REGION = "eu-central-1"

# `maybe`: it depends on the values; `unknown`: nobody published a schema of the type.
Effect = Literal["in place", "replaced", "maybe", "refused", "unknown"]


def effect_of(type_name: str, path: tuple[str, ...]) -> Effect:
    """What becomes of a resource whose property at `path` (names, outermost first) changes."""
    beside = _BESIDE["types"].get(type_name, {})
    if path[0] in beside.get("refused", ()):
        return "refused"
    if path[0] in beside.get("replaced", ()):
        return "replaced"
    schema = _schema(type_name)
    if schema is None:
        return "unknown"
    if _names(schema.get("createOnlyProperties", ()), path):
        return "replaced"
    if _names(schema.get("conditionalCreateOnlyProperties", ()), path):
        return "maybe"
    return "in place"


def _names(pointers: list[str], path: tuple[str, ...]) -> bool:
    """Whether one of the schema's pointers names the property, what holds it, or a part of it."""
    for pointer in pointers:
        names = tuple(name for name in pointer.split("/")[2:] if name != "*")
        shared = min(len(names), len(path))
        if names[:shared] == path[:shared]:
            return True
    return False


@cache
def _schema(type_name: str) -> dict[str, Any] | None:
    try:
        schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_name).schema
    except ResourceNotFoundError:
        return None
    return schema
