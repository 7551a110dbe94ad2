"""Highlights: marking passages of an entry."""

from app.core.database import Session
from app.core.entities import Versions
from app.core.errors import ValidationFailed
from app.models.access_patterns import HIGHLIGHTS, JOURNAL_ENTRIES, highlights_of_entry
from app.models.fields import Page
from app.models.highlights import HighlightCreate, HighlightView
from app.services import journals
from app.services.content import ContentService
from app.services.permissions import Access

_highlights = ContentService(HIGHLIGHTS, HighlightView, "highlight_id", under=JOURNAL_ENTRIES)


def list_page(
    session: Session, access: Access, *, entry_id: str, limit: int, cursor: str | None
) -> Page[HighlightView]:
    """The highlights of an entry, oldest first. Raises NotFound."""
    journals.read(session, access, entry_id=entry_id)
    return _highlights.list_page(session, highlights_of_entry(entry_id), limit=limit, cursor=cursor)


def create(session: Session, access: Access, body: HighlightCreate, *, entry_id: str) -> HighlightView:
    """Mark a passage of an entry as it is now.

    Raises:
        NotFound: there is no such entry.
        ValidationFailed: the passage is not what the caller believes.
    """
    entry = journals.read(session, access, entry_id=entry_id)
    if body.end > len(entry.content):
        raise ValidationFailed(fields={"body.end": "Lies behind the content"})
    if body.text != entry.content[body.start : body.end]:
        raise ValidationFailed(fields={"body.text": "Is not what the content has from `start` to `end`"})
    session.add(JOURNAL_ENTRIES.require_unchanged(entry))
    return _highlights.create(session, access, body, entry_id=entry_id, entry_version=entry.version)


def delete(session: Session, access: Access, *, versions: Versions, **ids: str) -> None:
    """Delete a highlight. Raises what `ContentService.delete` raises."""
    _highlights.delete(session, access, versions=versions, **ids)
