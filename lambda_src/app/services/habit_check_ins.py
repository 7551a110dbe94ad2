"""Check-ins on habits by day. Each moves the user's summary of the habit in the same transaction."""

from datetime import date, timedelta

from app.core.database import Session
from app.core.entities import Key
from app.core.errors import DateOutOfRange, HabitArchived, NotFound, PreconditionFailed
from app.core.records import Versions
from app.models.access_patterns import HABIT_CHECK_INS, check_ins_of_habit
from app.models.activity import ActivityKind
from app.models.fields import Page, page_of
from app.models.habits import Habit, HabitCheckIn, HabitCheckInPut, HabitCheckInView
from app.services import activity, habit_summaries, habits, trackers
from app.services.permissions import Access, Action

# A check-in for a day further back is marked as backfilled, and a space can refuse it.
BACKFILL_AFTER = timedelta(days=7)


def put(
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
    habit = habits.read(session, access, habit_id=habit_id)
    if habit.archived:
        raise HabitArchived
    (stored,) = session.read([_key(access, habit_id, day)])
    session.add(access.membership_unchanged())
    if stored is not None:
        stored.require_version(versions)
        return HabitCheckInView.of(_change(session, stored, body))
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
    habit_summaries.add(session, habit, new)
    if new.kept:
        activity.announce(session, access, ActivityKind.HABIT_CHECK_IN, subject_id=habit_id)
    return HabitCheckInView.of(new)


def _change(session: Session, stored: HabitCheckIn, body: HabitCheckInPut) -> HabitCheckIn:
    changed = stored.patched(session.now, dict(body))
    if changed is not stored:
        session.add(HABIT_CHECK_INS.update(stored, changed))
        habit_summaries.move(session, stored, changed)
    return changed


def _require_in_range(session: Session, access: Access, habit: Habit, day: date) -> bool:
    """Check that a day can be checked in on now; return whether it is backfilled."""
    trackers.require_in_range(
        day, access.user, now=session.now, created_at=habit.created_at, field="path.date"
    )
    backfilled = day < trackers.local_day(session.now, access.user) - BACKFILL_AFTER
    if backfilled and not access.space.allow_backfill:
        raise DateOutOfRange(fields={"path.date": "More than 7 days ago, which this space does not allow"})
    return backfilled


def delete(session: Session, access: Access, *, habit_id: str, day: date, versions: Versions) -> None:
    """Delete the caller's check-in of a day.

    Raises:
        NotFound: there is no such habit or check-in.
        PreconditionFailed: the check-in is at none of these versions.
    """
    habits.read(session, access, habit_id=habit_id)
    (stored,) = session.read([_key(access, habit_id, day)])
    if stored is None:
        raise NotFound
    stored.require_version(versions)
    # No condition on the membership: both writes end where their items are gone, and none makes one.
    session.add(HABIT_CHECK_INS.delete(stored))
    habit_summaries.move(session, stored, None)


def list_page(
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
    habits.read(session, access, habit_id=habit_id)
    query = check_ins_of_habit(habit_id, user_id or access.user.user_id).between(first, last)
    return page_of(session.table.page(query, limit=limit, cursor=cursor), HabitCheckInView.of)


def _key(access: Access, habit_id: str, day: date) -> Key[HabitCheckIn]:
    return HABIT_CHECK_INS.key(habit_id=habit_id, user_id=access.user.user_id, date=day.isoformat())
