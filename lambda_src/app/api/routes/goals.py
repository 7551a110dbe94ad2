"""`/spaces/{space_id}/goals`: goals and the steps towards them."""

from typing import Annotated

from fastapi import Path, Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, PagingDep, ParametersDep, Reader, SessionDep, Writer
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    DateOutOfRange,
    GoalKindMismatch,
    InvalidCursor,
    PreconditionFailed,
    TooManyTrackers,
)
from app.models.fields import Page, Ulid
from app.models.goals import (
    GoalCheckInCreate,
    GoalCheckInPatch,
    GoalCheckInView,
    GoalCreate,
    GoalPatch,
    GoalStatus,
    GoalView,
)
from app.services import goals

router = api_router("goals", prefix="/spaces/{space_id}/goals")

GoalId = Annotated[Ulid, Path(description="The goal")]
CheckInId = Annotated[Ulid, Path(description="The step")]


@router.post(
    "",
    status_code=201,
    responses=problem_responses(*IN_SPACE, TooManyTrackers, *REPEATABLE),
)
async def create_goal(
    session: SessionDep, access: Writer, body: GoalCreate, parameters: ParametersDep, response: Response
) -> GoalView:
    """Set a goal."""
    goal = goals.create(session, access, body, parameters=parameters)
    response.headers["Location"] = f"/api/v1/spaces/{goal.space_id}/goals/{goal.goal_id}"
    return goal


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_goals(
    session: SessionDep,
    access: Reader,
    paging: PagingDep,
    status: Annotated[GoalStatus | None, Query(description="Only goals with this status")] = None,
) -> Page[GoalView]:
    """List a space's goals, newest first. With `status`, a page may be short while the list goes on."""
    return goals.list_page(
        session, access, where={"status": status}, limit=paging.limit, cursor=paging.cursor
    )


@router.get("/{goal_id}", responses=problem_responses(*IN_SPACE))
async def get_goal(session: SessionDep, access: Reader, goal_id: GoalId) -> GoalView:
    """Read a goal and how far it has come."""
    return goals.get(session, access, goal_id=goal_id)


@router.patch("/{goal_id}", responses=problem_responses(*IN_SPACE, GoalKindMismatch, PreconditionFailed))
async def update_goal(
    session: SessionDep, access: Writer, goal_id: GoalId, body: GoalPatch, versions: AcceptedVersions
) -> GoalView:
    """Change a goal of yours."""
    return goals.update(session, access, body, goal_id=goal_id, versions=versions)


@router.delete(
    "/{goal_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_goal(
    session: SessionDep, access: Reader, goal_id: GoalId, versions: AcceptedVersions
) -> None:
    """Delete a goal of yours; owner and admins may delete any."""
    goals.delete(session, access, goal_id=goal_id, versions=versions)


@router.post(
    "/{goal_id}/check-ins",
    status_code=201,
    responses=problem_responses(*IN_SPACE, DateOutOfRange, *REPEATABLE),
)
async def create_goal_check_in(
    session: SessionDep, access: Writer, goal_id: GoalId, body: GoalCheckInCreate, response: Response
) -> GoalCheckInView:
    """Take a step towards a goal."""
    step = goals.check_in(session, access, body, goal_id=goal_id)
    response.headers["Location"] = f"/api/v1/spaces/{step.space_id}/goals/{goal_id}/check-ins"
    return step


@router.get("/{goal_id}/check-ins", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_goal_check_ins(
    session: SessionDep, access: Reader, goal_id: GoalId, paging: PagingDep
) -> Page[GoalCheckInView]:
    """List the steps towards a goal, newest first."""
    return goals.list_check_ins(session, access, goal_id=goal_id, limit=paging.limit, cursor=paging.cursor)


@router.patch(
    "/{goal_id}/check-ins/{check_in_id}",
    responses=problem_responses(*IN_SPACE, DateOutOfRange, PreconditionFailed),
)
async def update_goal_check_in(
    session: SessionDep,
    access: Reader,
    goal_id: GoalId,
    check_in_id: CheckInId,
    body: GoalCheckInPatch,
    versions: AcceptedVersions,
) -> GoalCheckInView:
    """Change a step of yours."""
    return goals.update_check_in(
        session, access, body, goal_id=goal_id, check_in_id=check_in_id, versions=versions
    )


@router.delete(
    "/{goal_id}/check-ins/{check_in_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_goal_check_in(
    session: SessionDep, access: Reader, goal_id: GoalId, check_in_id: CheckInId, versions: AcceptedVersions
) -> None:
    """Delete a step of yours; owner and admins may delete any."""
    goals.delete_check_in(session, access, goal_id=goal_id, check_in_id=check_in_id, versions=versions)
