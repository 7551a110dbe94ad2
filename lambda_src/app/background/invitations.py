"""Telling people that they are invited: by notification, and by mail."""

from functools import partial
from typing import Any

from app.background import mail_limits, mail_templates
from app.background.cascades import for_each_in_transaction
from app.background.work import Work
from app.core.clock import rfc3339
from app.core.database import Session
from app.core.entities import Key
from app.models.access_patterns import (
    EMAIL_CLAIMS,
    INVITATIONS,
    NOTIFICATIONS,
    ORGANIZATIONS,
    SPACES,
    USER_PROFILES,
    invitation_claims_to,
)
from app.models.invitations import Invitation, InvitationClaim, InvitationStatus
from app.models.messages import AnnounceInvitation, InvitationMessage, RevokeInvitations, SendInvitationMail
from app.models.notifications import Notification
from app.models.users import UserProfile
from app.services import outbox
from app.services.invitations import close


def announce(work: Work, message: AnnounceInvitation) -> None:
    """Notify who has a profile, the first time, and have the mail sent.

    The mail is a message of its own: it is sent once, also where the notification takes two tries.
    """
    invitation = _find_open(work, message)
    if invitation is None:
        return
    invitee = _profile_of(work, invitation.email)
    if invitee is not None and invitation.resent == 0 and invitee.wants("invitation", "notifications"):
        _notify(work, invitation, invitee)
    outbox.enqueue(work.session, SendInvitationMail(**dict(message)))


def send_mail(work: Work, message: SendInvitationMail) -> None:
    """Send an invitation's mail, unless whoever has the address wants no such mails, or has had too many.

    Nothing is sent where whoever invited, or what it leads to, is about to go.
    """
    invitation = _find_open(work, message)
    if invitation is None:
        return
    keys = (USER_PROFILES.key(user_id=invitation.invited_by), _target_key(invitation))
    inviter, target = work.table.batch_get(keys, consistent=True)
    if inviter is None or inviter.status != "active":
        return
    if target is None or (invitation.target_kind == "space" and target.status != "active"):
        return
    invitee = _profile_of(work, invitation.email)
    if invitee is not None and not invitee.wants("invitation", "mail"):
        return
    if mail_limits.take(
        work,
        email=invitation.email,
        cause=("invitation", invitation.invited_by),
        limit=mail_limits.INVITATION,
        reference=f"{invitation.invitation_id} {rfc3339(invitation.sent_at)}",
    ):
        work.mail.send(
            mail_templates.invitation(invitation, inviter=inviter.name, parameters=work.parameters())
        )


def revoke(work: Work, message: RevokeInvitations) -> None:
    """Close the open invitations that somebody sent who may not invite to there any more."""
    query = invitation_claims_to(message.target_id).where(invited_by=message.user_id)
    for_each_in_transaction(work, query, partial(_revoke, message))


def _revoke(message: RevokeInvitations, session: Session, claim: InvitationClaim) -> None:
    key = INVITATIONS.key(target_id=claim.target_id, invitation_id=claim.invitation_id)
    invitation = session.table.get(key)
    if invitation is None or invitation.status_at(session.now) is not InvitationStatus.PENDING:
        return
    to_role = message.roles is None or invitation.role in message.roles
    # Who was made admin again since may invite, and what they sent after that stays.
    sent_before = invitation.created_at <= message.until
    if to_role and sent_before and invitation.invited_by == message.user_id:
        session.add(*close(session, invitation, InvitationStatus.REVOKED))


def _find_open(work: Work, message: InvitationMessage) -> Invitation | None:
    """The invitation, unless it is closed by now or a later sending is under way."""
    key = INVITATIONS.key(target_id=message.target_id, invitation_id=message.invitation_id)
    invitation = work.table.get(key)
    if invitation is None or invitation.sent_at != message.sent_at:
        return None
    is_open = invitation.status_at(work.session.now) is InvitationStatus.PENDING
    return invitation if is_open else None


def _target_key(invitation: Invitation) -> Key[Any]:
    if invitation.target_kind == "space":
        return SPACES.key(space_id=invitation.target_id)
    return ORGANIZATIONS.key(org_id=invitation.target_id)


def _profile_of(work: Work, email: str) -> UserProfile | None:
    claim = work.table.get(EMAIL_CLAIMS.key(email=email))
    profile = work.table.get(USER_PROFILES.key(user_id=claim.user_id)) if claim else None
    return profile if profile and profile.status == "active" else None


def _notify(work: Work, invitation: Invitation, invitee: UserProfile) -> None:
    notification = Notification(
        notification_id=work.session.new_id(),
        user_id=invitee.user_id,
        kind="invitation",
        actor_id=invitation.invited_by,
        space_id=invitation.target_id if invitation.target_kind == "space" else None,
        subject_id=invitation.invitation_id,
        created_at=work.session.now,
        updated_at=work.session.now,
    )
    work.session.add(
        NOTIFICATIONS.create(notification),
        USER_PROFILES.require_unchanged(invitee),
        INVITATIONS.require_unchanged(invitation),  # closed meanwhile, it would not be withdrawn
    )
