"""Invitations by e-mail, to a space or to an organization."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from app.core.clock import Timestamp
from app.core.model import Model
from app.core.records import Record, stored_as
from app.models.fields import Email, Input, Note, Resource, View
from app.models.members import MemberView, Role
from app.models.organizations import OrganizationUserView, OrgRole

# What one can be invited to.
TargetKind = Literal["space", "organization"]
InvitedRole = Literal[Role.ADMIN, Role.MEMBER, Role.VIEWER]


class InvitationStatus(StrEnum):
    """Where an invitation stands. `expired` is never stored."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationCreate(Input):
    """Whom to invite to a space."""

    email: Annotated[Email, Field(examples=["charles@example.com"])]
    role: InvitedRole = Role.MEMBER
    message: Annotated[Note | None, Field(examples=["Run with us!"])] = None


class OrganizationInvitationCreate(Input):
    """Whom to invite to an organization."""

    email: Annotated[Email, Field(examples=["charles@example.com"])]
    role: OrgRole = OrgRole.MEMBER
    message: Annotated[Note | None, Field(examples=["Welcome aboard"])] = None


class InvalidInvitation(Model):
    """One of a batch that breaks a rule, so that the others are judged all the same."""

    email: str


def _alone(value: Any, judge: ValidatorFunctionWrapHandler) -> Any:
    try:
        return judge(value)
    except ValidationError:
        if not (isinstance(value, Mapping) and isinstance(value.get("email"), str)):
            raise
        # An answer names the address that was refused, but repeats no megabyte and no half of a character.
        return InvalidInvitation(email=value["email"][:_ECHOED].encode(errors="replace").decode())


_ECHOED = 254
B = TypeVar("B", InvitationCreate, OrganizationInvitationCreate)


class InvitationBatch(Input, Generic[B]):
    """Whom to invite, each judged alone: a wrong address spoils no other invitation."""

    invitations: Annotated[list[Annotated[B, WrapValidator(_alone)]], Field(min_length=1, max_length=25)]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`OrganizationInvitationBatch`, as the OpenAPI document and the clients made from it say."""
        return f"{params[0].__name__.removesuffix('Create')}Batch"


class Invitation(Record):
    """An invitation as stored: open until `expires_at`, gone at `purge_at`.

    `target_name` is the name at the time. `message` goes when the invitation is closed.
    """

    invitation_id: str
    target_kind: Annotated[TargetKind, stored_as("place")]
    target_id: Annotated[str, stored_as("place_id")]
    target_name: Annotated[str, stored_as("place_name")]
    email: str
    role: InvitedRole
    message: str | None = None
    invited_by: str
    status: InvitationStatus = InvitationStatus.PENDING
    expires_at: Timestamp
    purge_at: Annotated[Timestamp, stored_as("forget_at")]
    sent_at: Timestamp
    resent: int = 0

    def status_at(self, now: datetime) -> InvitationStatus:
        """The status, which time alone can change to `expired`."""
        if self.status is InvitationStatus.PENDING and self.expires_at <= now:
            return InvitationStatus.EXPIRED
        return self.status


class InvitationClaim(Record):
    """Says that an e-mail has an open invitation, so that it has one only.

    It outlives its invitation's expiry: whoever is invited again gets the same invitation, renewed.
    """

    target_id: Annotated[str, stored_as("place_id")]
    email: str
    invitation_id: str
    invited_by: str
    purge_at: Annotated[Timestamp, stored_as("forget_at")]


class InvitationCount(Record):
    """How many addresses were asked for on one day (UTC), those that were refused included.

    `target_id` is the id of the space or organization, or of the user who asked.
    """

    target_id: Annotated[str, stored_as("place_id")]
    day: str
    sent: int
    purge_at: Annotated[Timestamp, stored_as("forget_at")]


class InvitationView(Resource):
    """An invitation to a space or to an organization."""

    invitation_id: str
    space_id: str | None
    space_name: str | None
    org_id: str | None
    org_name: str | None
    email: str
    role: InvitedRole
    message: str | None
    invited_by: Annotated[str, Field(description="The user id of whoever invited")]
    status: InvitationStatus
    expires_at: Timestamp

    @classmethod
    def at(cls, now: datetime, invitation: Invitation) -> "InvitationView":
        """The invitation as it stands at this moment."""
        to_space = invitation.target_kind == "space"
        id_, name = invitation.target_id, invitation.target_name
        return cls.of(
            invitation,
            space_id=id_ if to_space else None,
            space_name=name if to_space else None,
            org_id=None if to_space else id_,
            org_name=None if to_space else name,
            status=invitation.status_at(now),
        )


class InvitationResult(View):
    """What became of one invitation of a batch."""

    email: str
    status: Annotated[int, Field(description="As if it had been sent alone: 201, 403, 409, 422 or 429")]
    invitation_id: str | None = None
    code: Annotated[str | None, Field(description="The problem's `code` where it was refused")] = None


class InvitationResults(View):
    """What became of a batch, in its order."""

    results: list[InvitationResult]


# What accepting an invitation makes of the caller.
Accepted = MemberView | OrganizationUserView
