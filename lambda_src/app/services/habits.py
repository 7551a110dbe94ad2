"""Habits: creating and changing them."""

from typing import Any

from app.core.config import Parameters
from app.core.database import Session
from app.core.records import Versions
from app.models.access_patterns import HABITS, habits_of_space
from app.models.activity import ActivityKind
from app.models.habits import HabitCreate, HabitPatch, HabitView
from app.services import activity, trackers
from app.services.content import ContentService
from app.services.permissions import Access

_habits = ContentService(HABITS, HabitView, "habit_id", habits_of_space)
list_page = _habits.list_page
read = _habits.read
get = _habits.get
delete = _habits.delete


def create(session: Session, access: Access, body: HabitCreate, *, parameters: Parameters) -> HabitView:
    """Begin a habit.

    Raises:
        TooManyTrackers: the space has as many goals and habits as it may have.
    """
    session.add(trackers.reserve_slot(access, parameters))
    habit = _habits.create(session, access, body, summarized=True)
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
