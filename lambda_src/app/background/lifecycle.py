"""Deleting what belongs to an item: whatever the entities declare, however much it is."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.background.cascades import continue_later_at_deadline, for_each_in_transaction, pages
from app.background.work import Work
from app.core.database import Session
from app.core.entities import Entity
from app.core.lifecycle import Parent
from app.core.queries import Query
from app.core.records import Record
from app.models import messages
from app.models.messages import DeleteChildren, FormerDeletion, Message
from app.services import lifecycle, outbox
from app.services.lifecycle import ENTITY_BY_NAME, children_of, fields_for_children

# The names of the entities of which an item is being deleted, with all that belongs to it.
Ancestors = frozenset[str]


def execute(work: Work, message: DeleteChildren) -> None:
    """Delete everything that belongs to an item that is gone.

    Raises:
        ContinueLater: the time is up.
    """
    delete_children(work, ENTITY_BY_NAME[message.entity], message.fields)


def execute_former(entity: Entity[Any], work: Work, message: FormerDeletion) -> None:
    """The same, by a message of an earlier version."""
    delete_children(work, entity, message.model_dump(exclude_none=True))


def delete_children(
    work: Work, entity: Entity[Any], fields: Mapping[str, str], ancestors: Ancestors = frozenset()
) -> None:
    """Delete everything that belongs to the item of this entity with these fields, each after its own.

    What grants access goes first: every write checks it, so nothing is added behind what is deleted. A run
    that is cut short is continued by asking again.

    Raises:
        ContinueLater: the time is up.
    """
    for child, parent in _unlisted_children(entity, ancestors):
        _delete_list(work, child, child.belonging_to(parent, fields), ancestors | {entity.name})


def _unlisted_children(entity: Entity[Any], ancestors: Ancestors) -> list[tuple[Entity[Any], Parent]]:
    """The children that are not deleted with an ancestor already."""
    return [each for each in children_of(entity) if not _is_listed(each[0], ancestors)]


def _is_listed(child: Entity[Any], ancestors: Ancestors) -> bool:
    """Whether the items are among those that are deleted with an ancestor."""
    return child.name in ancestors or any(parent.entity in ancestors for parent in child.parents)


def _delete_list(work: Work, entity: Entity[Any], query: Query[Any], ancestors: Ancestors) -> None:
    # By a field that is no part of the key, an item can come to belong to another parent meanwhile.
    deleted = ancestors | {entity.name}
    if query.filters or any(counter.entity not in deleted for counter in entity.counters):
        for_each_in_transaction(work, query, partial(delete_current, ancestors))
        return
    if not ancestors.isdisjoint(entity.deletion_messages):
        for_each_in_transaction(work, query, partial(delete_current, ancestors))  # but for what has expired
    has_children = bool(_unlisted_children(entity, ancestors))
    for items in pages(work, query, with_expired=True):
        for item in items if has_children else ():
            continue_later_at_deadline(work)
            delete_children(work, entity, fields_for_children(item), ancestors)
        work.table.batch_delete([entity.key_of(item) for item in items])
        work.progress(done=len(items))


def delete_current(ancestors: Ancestors, session: Session, item: Record) -> bool:
    """Delete an item that a list has told of, and count it no more; say whether it was still there.

    Counters of the ancestors, and of what is gone, are left alone. So is an item that has another author now.
    """
    entity = lifecycle.entity_of(item)
    counters = [counter for counter in lifecycle.counters_of(item) if counter.entity not in ancestors]
    keys = [entity.key_of(item), *(lifecycle.counter_key(counter, item) for counter in counters)]
    now, *holders = session.table.batch_get(keys, consistent=True)
    if now is None or now.created_at != item.created_at or _author(now) != _author(item):
        return False
    counted = [counter for counter, holder in zip(counters, holders, strict=True) if holder is not None]
    session.add(entity.delete(now), *(lifecycle.count_less(counter, now) for counter in counted))
    lifecycle.delete_children_later(session, now)
    for name in (name for parent, name in entity.deletion_messages.items() if parent in ancestors):
        message: type[Message] = getattr(messages, name)
        outbox.enqueue(session, message(**{field: getattr(now, field) for field in message.model_fields}))
    return True


def erase_current(work: Work, ancestors: Ancestors, session: Session, item: Record) -> bool:
    """Erase an item of an author whose account is erased; say whether it was still theirs.

    Where others' items belong to it, and its entity says what stays of it, that stays.
    """
    entity = lifecycle.entity_of(item)
    if entity.on_author_erased is None or not _belongs_to_others(work, item):
        return delete_current(ancestors, session, item)
    now = session.table.get(entity.key_of(item))
    if now is None or now.created_at != item.created_at or _author(now) != _author(item):
        return False
    session.add(entity.update(now, now.patched(session.now, entity.on_author_erased)))
    return True


def _belongs_to_others(work: Work, item: Record) -> bool:
    """Whether anything that other people wrote belongs to an item."""
    fields = fields_for_children(item)
    lists = [
        child.belonging_to(parent, fields).where_not(**{child.author: _author(item)})
        for child, parent in children_of(lifecycle.entity_of(item))
        if child.author is not None
    ]
    return any(items for query in lists for items in pages(work, query))


def _author(item: Record) -> str:
    """The id of whoever wrote an item; empty where its entity knows no author."""
    name = lifecycle.entity_of(item).author
    return getattr(item, name) if name else ""
