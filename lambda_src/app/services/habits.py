"""Habits: creating them, checking in by day, and statistics."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from app.core.config import Parameters
from app.core.database import Session
from app.core.entities import Key
from app.core.errors import DateOutOfRange, HabitArchived, NotFound, PreconditionFailed
from app.core.records import Versions
from app.models.access_patterns import (
    HABIT_CHECK_INS,
    HABITS,
    MEMBERSHIPS,
    USER_PROFILES,
    check_ins_of_habit,
    habits_of_space,
)
from app.models.activity import ActivityKind
from app.models.fields import Page, page_of
from app.models.habits import (
    Habit,
    HabitCheckIn,
    HabitCheckInPut,
    HabitCheckInView,
    HabitCreate,
    HabitPatch,
    HabitStats,
    HabitView,
    Pause,
)
from app.models.users import UserProfile
from app.services import activity, streaks, trackers
from app.services.content import ContentService
from app.services.permissions import Access, Action

# A check-in for a day further back is marked as backfilled, and a space can refuse it.
BACKFILL_AFTER = timedelta(days=7)
# Ten years of days: what statistics look back on, so that their cost has a bound.
STATS_DAYS = 3660

_habits = ContentService(HABITS, HabitView, "habit_id", habits_of_space)
list_page = _habits.list_page
get = _habits.get
delete = _habits.delete


def create(session: Session, access: Access, body: HabitCreate, *, parameters: Parameters) -> HabitView:
    """Begin a habit.

    Raises:
        TooManyTrackers: the space has as many goals and habits as it may have.
    """
    session.add(trackers.reserve_slot(access, parameters))
    habit = _habits.create(session, access, body)
    activity.announce(session, access, ActivityKind.HABIT_CREATED, subject_id=habit.habit_id)
    return habit


def update(
    session: Session, access: Access, body: HabitPatch, *, habit_id: str, versions: Versions
) -> HabitView:
    """Change a habit. Raises what `ContentService.read` and `ContentService.update` raise."""
    habit = _habits.read(session, access, habit_id=habit_id)
    changes, today = body.changes(), trackers.local_day(session.now, access.user)
    more: dict[str, Any] = {}
    if "cadence" in changes:
        more |= habit.with_cadence(changes["cadence"], today)
    if "archived" in changes:
        more |= habit.with_archived(today, archived=changes["archived"])
    return _habits.update(session, access, habit, body, versions=versions, **more)


def check_in(
    session: Session,
    access: Access,
    body: HabitCheckInPut,
    *,
    habit_id: str,
    day: date,
    versions: Versions,
) -> HabitCheckInView:
    """Create the caller's check-in of a day, or change it.

    An own check-in can be changed whatever became of the caller's role and time zone.

    Raises:
        NotFound: the habit does not exist.
        HabitArchived: the habit takes no check-ins.
        Forbidden: the caller's role does not allow new check-ins.
        DateOutOfRange: the day of a new check-in has not begun, is more than 366 days before the habit was
            made, or is further back than the space allows.
        PreconditionFailed: the check-in is at none of these versions.
    """
    habit = _habits.read(session, access, habit_id=habit_id)
    if habit.archived:
        raise HabitArchived
    (stored,) = session.read([_key(access, habit_id, day)])
    session.add(access.membership_unchanged(), HABITS.require_unchanged(habit))
    if stored is not None:
        stored.require_version(versions)
        changed = stored.patched(session.now, dict(body))
        session.add(*([HABIT_CHECK_INS.update(stored, changed)] if changed is not stored else []))
        return HabitCheckInView.of(changed)
    if versions is not None:
        raise PreconditionFailed  # a caller who knows a version wants to change a check-in that is gone
    access.require(Action.WRITE_CONTENT)
    new = HabitCheckIn(
        habit_id=habit_id,
        space_id=habit.space_id,
        user_id=access.user.user_id,
        date=day,
        backfilled=_require_in_range(session, access, habit, day),
        created_at=session.now,
        updated_at=session.now,
        **dict(body),
    )
    session.add(HABIT_CHECK_INS.create(new))
    if new.kept:
        activity.announce(session, access, ActivityKind.HABIT_CHECK_IN, subject_id=habit_id)
    return HabitCheckInView.of(new)


def _require_in_range(session: Session, access: Access, habit: Habit, day: date) -> bool:
    """Check that a day can be checked in on now; return whether it is backfilled."""
    trackers.require_in_range(
        day, access.user, now=session.now, created_at=habit.created_at, field="path.date"
    )
    backfilled = day < trackers.local_day(session.now, access.user) - BACKFILL_AFTER
    if backfilled and not access.space.allow_backfill:
        raise DateOutOfRange(fields={"path.date": "More than 7 days ago, which this space does not allow"})
    return backfilled


def undo_check_in(session: Session, access: Access, *, habit_id: str, day: date, versions: Versions) -> None:
    """Take the caller's check-in of that day away.

    Raises:
        NotFound: there is no such habit or check-in.
        PreconditionFailed: the check-in is at none of these versions.
    """
    _habits.read(session, access, habit_id=habit_id)
    (stored,) = session.read([_key(access, habit_id, day)])
    if stored is None:
        raise NotFound
    stored.require_version(versions)
    session.add(HABIT_CHECK_INS.delete(stored), access.membership_unchanged())


def list_check_ins(
    session: Session,
    access: Access,
    *,
    habit_id: str,
    user_id: str | None,
    first: date | None,
    last: date | None,
    limit: int,
    cursor: str | None,
) -> Page[HabitCheckInView]:
    """One user's days in order, the caller's by default.

    Raises:
        NotFound: there is no such habit.
    """
    _habits.read(session, access, habit_id=habit_id)
    query = check_ins_of_habit(habit_id, user_id or access.user.user_id).between(first, last)
    return page_of(session.table.page(query, limit=limit, cursor=cursor), HabitCheckInView.of)


def stats(session: Session, access: Access, *, habit_id: str, user_id: str | None) -> HabitStats:
    """How well a member keeps to the habit, by the calendar of where they live; the caller by default.

    Raises:
        NotFound: there is no such habit, or the user is not in the space.
    """
    habit = _habits.read(session, access, habit_id=habit_id)
    who = user_id or access.user.user_id
    keys = (
        MEMBERSHIPS.key(space_id=habit.space_id, user_id=who),
        USER_PROFILES.key(user_id=who),
    )
    member, user = session.read(keys)
    if member is None or user is None:
        raise NotFound
    query = check_ins_of_habit(habit_id, who).backwards()
    check_ins = session.table.first(query, at_most=STATS_DAYS)
    today = trackers.local_day(session.now, user)
    last = _last_day(habit, today, user)
    return streaks.statistics(
        streaks.Schedule(
            habit.cadence,
            past=[(past.until, past.cadence) for past in habit.past_cadences],
            week_start=user.preferences.week_start,
        ),
        streaks.Days(
            kept={item.date for item in check_ins if item.kept},
            skipped={item.date for item in check_ins if item.skipped} | set(_paused_days(habit.pauses)),
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


def _key(access: Access, habit_id: str, day: date) -> Key[HabitCheckIn]:
    return HABIT_CHECK_INS.key(habit_id=habit_id, user_id=access.user.user_id, date=day.isoformat())
