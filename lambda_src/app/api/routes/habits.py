"""`/spaces/{space_id}/habits`: habits, check-ins by day, and statistics."""

from typing import Annotated

from fastapi import Path, Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import (
    IN_SPACE,
    DaysDep,
    PagingDep,
    ParametersDep,
    Reader,
    SessionDep,
    Writer,
    require_space_action,
)
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    DateOutOfRange,
    HabitArchived,
    InvalidCursor,
    PreconditionFailed,
    TooManyTrackers,
)
from app.models.access_patterns import HABIT_SUMMARIES
from app.models.fields import Day, Page, Ulid, UserId
from app.models.habits import (
    HabitCheckInPut,
    HabitCheckInView,
    HabitCreate,
    HabitPatch,
    HabitStats,
    HabitView,
)
from app.services import habit_check_ins, habit_stats, habits
from app.services.permissions import Access, Action

router = api_router("habits", prefix="/spaces/{space_id}/habits")

HabitId = Annotated[Ulid, Path(description="The habit")]
DayInPath = Annotated[Day, Path(alias="date", description="The calendar day where you live")]
ReaderOfDays = Annotated[Access, require_space_action(Action.READ_SPACE, also=[HABIT_SUMMARIES])]
ReaderOfUser = Annotated[Access, require_space_action(Action.READ_SPACE, "user_id", also=[HABIT_SUMMARIES])]
ByUser = Annotated[UserId | None, Query(description="Whose; yours by default")]


@router.post(
    "",
    status_code=201,
    responses=problem_responses(*IN_SPACE, TooManyTrackers, *REPEATABLE),
)
async def create_habit(
    session: SessionDep, access: Writer, body: HabitCreate, parameters: ParametersDep, response: Response
) -> HabitView:
    """Begin a habit."""
    habit = habits.create(session, access, body, parameters=parameters)
    response.headers["Location"] = f"/api/v1/spaces/{habit.space_id}/habits/{habit.habit_id}"
    return habit


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_habits(
    session: SessionDep,
    access: Reader,
    paging: PagingDep,
    archived: Annotated[
        bool | None, Query(description="Only archived habits, or only those that are not")
    ] = None,
) -> Page[HabitView]:
    """List a space's habits, newest first. With `archived`, a page may be short while the list goes on."""
    return habits.list_page(
        session, access, where={"archived": archived}, limit=paging.limit, cursor=paging.cursor
    )


@router.get("/{habit_id}", responses=problem_responses(*IN_SPACE))
async def get_habit(session: SessionDep, access: Reader, habit_id: HabitId) -> HabitView:
    """Read a habit."""
    return habits.get(session, access, habit_id=habit_id)


@router.patch("/{habit_id}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_habit(
    session: SessionDep, access: Writer, habit_id: HabitId, body: HabitPatch, versions: AcceptedVersions
) -> HabitView:
    """Change a habit of yours."""
    return habits.update(session, access, body, habit_id=habit_id, versions=versions)


@router.delete(
    "/{habit_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_habit(
    session: SessionDep, access: Reader, habit_id: HabitId, versions: AcceptedVersions
) -> None:
    """Delete a habit of yours; owner and admins may delete any."""
    habits.delete(session, access, habit_id=habit_id, versions=versions)


@router.put(
    "/{habit_id}/check-ins/{date}",
    responses=problem_responses(*IN_SPACE, HabitArchived, DateOutOfRange, PreconditionFailed),
)
async def put_habit_check_in(
    session: SessionDep,
    access: ReaderOfDays,
    habit_id: HabitId,
    day: DayInPath,
    body: HabitCheckInPut,
    versions: AcceptedVersions,
) -> HabitCheckInView:
    """Check in on a day, or change your check-in of that day. A viewer can change one, but create none."""
    return habit_check_ins.put(session, access, body, habit_id=habit_id, day=day, versions=versions)


@router.delete(
    "/{habit_id}/check-ins/{date}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_habit_check_in(
    session: SessionDep, access: ReaderOfDays, habit_id: HabitId, day: DayInPath, versions: AcceptedVersions
) -> None:
    """Delete your check-in of that day."""
    habit_check_ins.delete(session, access, habit_id=habit_id, day=day, versions=versions)


@router.get("/{habit_id}/check-ins", responses=problem_responses(*IN_SPACE, DateOutOfRange, InvalidCursor))
async def list_habit_check_ins(
    session: SessionDep,
    access: Reader,
    habit_id: HabitId,
    days: DaysDep,
    paging: PagingDep,
    user_id: ByUser = None,
) -> Page[HabitCheckInView]:
    """List the days on which a member kept the habit, in their order."""
    return habit_check_ins.list_page(
        session,
        access,
        habit_id=habit_id,
        user_id=user_id,
        first=days.first,
        last=days.last,
        limit=paging.limit,
        cursor=paging.cursor,
    )


@router.get("/{habit_id}/stats", responses=problem_responses(*IN_SPACE))
async def get_habit_stats(
    session: SessionDep, access: ReaderOfUser, habit_id: HabitId, user_id: ByUser = None
) -> HabitStats:
    """Read a member's streaks and completion rate."""
    return habit_stats.get(session, access, habit_id=habit_id, user_id=user_id)
