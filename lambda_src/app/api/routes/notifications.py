"""`/users/me/notifications`: what concerns the caller."""

from typing import Annotated

from fastapi import Path, Query

from app.api.conditional import AcceptedVersions
from app.api.deps import CurrentUser, PagingDep, SessionDep
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import InvalidCursor, NotFound, PreconditionFailed, ProfileRequired
from app.models.fields import Page, Ulid
from app.models.notifications import NotificationPatch, NotificationView, UnreadCount
from app.services import notifications

router = api_router("notifications", prefix="/users/me/notifications")


@router.get("", responses=problem_responses(ProfileRequired, InvalidCursor))
async def list_notifications(
    session: SessionDep,
    user: CurrentUser,
    paging: PagingDep,
    unread: Annotated[
        bool | None, Query(description="Only those you have not read, or only the others")
    ] = None,
) -> Page[NotificationView]:
    """List what concerns you, newest first. With `unread`, a page may be short while the list goes on."""
    return notifications.list_page(session, user, unread=unread, limit=paging.limit, cursor=paging.cursor)


@router.get("/unread-count", responses=problem_responses(ProfileRequired))
async def count_unread_notifications(session: SessionDep, user: CurrentUser) -> UnreadCount:
    """Count the notifications that you have not read, of your newest 100."""
    return notifications.count_unread(session, user)


@router.patch(
    "/{notification_id}", responses=problem_responses(ProfileRequired, NotFound, PreconditionFailed)
)
async def update_notification(
    session: SessionDep,
    user: CurrentUser,
    notification_id: Annotated[Ulid, Path(description="The notification")],
    body: NotificationPatch,
    versions: AcceptedVersions,
) -> NotificationView:
    """Say of a notification whether you have read it."""
    return notifications.update(session, user, body, notification_id=notification_id, versions=versions)


@router.post("/read-all", status_code=204, responses=problem_responses(ProfileRequired, *REPEATABLE))
async def read_all_notifications(session: SessionDep, user: CurrentUser) -> None:
    """Say that you have read all."""
    notifications.read_all(session, user)
