"""Notifications: what concerns the caller, and what of it they have read."""

from app.core.database import Session
from app.core.errors import NotFound
from app.core.records import Versions
from app.models.access_patterns import NOTIFICATIONS, USER_PROFILES, notifications_of_user
from app.models.fields import Page
from app.models.notifications import NotificationPatch, NotificationView
from app.models.users import UserProfile


def list_page(
    session: Session, user: UserProfile, *, limit: int, cursor: str | None
) -> Page[NotificationView]:
    """What concerns the caller, newest first."""
    found = session.table.page(notifications_of_user(user.user_id), limit=limit, cursor=cursor)
    return Page(
        items=[NotificationView.seen_by(user.notifications_read_to, item) for item in found.items],
        next_cursor=found.next_cursor,
    )


def update(
    session: Session, user: UserProfile, body: NotificationPatch, *, notification_id: str, versions: Versions
) -> NotificationView:
    """Say of one notification whether it is read.

    Raises:
        NotFound: the caller has no such notification.
        PreconditionFailed: it is at none of these versions.
    """
    was = session.table.get(NOTIFICATIONS.key(user_id=user.user_id, notification_id=notification_id))
    if was is None:
        raise NotFound
    was.require_version(versions)
    if was.is_read(user.notifications_read_to) is body.read:
        return NotificationView.seen_by(user.notifications_read_to, was)
    # Even where the stored value is the same: that it is said now is what counts.
    changed = was.model_copy(
        update={"read": body.read, "version": was.version + 1, "updated_at": session.now}
    )
    session.add(NOTIFICATIONS.update(was, changed))
    return NotificationView.seen_by(user.notifications_read_to, changed)


def read_all(session: Session, user: UserProfile) -> None:
    """Say that all is read, by one write however much it is."""
    # What was read is no change of the profile: its ETag stays.
    changed = user.model_copy(update={"notifications_read_to": session.now})
    if changed != user:
        session.add(USER_PROFILES.update(user, changed))
