"""Notifications: what concerns the caller, and what of it they have read."""

from app.core.database import FILTER_READS, Session, Table
from app.core.errors import NotFound
from app.core.records import Versions
from app.models.access_patterns import NOTIFICATIONS, USER_PROFILES, notifications_of_user
from app.models.fields import Page
from app.models.notifications import Notification, NotificationPatch, NotificationView, UnreadCount
from app.models.users import UserProfile

# So many of a user's notifications, the newest, are looked through for unread ones.
LATEST = 100


def list_page(
    session: Session, user: UserProfile, *, unread: bool | None, limit: int, cursor: str | None
) -> Page[NotificationView]:
    """What concerns the caller, newest first; with `unread`, only what they have not read, or have read.

    No key serves that filter, as one write says that all is read: it reads 5 x `limit` items.
    """
    query = notifications_of_user(user.user_id)
    reads = limit if unread is None else limit * FILTER_READS
    found = session.table.page(query, limit=reads, cursor=cursor)
    matching = [
        item for item in found.items if unread in (None, not item.is_read(user.notifications_read_to))
    ]
    items, next_cursor = matching[:limit], found.next_cursor
    if len(matching) > limit:
        next_cursor = query.cursor_after(NOTIFICATIONS.key_of(items[-1]).attributes)
    return Page(
        items=[NotificationView.seen_by(user.notifications_read_to, item) for item in items],
        next_cursor=next_cursor,
    )


def count_unread(session: Session, user: UserProfile) -> UnreadCount:
    """How many of the caller's newest notifications are unread, by one Query."""
    return UnreadCount(unread_count=len(latest_unread(session.table, user)))


def latest_unread(table: Table, user: UserProfile, *, consistent: bool = False) -> list[Notification]:
    """Those of the user's `LATEST` notifications that are not read."""
    latest = table.page(notifications_of_user(user.user_id), limit=LATEST, consistent=consistent).items
    return [item for item in latest if not item.is_read(user.notifications_read_to)]


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
