"""Sending invitations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.background import letters
from app.background.work import Work
from app.models.access_patterns import EMAIL_CLAIMS, INVITATIONS, NOTIFICATIONS, USER_PROFILES
from app.models.invitations import Invitation, InvitationStatus
from app.models.notifications import Notification
from app.models.users import UserProfile


def send(work: Work, payload: Mapping[str, Any]) -> None:
    """Send an invitation's mail, unless it is closed by now or a later sending is under way.

    Who has a profile is notified too, and may have chosen to get no such mails.
    """
    key = INVITATIONS.key(place_id=payload["place_id"], invitation_id=payload["invitation_id"])
    invitation = work.table.get(key)
    if invitation is None or invitation.sent_at != datetime.fromisoformat(payload["sent_at"]):
        return
    if invitation.status_at(work.session.now) is not InvitationStatus.PENDING:
        return
    invitee = _profile(work, invitation.email)
    if invitee is not None and invitation.resent == 0 and invitee.wants("invitation", "notifications"):
        _notify(work, invitation, invitee)
    if invitee is None or invitee.wants("invitation", "mail"):
        inviter = work.table.get(USER_PROFILES.key(user_id=invitation.invited_by))
        name = inviter.name if inviter else "Somebody"
        letter = letters.invitation(invitation, inviter=name, parameters=work.parameters())
        work.mail.send(letter)


def _profile(work: Work, email: str) -> UserProfile | None:
    claim = work.table.get(EMAIL_CLAIMS.key(email=email))
    profile = work.table.get(USER_PROFILES.key(user_id=claim.user_id)) if claim else None
    return profile if profile and profile.status == "active" else None


def _notify(work: Work, invitation: Invitation, invitee: UserProfile) -> None:
    notification = Notification(
        notification_id=work.session.new_id(),
        user_id=invitee.user_id,
        kind="invitation",
        actor_id=invitation.invited_by,
        space_id=invitation.place_id if invitation.place == "space" else None,
        subject_id=invitation.invitation_id,
        created_at=work.session.now,
        updated_at=work.session.now,
    )
    work.session.add(NOTIFICATIONS.create(notification), USER_PROFILES.unchanged(invitee))
