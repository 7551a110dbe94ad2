"""What an entity declares of its items' lives: what they belong to, and what counts them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Parent:
    """The entity, by name, whose items own items of another: these are deleted with their parent.

    An item has the parent's fields that its own partition key is made of; `fields` adds others, or says what
    the parent calls them.
    """

    entity: str
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Counter:
    """What an item adds to counters of the item of another entity, by name, whose key its fields make."""

    entity: str
    amounts: Callable[[Any], Mapping[str, int | Decimal]]
