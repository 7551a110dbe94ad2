"""What goals and habits share: a limit of how many a space has, and days that are checked in on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.config import Parameters
from app.core.entities import Write
from app.core.errors import DateOutOfRange, TooManyTrackers
from app.models.access_patterns import SPACES
from app.models.users import UserProfile
from app.services.permissions import Access

LONGEST_BEFORE = timedelta(days=366)


def reserve_slot(access: Access, parameters: Parameters) -> Write:
    """Count one goal or habit more.

    Raises:
        TooManyTrackers: the space has as many as it may have.
    """
    limit = parameters.max_trackers_per_space
    if access.space.tracker_count >= limit:
        raise TooManyTrackers
    return SPACES.increment(
        SPACES.key_of(access.space), {"tracker_count": 1}, at_most={"tracker_count": limit}
    )


def local_day(moment: datetime, user: UserProfile) -> date:
    """The calendar day of a moment where the user lives."""
    return moment.astimezone(ZoneInfo(user.timezone)).date()


def require_not_long_before(day: date, made_at: datetime, user: UserProfile, *, field: str) -> None:
    """Check that the day in this field is at most 366 days before the goal or habit was made.

    Raises:
        DateOutOfRange: it is earlier.
    """
    if day < local_day(made_at, user) - LONGEST_BEFORE:
        raise DateOutOfRange(fields={field: "More than 366 days before it was made"})


def require_begun(day: date, now: datetime, user: UserProfile, *, field: str) -> None:
    """Check that the day in this field has begun where the user lives.

    Raises:
        DateOutOfRange: it has not.
    """
    if day > local_day(now, user):
        raise DateOutOfRange(fields={field: "The day has not begun yet in your time zone"})
