"""Notifications: what concerns one person, wherever it happened."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool

from app.core.records import Record
from app.models.fields import Input, Resource, View
from app.models.users import NotificationKind


class Notification(Record):
    """A notification as stored. `read` is what the user said of this very one, if anything."""

    notification_id: str
    user_id: str
    kind: NotificationKind
    actor_id: str | None = None
    space_id: str | None = None
    subject_id: str | None = None
    read: bool | None = None

    def is_read(self, read_to: datetime | None) -> bool:
        """Whether it is read, for someone who said at `read_to` that all was.

        Whichever was said last counts.
        """
        if self.read is not None and (read_to is None or self.updated_at >= read_to):
            return self.read
        return read_to is not None and self.created_at <= read_to


class NotificationPatch(Input):
    """Whether it is read."""

    read: StrictBool


class NotificationView(Resource):
    """Something that concerns you."""

    notification_id: str
    kind: NotificationKind
    actor_id: Annotated[str | None, Field(description="Who did it; null if nobody did")]
    space_id: str | None
    subject_id: Annotated[str | None, Field(description="The id of what it is about")]
    read: bool

    @classmethod
    def seen_by(cls, read_to: datetime | None, notification: Notification) -> "NotificationView":
        """The notification for someone who said at `read_to` that all was read."""
        return cls.of(notification, read=notification.is_read(read_to))


class UnreadCount(View):
    """How many notifications you have not read."""

    unread_count: Annotated[
        int, Field(ge=0, le=100, description="Of your newest 100; older ones are not counted", examples=[3])
    ]
