"""Work that goes on in the background, and how far it has come."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from app.core.clock import Timestamp
from app.core.records import Record, stored_as
from app.models.fields import Resource

OperationStatus = Literal["pending", "running", "done", "failed"]

# Text in the table: there, numbers would become decimals and nulls would be left out.
_Payload = Annotated[
    dict[str, Any],
    BeforeValidator(lambda value: json.loads(value) if isinstance(value, str) else value),
    PlainSerializer(json.dumps, when_used="json"),
]


class Operation(Record):
    """What a 202 points to; kept 7 days."""

    operation_id: str
    started_by: str
    status: OperationStatus = "pending"
    done: int = 0
    total: int | None = None
    purge_at: Annotated[Timestamp, stored_as("forget_at")]


class OperationView(Resource):
    """How far the work has come."""

    operation_id: str
    status: OperationStatus
    done: Annotated[int, Field(description="Items finished so far")]
    total: Annotated[int | None, Field(description="Items in all; null while nobody has counted")]


class OutboxMessage(Record):
    """A message of background work, written in the transaction of the change that calls for it.

    `attempts` counts the runs that have begun. `next_try_at` is when it may run again; None is at once.
    """

    shard: int
    message_id: str
    kind: str
    payload: _Payload
    attempts: int = 0
    next_try_at: Timestamp | None = None
