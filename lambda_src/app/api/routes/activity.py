"""`/spaces/{space_id}/activity`: what happened in a space, and reactions to it."""

from typing import Annotated

from fastapi import Path

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, PagingDep, Reader, SessionDep, require_space_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.core.errors import InvalidCursor, PreconditionFailed
from app.models.activity import ActivityView, Emoji
from app.models.fields import Page, Ulid
from app.services import activity
from app.services.permissions import Access, Action

router = api_router("activity", prefix="/spaces/{space_id}/activity")

ActivityId = Annotated[Ulid, Path(description="What happened")]
EmojiName = Annotated[Emoji, Path(description="How one reacts")]
Reactor = Annotated[Access, require_space_action(Action.REACT)]


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_activity(session: SessionDep, access: Reader, paging: PagingDep) -> Page[ActivityView]:
    """List what happened in a space, newest first."""
    return activity.list_page(session, access, limit=paging.limit, cursor=paging.cursor)


@router.put("/{activity_id}/reactions/{emoji}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def put_reaction(
    session: SessionDep,
    access: Reactor,
    activity_id: ActivityId,
    emoji: EmojiName,
    versions: AcceptedVersions,
) -> ActivityView:
    """React to what happened; once of a kind."""
    return activity.react(session, access, activity_id=activity_id, emoji=emoji, versions=versions)


@router.delete(
    "/{activity_id}/reactions/{emoji}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_reaction(
    session: SessionDep,
    access: Reactor,
    activity_id: ActivityId,
    emoji: EmojiName,
    versions: AcceptedVersions,
) -> None:
    """Take your reaction back."""
    activity.withdraw(session, access, activity_id=activity_id, emoji=emoji, versions=versions)
