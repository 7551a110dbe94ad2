"""The outbox: promises of background work, kept in the transaction of the change that calls for it."""

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from app.core.database import Session
from app.models.access_patterns import OPERATIONS, OUTBOX_MESSAGES
from app.models.operations import Operation, OutboxMessage

OPERATION_KEPT = timedelta(days=7)
SHARDS = 4


def enqueue(session: Session, kind: str, /, *, due_at: datetime | None = None, **payload: Any) -> None:
    """Have a task done after the commit, whatever happens to this process; not before `due_at`, if given.

    The payload is JSON: text, numbers, None, lists and dictionaries of these.
    """
    message_id = session.new_id()
    message = OutboxMessage(
        shard=crc32(message_id.encode()) % SHARDS,
        message_id=message_id,
        kind=kind,
        payload=payload,
        next_try_at=due_at,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(OUTBOX_MESSAGES.create(message))


def requeue(session: Session, message: OutboxMessage) -> None:
    """Put a new message in the place of this one: the stream brings it at once, and its tries begin again."""
    session.add(OUTBOX_MESSAGES.delete(message))
    enqueue(session, message.kind, **message.payload)


def start_operation(session: Session, kind: str, /, *, user_id: str, **payload: Any) -> Operation:
    """Promise a task whose progress its starter can follow."""
    operation = Operation(
        operation_id=session.new_id(),
        started_by=user_id,
        purge_at=session.now + OPERATION_KEPT,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(OPERATIONS.create(operation))
    enqueue(session, kind, operation_id=operation.operation_id, **payload)
    return operation
