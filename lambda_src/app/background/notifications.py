"""Notifications that lead nowhere any more, and what is told instead."""

from app.background.work import Work
from app.models.access_patterns import EMAIL_CLAIMS, NOTIFICATIONS, USER_PROFILES
from app.models.members import Role
from app.models.messages import NotifySpaceDeleted, WithdrawInvitationNotification
from app.models.notifications import Notification
from app.services.notifications import latest_unread


def withdraw_invitation(work: Work, message: WithdrawInvitationNotification) -> None:
    """Delete what tells of an invitation that is closed, unless it is read."""
    claim = work.table.get(EMAIL_CLAIMS.key(email=message.email))
    user = work.table.get(USER_PROFILES.key(user_id=claim.user_id)) if claim else None
    if user is None:
        return
    for item in latest_unread(work.table, user, consistent=True):
        if item.kind == "invitation" and item.subject_id == message.invitation_id:
            work.session.add(NOTIFICATIONS.delete(item))


def notify_space_deleted(work: Work, message: NotifySpaceDeleted) -> None:
    """Delete what a member has not read of a space, and notify them that it is deleted."""
    user = work.table.get(USER_PROFILES.key(user_id=message.user_id))
    if user is None or user.status != "active":
        return
    unread = latest_unread(work.table, user, consistent=True)
    outdated = [NOTIFICATIONS.key_of(item) for item in unread if item.space_id == message.space_id]
    work.table.batch_delete(outdated)
    if message.role is not Role.OWNER and user.wants("space_deleted", "notifications"):
        notification = Notification(
            notification_id=work.session.new_id(),
            user_id=user.user_id,
            kind="space_deleted",
            space_id=message.space_id,
            created_at=work.session.now,
            updated_at=work.session.now,
        )
        work.session.add(NOTIFICATIONS.create(notification), USER_PROFILES.require_unchanged(user))
