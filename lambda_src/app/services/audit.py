"""The audit of a space: written with each change, read by owner and admins, changed by nobody."""

from datetime import timedelta

from app.core.database import Session
from app.models.access_patterns import AUDIT_EVENTS, audit_of_space
from app.models.audit import AuditEvent, AuditEventView, AuditKind
from app.models.fields import Page, page_of
from app.models.members import Role
from app.services.permissions import Access

KEPT = timedelta(days=400)


def record(
    session: Session,
    space_id: str,
    kind: AuditKind,
    *,
    actor_id: str,
    subject_id: str,
    role: Role | None = None,
    fields: list[str] | None = None,
) -> None:
    """Write down who changed what, in the transaction of the change."""
    event = AuditEvent(
        event_id=session.new_id(),
        space_id=space_id,
        kind=kind,
        actor_id=actor_id,
        subject_id=subject_id,
        role=role,
        fields=fields,
        purge_at=session.now + KEPT,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(AUDIT_EVENTS.create(event))


def list_page(session: Session, access: Access, *, limit: int, cursor: str | None) -> Page[AuditEventView]:
    """The changes of the space, newest first."""
    found = session.table.page(audit_of_space(access.space.space_id), limit=limit, cursor=cursor)
    return page_of(found, AuditEventView.of)
