"""What an entity declares of its items' lives: what they belong to, and what counts them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# The author of what outlives its author's account, and of deleted comments that have replies.
NO_AUTHOR = "00000000-0000-0000-0000-000000000000"


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
    """What an item adds to counters of the item of an entity, by name, whose key its fields make.

    `fields` are the fields of that key which the counted item has under another name. An item for which one
    of these is None is not counted.
    """

    entity: str
    amounts: Callable[[Any], Mapping[str, int | Decimal]]
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
