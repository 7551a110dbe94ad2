"""Goals: creating them, steps towards them, and their progress."""

from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import Forbidden, NotFound
from app.core.records import Versions
from app.models.access_patterns import GOAL_CHECK_INS, GOALS, check_ins_of_goal, goals_of_space
from app.models.activity import ActivityKind
from app.models.fields import Page, page_of
from app.models.goals import (
    Goal,
    GoalCheckIn,
    GoalCheckInCreate,
    GoalCheckInPatch,
    GoalCheckInView,
    GoalCreate,
    GoalPatch,
    GoalView,
)
from app.services import activity, lifecycle, trackers
from app.services.content import ContentService
from app.services.permissions import Access, Action

_goals = ContentService(GOALS, GoalView, "goal_id", goals_of_space)
list_page = _goals.list_page
get = _goals.get
delete = _goals.delete


def create(session: Session, access: Access, body: GoalCreate, *, parameters: Parameters) -> GoalView:
    """Set a goal.

    Raises:
        TooManyTrackers: the space has as many goals and habits as it may have.
    """
    session.add(trackers.reserve_slot(access, parameters))
    goal = _goals.create(session, access, body)
    activity.announce(session, access, ActivityKind.GOAL_CREATED, subject_id=goal.goal_id)
    return goal


def update(
    session: Session, access: Access, body: GoalPatch, *, goal_id: str, versions: Versions
) -> GoalView:
    """Change a goal. Raises what `ContentService.read` and `ContentService.update` raise, and:

    Raises:
        GoalKindMismatch: the change does not fit the goal's kind.
    """
    goal = _goals.read(session, access, goal_id=goal_id)
    goal.require_fitting(body.changes())
    return _goals.update(session, access, goal, body, versions=versions)


def check_in(session: Session, access: Access, body: GoalCheckInCreate, *, goal_id: str) -> GoalCheckInView:
    """Take a step; the goal counts it in the same transaction.

    Raises:
        NotFound: the goal does not exist.
        DateOutOfRange: the day has not begun, or is more than 366 days before the goal was made.
    """
    goal = _goals.read(session, access, goal_id=goal_id)
    day = body.date or trackers.local_day(session.now, access.user)
    trackers.require_in_range(
        day, access.user, now=session.now, created_at=goal.created_at, field="body.date"
    )
    step = GoalCheckIn(
        check_in_id=session.new_id(),
        goal_id=goal_id,
        space_id=goal.space_id,
        user_id=access.user.user_id,
        value=body.value,
        note=body.note,
        date=day,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(
        GOAL_CHECK_INS.create(step),
        GOALS.increment(GOALS.key_of(goal), {"reached": step.value}),
        access.membership_unchanged(),
    )
    activity.announce(session, access, ActivityKind.GOAL_CHECK_IN, subject_id=goal_id)
    return GoalCheckInView.of(step)


def update_check_in(
    session: Session,
    access: Access,
    body: GoalCheckInPatch,
    *,
    goal_id: str,
    check_in_id: str,
    versions: Versions,
) -> GoalCheckInView:
    """Change an own step; the goal's sum follows in the same transaction.

    Raises:
        NotFound: the goal or the step does not exist.
        Forbidden: the caller did not take the step.
        DateOutOfRange: the day has not begun, or is more than 366 days before the goal was made.
        PreconditionFailed: the step is at none of these versions.
    """
    goal, step = _read_own_step(session, access, goal_id, check_in_id)
    step.require_version(versions)
    changed = step.patched(session.now, body.changes())
    if changed is step:
        return GoalCheckInView.of(step)
    if changed.date != step.date:
        trackers.require_in_range(
            changed.date, access.user, now=session.now, created_at=goal.created_at, field="body.date"
        )
    session.add(GOAL_CHECK_INS.update(step, changed), access.membership_unchanged())
    if changed.value != step.value:
        session.add(GOALS.increment(GOALS.key_of(goal), {"reached": changed.value - step.value}))
    return GoalCheckInView.of(changed)


def delete_check_in(
    session: Session, access: Access, *, goal_id: str, check_in_id: str, versions: Versions
) -> None:
    """Delete an own step, or as a moderator any. Raises as `update_check_in` does."""
    _, step = _read_own_step(session, access, goal_id, check_in_id, moderated=True)
    step.require_version(versions)
    lifecycle.delete(session, step)
    session.add(access.membership_unchanged())


def _read_own_step(
    session: Session, access: Access, goal_id: str, check_in_id: str, *, moderated: bool = False
) -> tuple[Goal, GoalCheckIn]:
    goal = _goals.read(session, access, goal_id=goal_id)
    step = session.table.get(GOAL_CHECK_INS.key(goal_id=goal_id, check_in_id=check_in_id))
    if step is None:
        raise NotFound
    if step.user_id != access.user.user_id:
        if not moderated:
            raise Forbidden
        access.require(Action.DELETE_OTHERS_CONTENT)
    return goal, step


def list_check_ins(
    session: Session, access: Access, *, goal_id: str, limit: int, cursor: str | None
) -> Page[GoalCheckInView]:
    """The steps towards a goal, newest first. Raises NotFound."""
    goal = _goals.read(session, access, goal_id=goal_id)
    steps = session.table.page(check_ins_of_goal(goal.goal_id), limit=limit, cursor=cursor)
    return page_of(steps, GoalCheckInView.of)
