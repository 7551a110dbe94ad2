"""Deleting an item with all that follows from it, as its entity declares.

The item goes and its counters follow in the caller's commit; what belongs to it goes in the background.
"""

from collections.abc import Mapping
from typing import Any

from app.core.database import Session
from app.core.entities import Entity, Key
from app.core.lifecycle import Counter, Parent
from app.core.records import Record
from app.core.writes import Write
from app.models.access_patterns import ENTITIES
from app.models.messages import DeleteChildren
from app.services import outbox

ENTITY_BY_NAME: Mapping[str, Entity[Any]] = {entity.name: entity for entity in ENTITIES}
_ENTITY_BY_MODEL_PATH = {entity.model_path: entity for entity in ENTITIES}


def entity_of(item: Record) -> Entity[Any]:
    """The entity that the item is of."""
    return _ENTITY_BY_MODEL_PATH[f"{type(item).__module__}.{type(item).__name__}"]


def children_of(entity: Entity[Any]) -> list[tuple[Entity[Any], Parent]]:
    """The entities whose items belong to items of this one, and by what; first those that grant access."""
    found = [
        (child, parent) for child in ENTITIES for parent in child.parents if parent.entity == entity.name
    ]
    return sorted(found, key=lambda pair: not pair[0].grants_access)


def fields_for_children(item: Record) -> dict[str, str]:
    """The fields of an item that what belongs to it is found by."""
    names = {
        theirs
        for child, parent in children_of(entity_of(item))
        for theirs in child.fields_shared_with(parent).values()
    }
    return {name: getattr(item, name) for name in sorted(names)}


def delete(session: Session, item: Record, *, require: Mapping[str, int] | None = None) -> None:
    """Delete an item that was read; the condition is that it is unchanged and what counts it is there.

    `require` are counters of its own, and the values that they must have.
    """
    session.add(
        entity_of(item).delete(item, require=require),
        *(count_less(counter, item) for counter in counters_of(item)),
    )
    delete_children_later(session, item)


def delete_children_later(session: Session, item: Record) -> None:
    """Have everything deleted that belongs to an item, after it."""
    entity = entity_of(item)
    if any(_may_own(item, child, parent) for child, parent in children_of(entity)):
        outbox.enqueue(session, DeleteChildren(entity=entity.name, fields=fields_for_children(item)))


def counters_of(item: Record) -> list[Counter]:
    """The counters that count this item."""
    return [
        counter
        for counter in entity_of(item).counters
        if all(getattr(item, name) is not None for name in counter.fields.values())
    ]


def counter_key(counter: Counter, item: Record) -> Key[Any]:
    """The key of the item that has the counter."""
    entity = ENTITY_BY_NAME[counter.entity]
    return entity.key(**{name: getattr(item, counter.fields.get(name, name)) for name in entity.key_fields})


def count_less(counter: Counter, item: Record) -> Write:
    """Take an item out of a counter."""
    amounts = {name: -amount for name, amount in counter.amounts(item).items()}
    return ENTITY_BY_NAME[counter.entity].increment(counter_key(counter, item), amounts)


def _may_own(item: Record, child: Entity[Any], parent: Parent) -> bool:
    """Items belong to others of their entity one level deep: one that does so owns none."""
    return child is not entity_of(item) or all(getattr(item, name) is None for name in parent.fields)
