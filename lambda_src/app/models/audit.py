"""The audit: who changed which membership, role, code or setting of a space, and when. Ids only."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.clock import Timestamp
from app.core.records import Record, stored_as
from app.models.fields import View
from app.models.members import Role


class AuditKind(StrEnum):
    """What was changed."""

    SPACE_CREATED = "space_created"
    SPACE_CHANGED = "space_changed"
    SPACE_DELETED = "space_deleted"
    MEMBER_JOINED = "member_joined"
    MEMBER_LEFT = "member_left"
    MEMBER_REMOVED = "member_removed"
    ROLE_CHANGED = "role_changed"
    OWNERSHIP_TRANSFERRED = "ownership_transferred"
    INVITE_CODE_MADE = "invite_code_made"
    INVITE_CODE_DISABLED = "invite_code_disabled"


class AuditEvent(Record):
    """One change; gone after 400 days."""

    event_id: str
    space_id: str
    kind: AuditKind
    actor_id: str
    subject_id: str
    role: Role | None = None
    fields: list[str] | None = None
    purge_at: Annotated[Timestamp, stored_as("forget_at")]


class AuditEventView(View):
    """One change of a space's memberships, roles, codes or settings."""

    event_id: str
    kind: AuditKind
    actor_id: Annotated[str, Field(description="Who did it")]
    subject_id: Annotated[str, Field(description="The user or the space that was changed")]
    role: Annotated[Role | None, Field(description="The role that was given, if one was")]
    fields: Annotated[list[str] | None, Field(description="The settings that were changed, by name")]
    created_at: Timestamp
