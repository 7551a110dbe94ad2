"""Declarations of an entity's lifecycle: its parents, and the counters that its items move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# The author of what outlives its author's account, and of deleted comments that have replies.
NO_AUTHOR = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Parent:
    """A parent entity, by name: items are deleted with the parent that they belong to.

    The fields of the item's partition key are the parent's too; `fields` adds others, or maps to the parent's
    names.
    """

    entity: str
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Counter:
    """The amounts that an item adds to counters of the item of an entity, whose key its fields make.

    `fields` are the fields of that key which the counted item has under another name. An item for which one
    of these is None is not counted.
    """

    entity: str
    amounts: Callable[[Any], Mapping[str, int | Decimal]]
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
