"""The summary of a user's days of a habit: moved with each check-in, computed where there is none yet."""

from app.core.database import Session
from app.models.access_patterns import HABIT_SUMMARIES, HABITS, check_ins_of_habit
from app.models.habit_summaries import SUMMARY_DAYS, HabitSummary
from app.models.habits import Habit, HabitCheckIn


def find(session: Session, habit: Habit, *, user_id: str, consistent: bool = False) -> HabitSummary | None:
    """A user's summary, or what it would be; None for a user who has not checked in.

    Users of a habit that an earlier version made may have check-ins and no summary: these are read then, by
    one Query for each MB, `consistent` or not.
    """
    (summary,) = session.read([HABIT_SUMMARIES.key(habit_id=habit.habit_id, user_id=user_id)])
    if summary is not None or habit.summarized:
        found: HabitSummary | None = summary
        return found
    query = check_ins_of_habit(habit.habit_id, user_id).backwards()
    check_ins = session.table.first(query, at_most=SUMMARY_DAYS, consistent=consistent)
    computed = None
    for check_in in check_ins:
        computed = (computed or _empty(session, check_in)).with_day(check_in.date, check_in, now=session.now)
    return computed


def add(session: Session, habit: Habit, new: HabitCheckIn) -> None:
    """Take a new check-in into its user's summary, or create that.

    Either write fails once the habit is deleted, so that its deletion leaves no check-in behind.
    """
    (stored,) = session.read([HABIT_SUMMARIES.key_of(_empty(session, new))])
    if stored is not None:
        session.add(HABIT_SUMMARIES.update(stored, stored.with_day(new.date, new, now=session.now)))
        return
    summary = find(session, habit, user_id=new.user_id, consistent=True) or _empty(session, new)
    summary = summary.with_day(new.date, new, now=session.now)
    session.add(
        HABIT_SUMMARIES.create(summary.model_copy(update={"version": 1})), HABITS.require_unchanged(habit)
    )


def move(session: Session, stored: HabitCheckIn, changed: HabitCheckIn | None) -> None:
    """Have its user's summary, if there is one, follow a check-in that is changed, or deleted (None)."""
    (summary,) = session.read([HABIT_SUMMARIES.key_of(_empty(session, stored))])
    if summary is not None:
        moved = summary.with_day(stored.date, changed, now=session.now)
        session.add(*([HABIT_SUMMARIES.update(summary, moved)] if moved is not summary else []))


def _empty(session: Session, check_in: HabitCheckIn) -> HabitSummary:
    return HabitSummary(
        habit_id=check_in.habit_id,
        space_id=check_in.space_id,
        user_id=check_in.user_id,
        first=check_in.date,
        created_at=session.now,
        updated_at=session.now,
    )
