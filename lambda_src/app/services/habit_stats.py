"""Statistics of a habit, computed from its cadences and a user's summary."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from app.core.database import Session
from app.core.errors import NotFound
from app.models.access_patterns import MEMBERSHIPS, USER_PROFILES
from app.models.habit_summaries import HabitSummary
from app.models.habits import Habit, HabitStats, Pause
from app.models.members import Membership
from app.models.users import UserProfile
from app.services import habit_summaries, habits, streaks, trackers
from app.services.permissions import Access


def get(session: Session, access: Access, *, habit_id: str, user_id: str | None) -> HabitStats:
    """How well a member keeps to the habit, by the calendar of where they live; the caller by default.

    Raises:
        NotFound: there is no such habit, or the user is not in the space.
    """
    habit = habits.read(session, access, habit_id=habit_id)
    who = user_id or access.user.user_id
    keys = (
        MEMBERSHIPS.key(space_id=habit.space_id, user_id=who),
        USER_PROFILES.key(user_id=who),
    )
    member, user = session.read(keys)
    if member is None or user is None:
        raise NotFound
    summary = habit_summaries.find(session, habit, user_id=who)
    return statistics(habit, summary, member=member, user=user, today=trackers.local_day(session.now, user))


def statistics(
    habit: Habit, summary: HabitSummary | None, *, member: Membership, user: UserProfile, today: date
) -> HabitStats:
    """The statistics of a member on `today`, a day in their time zone."""
    last = _last_day(habit, today, user)
    return streaks.statistics(
        streaks.Schedule(
            habit.cadence,
            past=[(past.until, past.cadence) for past in habit.past_cadences],
            week_start=user.preferences.week_start,
        ),
        streaks.Days(
            kept=summary.kept_days if summary else frozenset(),
            skipped=(summary.skipped_days if summary else frozenset()) | set(_paused_days(habit.pauses)),
        ),
        today=last,
        began=min(last, trackers.local_day(max(habit.created_at, member.created_at), user)),
    )


def _last_day(habit: Habit, today: date, user: UserProfile) -> date:
    """The day up to which statistics count: the statistics of an archived habit do not change."""
    if not habit.archived:
        return today
    # Habits that were archived before pauses were stored have none.
    archived = habit.pauses[-1].first if habit.pauses else trackers.local_day(habit.updated_at, user)
    return min(archived, today)


def _paused_days(pauses: Iterable[Pause]) -> Iterator[date]:
    for pause in pauses:
        for number in range((pause.end - pause.first).days if pause.end else 0):
            yield pause.first + timedelta(days=number)
