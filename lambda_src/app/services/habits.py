"""Habits: beginning them, checking in day by day, and how well one keeps to them."""

from datetime import date, timedelta

from app.core.config import Parameters
from app.core.database import Session
from app.core.entities import Key, Versions
from app.core.errors import DateOutOfRange, NotFound, PreconditionFailed
from app.models.access_patterns import (
    HABIT_CHECK_INS,
    HABITS,
    MEMBERSHIPS,
    USER_PROFILES,
    check_ins_of_habit,
    habits_of_space,
)
from app.models.activity import ActivityKind
from app.models.fields import Page
from app.models.habits import (
    HabitCheckIn,
    HabitCheckInPut,
    HabitCheckInView,
    HabitCreate,
    HabitPatch,
    HabitStats,
    HabitView,
)
from app.services import activity, outbox, streaks, trackers
from app.services.content import ContentService
from app.services.permissions import Access

LATEST_BEFORE_BEGIN = timedelta(days=366)
# Ten years of days: what statistics look back on, so that their cost has a bound.
STATS_DAYS = 3660

_habits = ContentService(HABITS, HabitView, "habit_id")
get = _habits.get


def list_page(session: Session, access: Access, *, limit: int, cursor: str | None) -> Page[HabitView]:
    """The habits of the space, newest first."""
    return _habits.list_page(session, habits_of_space(access.space.space_id), limit=limit, cursor=cursor)


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
    return _habits.update(session, access, habit, body, versions=versions)


def delete(session: Session, access: Access, *, habit_id: str, versions: Versions) -> None:
    """Delete a habit; its check-ins are deleted in the background. Raises what `ContentService` raises."""
    habit = _habits.read(session, access, habit_id=habit_id)
    _habits.delete(session, access, habit, versions=versions)
    session.add(trackers.release_slot(access))
    outbox.enqueue(session, "habit.deleted", habit_id=habit_id)


def check_in(
    session: Session,
    access: Access,
    body: HabitCheckInPut,
    *,
    habit_id: str,
    day: date,
    versions: Versions,
) -> HabitCheckInView:
    """Note that the caller did it on that day, or change the note.

    Raises:
        NotFound: there is no such habit.
        DateOutOfRange: the day has not begun, or lies over 366 days before the habit.
        PreconditionFailed: the check-in is at none of these versions.
    """
    habit = _habits.read(session, access, habit_id=habit_id)
    trackers.require_begun(day, session.now, access.user, field="path.date")
    if day < trackers.local_day(habit.created_at, access.user) - LATEST_BEFORE_BEGIN:
        raise DateOutOfRange(fields={"path.date": "Lies more than 366 days before the habit was made"})
    was = session.table.get(_key(access, habit_id, day))
    session.add(access.membership_unchanged(), HABITS.require_unchanged(habit))
    if was is not None:
        was.require_version(versions)
        changed = was.patched(session.now, dict(body))
        session.add(*([HABIT_CHECK_INS.update(was, changed)] if changed is not was else []))
        return HabitCheckInView.of(changed)
    if versions is not None:
        raise PreconditionFailed  # who knows a version wants to change what is gone by now
    new = HabitCheckIn(
        habit_id=habit_id,
        space_id=habit.space_id,
        user_id=access.user.user_id,
        date=day,
        created_at=session.now,
        updated_at=session.now,
        **dict(body),
    )
    session.add(HABIT_CHECK_INS.create(new))
    activity.announce(session, access, ActivityKind.HABIT_CHECK_IN, subject_id=habit_id)
    return HabitCheckInView.of(new)


def undo_check_in(session: Session, access: Access, *, habit_id: str, day: date, versions: Versions) -> None:
    """Take the caller's check-in of that day away.

    Raises:
        NotFound: there is no such habit or check-in.
        PreconditionFailed: the check-in is at none of these versions.
    """
    _habits.read(session, access, habit_id=habit_id)
    was = session.table.get(_key(access, habit_id, day))
    if was is None:
        raise NotFound
    was.require_version(versions)
    session.add(HABIT_CHECK_INS.delete(was), access.membership_unchanged())


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
    found = session.table.page(query, limit=limit, cursor=cursor)
    return Page(items=[HabitCheckInView.of(item) for item in found.items], next_cursor=found.next_cursor)


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
    member, user = session.table.batch_get(keys)
    if member is None or user is None:
        raise NotFound
    query = check_ins_of_habit(habit_id, who).backwards()
    days = {item.date for item in session.table.first(query, at_most=STATS_DAYS)}
    return streaks.statistics(
        habit.cadence,
        days,
        today=trackers.local_day(session.now, user),
        began=trackers.local_day(habit.created_at, user),
    )


def _key(access: Access, habit_id: str, day: date) -> Key[HabitCheckIn]:
    return HABIT_CHECK_INS.key(habit_id=habit_id, user_id=access.user.user_id, date=day.isoformat())
