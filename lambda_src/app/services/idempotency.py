"""Requests that may be sent twice: the answer is stored with the change that it answers.

The record is written in the transaction of the change itself, so there is no moment at which one
exists without the other. Of two that run side by side one commits; the other's transaction fails on
the record, its request is run again, and it finds the answer (docs/adr/0004).
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from app.core.database import Session
from app.core.errors import IdempotencyKeyReused
from app.models.access_patterns import IDEMPOTENCY_RECORDS
from app.models.idempotency import IdempotencyRecord
from app.services import permissions
from app.services.permissions import Action

KEPT = timedelta(hours=24)
# In UTF-8. A longer answer is that of a resource, and is read again where it is.
MAX_KEPT_BYTES = 100_000


def find(session: Session, *, user_id: str, key: str, fingerprint: str) -> IdempotencyRecord | None:
    """The stored answer to the same request, if there was one in the last 24 hours.

    Raises:
        IdempotencyKeyReused: the key belongs to another request.
    """
    record = session.table.get(IDEMPOTENCY_RECORDS.key(user_id=user_id, key=_digest(key)))
    if record is not None and record.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return record


def require_access(session: Session, record: IdempotencyRecord) -> None:
    """Check that the caller may still read the space or organization that the stored answer is of.

    A route authorises by its path; what a request has made of the caller, as joining does, it cannot know.

    Raises:
        NotFound, Forbidden, ProfileRequired: they may not, as reading it would answer.
    """
    # Not what this session has read: the first request may have committed after that.
    session = Session(session.table)
    answer = json.loads(record.body) if record.body else {}
    if (space_id := answer.get("space_id")) is not None:
        permissions.authorize(session, user_id=record.user_id, space_id=space_id, action=Action.READ_SPACE)
    elif (org_id := answer.get("org_id")) is not None:
        permissions.authorize_in_organization(
            session, user_id=record.user_id, org_id=org_id, action=Action.READ_ORGANIZATION
        )


def remember(
    session: Session,
    *,
    user_id: str,
    key: str,
    fingerprint: str,
    status: int,
    headers: dict[str, str],
    body: str,
) -> None:
    """Take the answer into the session's commit; of a long one, only where the resource is."""
    if len(body.encode()) > MAX_KEPT_BYTES:
        answer: dict[str, Any] = {"headers": {"location": headers["location"]}}
    else:
        answer = {"headers": headers, "body": body}
    record = IdempotencyRecord(
        user_id=user_id,
        key=_digest(key),
        fingerprint=fingerprint,
        status=status,
        **answer,
        expires_at=session.now + KEPT,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(IDEMPOTENCY_RECORDS.create(record))


def _digest(key: str) -> str:
    # A key may hold any printable character; a key part of the table may not.
    return hashlib.sha256(key.encode()).hexdigest()
