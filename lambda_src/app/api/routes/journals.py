"""`/spaces/{space_id}/journals`: what people write down."""

from typing import Annotated

from fastapi import Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, DaysDep, EntryId, PagingDep, Reader, SessionDep, Writer
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import DateOutOfRange, InvalidCursor, PreconditionFailed, TemplateChanged
from app.models.fields import Page, Tag, UserId
from app.models.journals import JournalCard, JournalCreate, JournalPatch, JournalView
from app.services import journals

router = api_router("journals", prefix="/spaces/{space_id}/journals")


@router.post(
    "", status_code=201, responses=problem_responses(*IN_SPACE, DateOutOfRange, TemplateChanged, *REPEATABLE)
)
async def create_journal(
    session: SessionDep, access: Writer, body: JournalCreate, response: Response
) -> JournalView:
    """Write an entry, freely or by a template."""
    entry = journals.create(session, access, body)
    response.headers["Location"] = f"/api/v1/spaces/{entry.space_id}/journals/{entry.entry_id}"
    return entry


@router.get("", responses=problem_responses(*IN_SPACE, DateOutOfRange, InvalidCursor))
async def list_journals(
    session: SessionDep,
    access: Reader,
    days: DaysDep,
    paging: PagingDep,
    author_id: Annotated[UserId | None, Query(description="Only this member's")] = None,
    tag: Annotated[Tag | None, Query(description="Only those with this tag")] = None,
    pinned: Annotated[bool | None, Query(description="Only those pinned, or only those not")] = None,
) -> Page[JournalCard]:
    """List a space's entries, by day, newest first. Days are calendar days in your time zone.

    Filtered, a page may be short while the list goes on.
    """
    return journals.list_page(
        session,
        access,
        author_id=author_id,
        tag=tag,
        pinned=pinned,
        first=days.first,
        last=days.last,
        limit=paging.limit,
        cursor=paging.cursor,
    )


@router.get("/{entry_id}", responses=problem_responses(*IN_SPACE))
async def get_journal(session: SessionDep, access: Reader, entry_id: EntryId) -> JournalView:
    """Read an entry."""
    return journals.get(session, access, entry_id=entry_id)


@router.patch("/{entry_id}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_journal(
    session: SessionDep, access: Writer, entry_id: EntryId, body: JournalPatch, versions: AcceptedVersions
) -> JournalView:
    """Change an entry of yours."""
    return journals.update(session, access, body, entry_id=entry_id, versions=versions)


@router.delete("/{entry_id}", status_code=204, responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def delete_journal(
    session: SessionDep, access: Reader, entry_id: EntryId, versions: AcceptedVersions
) -> None:
    """Delete an entry of yours, with its highlights and comments; owner and admins may delete any."""
    journals.delete(session, access, entry_id=entry_id, versions=versions)
