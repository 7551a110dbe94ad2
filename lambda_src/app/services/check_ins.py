"""Check-ins of one user, whatever the goal or habit and wherever."""

from datetime import date

from app.core.database import Session
from app.models.access_patterns import check_ins_of_user
from app.models.check_ins import CheckIn, GoalStep, HabitDay
from app.models.fields import Page, page_of
from app.models.goals import GoalCheckIn
from app.models.habits import HabitCheckIn
from app.models.users import UserProfile


def list_page(
    session: Session,
    user: UserProfile,
    *,
    first: date | None,
    last: date | None,
    limit: int,
    cursor: str | None,
) -> Page[CheckIn]:
    """The caller's check-ins by day, those in spaces since left included."""
    query = check_ins_of_user(user.user_id).between(first, last)
    return page_of(session.table.page(query, limit=limit, cursor=cursor), _view)


def _view(item: GoalCheckIn | HabitCheckIn) -> CheckIn:
    if isinstance(item, GoalCheckIn):
        return GoalStep.of(item, kind="goal")
    return HabitDay.of(item, kind="habit")
