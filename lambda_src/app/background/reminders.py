"""Reminding people of their habits, at the time of day that they chose, by the clock where they live.

Each hour reminds of the times that the clocks of a zone pass during it: those from what they show at
its beginning up to, and without, what they show at its end. So an hour that clocks skip is made up for
at once, and one that they show twice reminds once.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.background.cascades import each
from app.background.work import Work
from app.core.clock import ulid_of
from app.core.database import Session
from app.models.access_patterns import NOTIFICATIONS, USER_PROFILES, reminders_of
from app.models.fields import time_zones
from app.models.notifications import Notification
from app.models.reminders import Reminder
from app.services import outbox
from app.services.reminders import SHARDS

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_ZONES_A_MESSAGE = 50


def remind_all(work: Work, payload: Mapping[str, Any]) -> None:
    """Have everybody reminded who is due in the hour that begins at `hour`, some time zones a message."""
    zones = sorted(time_zones())
    for start in range(0, len(zones), _ZONES_A_MESSAGE):
        some = zones[start : start + _ZONES_A_MESSAGE]
        outbox.promise(work.session, "reminders.due", hour=payload["hour"], zones=some)


def remind(work: Work, payload: Mapping[str, Any]) -> None:
    """Remind everybody who is due in these time zones."""
    hour = datetime.fromisoformat(payload["hour"])
    for zone in payload["zones"]:
        for first, last in times_passed(hour, ZoneInfo(zone)):
            for shard in range(SHARDS):
                each(
                    work,
                    reminders_of(zone, shard).between(first, last),
                    lambda session, reminder: _remind(session, reminder, hour),
                )


def times_passed(hour: datetime, zone: ZoneInfo) -> Iterable[tuple[str, str]]:
    """The times of day, "HH:MM", first and last, that clocks in the zone pass in the hour from `hour`."""
    begin, end = (
        hour.astimezone(zone).replace(tzinfo=None),
        (hour + _HOUR).astimezone(zone).replace(tzinfo=None),
    )
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time())
        last = min(end, midnight) - _MINUTE
        yield f"{begin:%H:%M}", f"{last:%H:%M}"
        begin = min(end, midnight)


def _remind(session: Session, reminder: Reminder, hour: datetime) -> None:
    user = session.table.get(USER_PROFILES.key(user_id=reminder.user_id))
    if user is None or user.status != "active" or not user.wants("reminder", "notifications"):
        return
    # One an hour and user, however often this runs.
    notification_id = ulid_of(hour, reminder.user_id)
    key = NOTIFICATIONS.key(user_id=reminder.user_id, notification_id=notification_id)
    if session.table.get(key) is not None:
        return
    notification = Notification(
        notification_id=notification_id,
        user_id=reminder.user_id,
        kind="reminder",
        created_at=hour,
        updated_at=hour,
    )
    session.add(NOTIFICATIONS.create(notification), USER_PROFILES.unchanged(user))
