"""`/spaces/{space_id}/journals/{entry_id}/comments`: talking about an entry."""

from typing import Annotated

from fastapi import Path, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, EntryId, PagingDep, Reader, SessionDep, require_space_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import InvalidCursor, PreconditionFailed
from app.models.comments import CommentCreate, CommentPatch, CommentView
from app.models.fields import Page, Ulid
from app.services import comments
from app.services.permissions import Access, Action

router = api_router("comments", prefix="/spaces/{space_id}/journals/{entry_id}/comments")

CommentId = Annotated[Ulid, Path(description="The comment")]
Commenter = Annotated[Access, require_space_action(Action.COMMENT)]


@router.post("", status_code=201, responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def create_comment(
    session: SessionDep, access: Commenter, entry_id: EntryId, body: CommentCreate, response: Response
) -> CommentView:
    """Comment on an entry, or reply to a comment. Whoever is mentioned is notified."""
    made = comments.create(session, access, body, entry_id=entry_id)
    path = f"/api/v1/spaces/{made.space_id}/journals/{entry_id}/comments"
    response.headers["Location"] = f"{path}/{made.comment_id}"
    return made


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_comments(
    session: SessionDep, access: Reader, entry_id: EntryId, paging: PagingDep
) -> Page[CommentView]:
    """List the comments on an entry, oldest first."""
    return comments.list_page(session, access, entry_id=entry_id, limit=paging.limit, cursor=paging.cursor)


@router.patch("/{comment_id}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_comment(
    session: SessionDep,
    access: Commenter,
    entry_id: EntryId,
    comment_id: CommentId,
    body: CommentPatch,
    versions: AcceptedVersions,
) -> CommentView:
    """Change a comment of yours. Whoever is mentioned anew is notified."""
    return comments.update(session, access, body, entry_id=entry_id, comment_id=comment_id, versions=versions)


@router.delete("/{comment_id}", status_code=204, responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def delete_comment(
    session: SessionDep,
    access: Reader,
    entry_id: EntryId,
    comment_id: CommentId,
    versions: AcceptedVersions,
) -> None:
    """Delete a comment of yours; owner and admins may delete any. One with replies stays without its text."""
    comments.delete(session, access, entry_id=entry_id, comment_id=comment_id, versions=versions)
