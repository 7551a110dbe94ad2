"""The outbox: messages of background work, written in the transaction of the change that calls for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from app.core.database import Session
from app.models.access_patterns import OPERATIONS, OUTBOX_MESSAGES
from app.models.messages import Message, OperationMessage
from app.models.operations import Operation, OutboxMessage

OPERATION_KEPT = timedelta(days=7)
SHARDS = 4


def enqueue(session: Session, message: Message, *, due_at: datetime | None = None) -> None:
    """Have a message's task executed after the commit, whatever happens to this process.

    It is not executed before `due_at`, if there is one.
    """
    put(session, message.stored_kind, message.model_dump(mode="json", by_alias=True), due_at=due_at)


def put(session: Session, kind: str, payload: Mapping[str, Any], *, due_at: datetime | None = None) -> None:
    """Write a message as it is stored. The payload is JSON."""
    message_id = session.new_id()
    message = OutboxMessage(
        shard=crc32(message_id.encode()) % SHARDS,
        message_id=message_id,
        kind=kind,
        payload=dict(payload),
        next_try_at=due_at,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(OUTBOX_MESSAGES.create(message))


def requeue(session: Session, message: OutboxMessage) -> None:
    """Replace a message by a new one: the stream brings it at once, and its tries begin again."""
    session.add(OUTBOX_MESSAGES.delete(message))
    put(session, message.kind, message.payload)


def start_operation(session: Session, message: OperationMessage, *, user_id: str) -> Operation:
    """Enqueue a message whose progress the user can follow."""
    operation = Operation(
        operation_id=message.operation_id,
        started_by=user_id,
        purge_at=session.now + OPERATION_KEPT,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(OPERATIONS.create(operation))
    enqueue(session, message)
    return operation
