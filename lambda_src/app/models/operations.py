"""Work that goes on in the background, and how far it has come."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.core.clock import Timestamp
from app.core.entities import Record
from app.models.fields import Resource

OperationStatus = Literal["pending", "running", "done", "failed"]


class Operation(Record):
    """What a 202 points to; kept 7 days."""

    operation_id: str
    started_by: str
    status: OperationStatus = "pending"
    done: int = 0
    total: int | None = None
    forget_at: Timestamp


class OperationView(Resource):
    """How far the work has come."""

    operation_id: str
    status: OperationStatus
    done: Annotated[int, Field(description="Items finished so far")]
    total: Annotated[int | None, Field(description="Items in all; null while nobody has counted")]


class OutboxMessage(Record):
    """A promise of background work, written in the transaction of the change that calls for it."""

    shard: int
    message_id: str
    kind: str
    payload: dict[str, Any]
    attempts: int = 0
