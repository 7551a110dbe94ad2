"""Reminding people of their habits, at the time of day that they chose, by the clock where they live.

Each hour reminds of the times that the clocks of a zone pass during it: those from what they show at
its beginning up to, and without, what they show at its end. So an hour that clocks skip is made up for
at once, and one that they show twice reminds once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from app.background.cascades import pages, retry_on_stale_read
from app.background.work import Work
from app.core.clock import ulid_of
from app.core.database import Session
from app.models.access_patterns import NOTIFICATIONS, USER_PROFILES, reminders_of
from app.models.fields import time_zones
from app.models.messages import EnqueueReminders, SendReminders
from app.models.notifications import Notification
from app.models.reminders import Reminder
from app.services import outbox
from app.services.reminders import SHARDS

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_ZONES_A_MESSAGE = 50
# Two writes each: as many as a transaction holds. Whom an earlier run has reminded is passed by as fast.
_AT_ONCE = 50


def enqueue_reminders(work: Work, message: EnqueueReminders) -> None:
    """Have everybody reminded who is due in the hour that begins at `hour`, some time zones a message."""
    zones = sorted(time_zones())
    for start in range(0, len(zones), _ZONES_A_MESSAGE):
        some = zones[start : start + _ZONES_A_MESSAGE]
        outbox.enqueue(work.session, SendReminders(hour=message.hour, zones=tuple(some)))


def send_reminders(work: Work, message: SendReminders) -> None:
    """Remind everybody who is due in these time zones."""
    for zone in message.zones:
        for first, last in times_passed(message.hour, ZoneInfo(zone)):
            for shard in range(SHARDS):
                due = reminders_of(zone, shard).between(first, last)
                for reminders in pages(work, due, size=_AT_ONCE):
                    retry_on_stale_read(work, partial(_remind, message.hour), reminders)


def times_passed(hour: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """The times of day, "HH:MM", first and last, that clocks in the zone pass in the hour from `hour`."""
    # Clocks that were set back show again what they have passed: by two hours at most (Antarctica/Troll).
    begin = max(_shown(hour - ago * _HOUR, zone) for ago in range(3))
    end = _shown(hour + _HOUR, zone)
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time())
        last = min(end, midnight) - _MINUTE
        yield f"{begin:%H:%M}", f"{last:%H:%M}"
        begin = min(end, midnight)


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in the zone show."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _remind(hour: datetime, session: Session, reminders: Sequence[Reminder]) -> None:
    # One an hour and user, however often this runs.
    ids = {reminder.user_id: ulid_of(hour, reminder.user_id) for reminder in reminders}
    profiles = [USER_PROFILES.key(user_id=user_id) for user_id in ids]
    places = [NOTIFICATIONS.key(user_id=user_id, notification_id=id_) for user_id, id_ in ids.items()]
    found = session.table.batch_get([*profiles, *places], consistent=True)
    for user, reminded in zip(found[: len(ids)], found[len(ids) :], strict=True):
        if user is None or reminded is not None or user.status != "active":
            continue
        if user.wants("reminder", "notifications"):
            notification = Notification(
                notification_id=ids[user.user_id],
                user_id=user.user_id,
                kind="reminder",
                created_at=session.now,
                updated_at=session.now,
            )
            session.add(NOTIFICATIONS.create(notification), USER_PROFILES.require_unchanged(user))
