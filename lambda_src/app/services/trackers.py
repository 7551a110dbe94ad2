"""What goals and habits share: the limit of how many a space has, and the days that check-ins may have."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.config import Parameters
from app.core.errors import DateOutOfRange, TooManyTrackers
from app.core.writes import Write
from app.models.access_patterns import SPACES
from app.models.users import UserProfile
from app.services.permissions import Access

LONGEST_BEFORE = timedelta(days=366)


def reserve_slot(access: Access, parameters: Parameters) -> Write:
    """The write that counts one goal or habit more.

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


def require_in_range(
    day: date, user: UserProfile, *, now: datetime, created_at: datetime, field: str
) -> None:
    """Check the day, in this field of a request, of a check-in on a goal or habit of `created_at`.

    Raises:
        DateOutOfRange: the day has not begun where the user lives, or is more than 366 days before
            `created_at`.
    """
    if day > local_day(now, user):
        raise DateOutOfRange(fields={field: "The day has not begun yet in your time zone"})
    if day < local_day(created_at, user) - LONGEST_BEFORE:
        raise DateOutOfRange(fields={field: "More than 366 days before it was made"})
