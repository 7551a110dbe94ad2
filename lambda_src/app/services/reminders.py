"""Reminders: kept beside the profile that says when, so that they can be found by time zone and time."""

from zlib import crc32

from app.core.database import Session
from app.models.access_patterns import REMINDERS
from app.models.reminders import Reminder
from app.models.users import UserProfile

SHARDS = 2


def sync_reminder(session: Session, was: UserProfile | None, now: UserProfile | None) -> None:
    """Move a user's reminder where a change of the profile wants it. None is no profile."""
    old, new = _reminder(session, was), _reminder(session, now)
    if old is not None and new is not None and REMINDERS.key_of(old) == REMINDERS.key_of(new):
        return
    if old is not None:
        session.add(REMINDERS.delete_if_exists(REMINDERS.key_of(old)))
    if new is not None:
        session.add(REMINDERS.create(new))


def _reminder(session: Session, user: UserProfile | None) -> Reminder | None:
    if user is None or user.preferences.reminder_time is None:
        return None
    return Reminder(
        timezone=user.timezone,
        shard=crc32(user.user_id.encode()) % SHARDS,
        time=user.preferences.reminder_time,
        user_id=user.user_id,
        created_at=session.now,
        updated_at=session.now,
    )
