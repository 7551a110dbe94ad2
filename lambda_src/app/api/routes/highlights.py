"""`/spaces/{space_id}/journals/{entry_id}/highlights`: passages that somebody marked."""

from typing import Annotated

from fastapi import Path, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, EntryId, PagingDep, Reader, SessionDep, Writer
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import InvalidCursor, PreconditionFailed
from app.models.fields import Page, Ulid
from app.models.highlights import HighlightCreate, HighlightView
from app.services import highlights

router = api_router("highlights", prefix="/spaces/{space_id}/journals/{entry_id}/highlights")

HighlightId = Annotated[Ulid, Path(description="The highlight")]


@router.post("", status_code=201, responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def create_highlight(
    session: SessionDep, access: Writer, entry_id: EntryId, body: HighlightCreate, response: Response
) -> HighlightView:
    """Mark a passage of an entry."""
    made = highlights.create(session, access, body, entry_id=entry_id)
    path = f"/api/v1/spaces/{made.space_id}/journals/{entry_id}/highlights"
    response.headers["Location"] = f"{path}/{made.highlight_id}"
    return made


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_highlights(
    session: SessionDep, access: Reader, entry_id: EntryId, paging: PagingDep
) -> Page[HighlightView]:
    """List the highlights of an entry, oldest first."""
    return highlights.list_page(session, access, entry_id=entry_id, limit=paging.limit, cursor=paging.cursor)


@router.delete("/{highlight_id}", status_code=204, responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def delete_highlight(
    session: SessionDep,
    access: Reader,
    entry_id: EntryId,
    highlight_id: HighlightId,
    versions: AcceptedVersions,
) -> None:
    """Delete a highlight of yours; owner and admins may delete any."""
    highlights.delete(session, access, entry_id=entry_id, highlight_id=highlight_id, versions=versions)
