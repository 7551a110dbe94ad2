"""`/users/me/check-ins`: everything that the caller has checked in on."""

from app.api.deps import CurrentUser, DaysDep, PagingDep, SessionDep
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.core.errors import DateOutOfRange, InvalidCursor, ProfileRequired
from app.models.check_ins import CheckIn
from app.models.fields import Page
from app.services import check_ins

router = api_router("check-ins", prefix="/users/me/check-ins")


@router.get("", responses=problem_responses(ProfileRequired, DateOutOfRange, InvalidCursor))
async def list_my_check_ins(
    session: SessionDep, user: CurrentUser, days: DaysDep, paging: PagingDep
) -> Page[CheckIn]:
    """List your check-ins on all goals and habits by day, those in spaces you have left included."""
    return check_ins.list_page(
        session, user, first=days.first, last=days.last, limit=paging.limit, cursor=paging.cursor
    )
