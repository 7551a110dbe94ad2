"""Invitations by e-mail to a space or an organization: listing, sending again, revoking.

`app.services.inviting` makes them, and `app.services.invitees` is for those who are invited.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from app.core.database import Session
from app.core.entities import Key
from app.core.errors import (
    AlreadyMember,
    InvitationClosed,
    NotFound,
    ResendLimitReached,
    TooManyRequests,
)
from app.core.records import Versions
from app.core.writes import Write
from app.models.access_patterns import (
    INVITATION_CLAIMS,
    INVITATIONS,
    MEMBERSHIPS,
    USER_PROFILES,
    invitations_to,
)
from app.models.fields import Page
from app.models.invitations import (
    Invitation,
    InvitationClaim,
    InvitationStatus,
    InvitationView,
    InvitedRole,
    TargetKind,
)
from app.models.messages import AnnounceInvitation, RevokeInvitations, WithdrawInvitationNotification
from app.models.users import UserProfile
from app.services import outbox
from app.services.permissions import ALLOWED, Access, Action, OrganizationAccess

RESENDS_ALLOWED = 3
RESEND_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True)
class InvitationTarget:
    """What people are invited to, and who invites them."""

    target_kind: TargetKind
    target_id: str
    name: str
    user: UserProfile
    access_unchanged: Write
    may_invite_admins: bool

    @classmethod
    def space(cls, access: Access) -> "InvitationTarget":
        """A space, as the caller has access to it."""
        admins = Action.MANAGE_ADMINS in ALLOWED[access.role]
        space = access.space
        return cls("space", space.space_id, space.name, access.user, access.membership_unchanged(), admins)

    @classmethod
    def organization(cls, access: OrganizationAccess) -> "InvitationTarget":
        """An organization, as the caller has access to it."""
        organization = access.organization
        unchanged = access.profile_unchanged()
        return cls(
            "organization",
            organization.org_id,
            organization.name,
            access.user,
            unchanged,
            may_invite_admins=True,
        )

    def claim_key(self, email: str) -> Key[InvitationClaim]:
        """The key of an e-mail's claim on an invitation to here."""
        return INVITATION_CLAIMS.key(target_id=self.target_id, email=email)

    def key(self, invitation_id: str) -> Key[Invitation]:
        """The key of an invitation to here."""
        return INVITATIONS.key(target_id=self.target_id, invitation_id=invitation_id)

    def belonging_key(self, user_id: str) -> Key[Any]:
        """The key of what says where this user belongs."""
        if self.target_kind == "organization":
            return USER_PROFILES.key(user_id=user_id)
        return MEMBERSHIPS.key(space_id=self.target_id, user_id=user_id)

    def require_outsider(self, belonging: Any) -> None:
        """Check that someone who belongs there can be invited here.

        Who is in another organization can be: they alone learn of it, when they accept.

        Raises:
            AlreadyMember: they are in.
        """
        is_elsewhere = self.target_kind == "organization" and belonging and belonging.org_id != self.target_id
        if belonging is not None and not is_elsewhere:
            raise AlreadyMember


def list_page(
    session: Session,
    target: InvitationTarget,
    *,
    status: InvitationStatus | None,
    limit: int,
    cursor: str | None,
) -> Page[InvitationView]:
    """The invitations to here, newest first. With `status`, a page may be short while the list goes on."""
    stored = InvitationStatus.PENDING if status is InvitationStatus.EXPIRED else status
    query = invitations_to(target.target_id).where(status=stored)
    found = session.table.page(query, limit=limit, cursor=cursor)
    items = [InvitationView.at(session.now, invitation) for invitation in found.items]
    return Page(
        items=[item for item in items if status in (None, item.status)], next_cursor=found.next_cursor
    )


def resend(session: Session, target: InvitationTarget, *, invitation_id: str) -> InvitationView:
    """Send the mail again.

    Raises:
        NotFound: there is no such invitation.
        InvitationClosed: it is no longer open.
        ResendLimitReached: it was sent again three times.
        TooManyRequests: it was sent within the last hour.
    """
    invitation = _read_open(session, target, invitation_id)
    if invitation.resent >= RESENDS_ALLOWED:
        raise ResendLimitReached
    wait = invitation.sent_at + RESEND_INTERVAL - session.now
    if wait > timedelta():
        raise TooManyRequests(retry_after_s=ceil(wait.total_seconds()))
    changed = invitation.patched(session.now, {"sent_at": session.now, "resent": invitation.resent + 1})
    session.add(INVITATIONS.update(invitation, changed), target.access_unchanged)
    enqueue_mail(session, changed)
    return InvitationView.at(session.now, changed)


def revoke(session: Session, target: InvitationTarget, *, invitation_id: str, versions: Versions) -> None:
    """Take an open invitation back.

    Raises:
        NotFound: there is no such invitation.
        InvitationClosed: it is no longer open.
        PreconditionFailed: it is at none of these versions.
    """
    invitation = _read_open(session, target, invitation_id)
    invitation.require_version(versions)
    session.add(*close(session, invitation, InvitationStatus.REVOKED), target.access_unchanged)


def close(session: Session, invitation: Invitation, status: InvitationStatus) -> list[Write]:
    """What ends an open invitation: the e-mail can be invited anew, and what was written to it goes.

    Who has not read of it shall not, as it leads nowhere.
    """
    withdrawal = WithdrawInvitationNotification(
        email=invitation.email, invitation_id=invitation.invitation_id
    )
    outbox.enqueue(session, withdrawal)
    claim = INVITATION_CLAIMS.key(target_id=invitation.target_id, email=invitation.email)
    closed = invitation.patched(session.now, {"status": status, "message": None})
    return [INVITATIONS.update(invitation, closed), INVITATION_CLAIMS.delete_if_exists(claim)]


def close_open(session: Session, *, target_id: str, email: str, accepted: Invitation | None = None) -> None:
    """Close the open invitation of an e-mail to here, if any; the commit fails where one comes meanwhile.

    Whoever is in, or was taken out, shall not come in again by an older invitation. The one that is being
    `accepted` is left to the caller.
    """
    if accepted is not None and accepted.email == email:
        return
    key = INVITATION_CLAIMS.key(target_id=target_id, email=email)
    claim = session.table.get(key)
    if claim is None:
        session.add(INVITATION_CLAIMS.require_absent(key, session.now))
        return
    invitation = session.table.get(INVITATIONS.key(target_id=target_id, invitation_id=claim.invitation_id))
    if invitation is not None and invitation.status_at(session.now) is InvitationStatus.PENDING:
        session.add(*close(session, invitation, InvitationStatus.REVOKED))
    else:
        session.add(INVITATION_CLAIMS.require_unchanged(claim))


def close_sent(
    session: Session, *, target_id: str, user_id: str, roles: Collection[InvitedRole] | None = None
) -> None:
    """Have the open invitations to here closed that this user sent until now; to these roles, or to any.

    It is done in the background, as there may be many. Nobody comes in by one meanwhile: accepting checks
    the inviter's role.
    """
    message = RevokeInvitations(
        target_id=target_id,
        user_id=user_id,
        roles=None if roles is None else tuple(sorted(roles)),
        until=session.now,
    )
    outbox.enqueue(session, message)


def enqueue_mail(session: Session, invitation: Invitation) -> None:
    """Have the invitation sent."""
    message = AnnounceInvitation(
        target_id=invitation.target_id,
        invitation_id=invitation.invitation_id,
        sent_at=invitation.sent_at,
    )
    outbox.enqueue(session, message)


def _read_open(session: Session, target: InvitationTarget, invitation_id: str) -> Invitation:
    invitation = session.table.get(target.key(invitation_id))
    if invitation is None:
        raise NotFound
    if invitation.status_at(session.now) is not InvitationStatus.PENDING:
        raise InvitationClosed
    return invitation
