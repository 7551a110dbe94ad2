"""Highlights: marking passages of an entry."""

from app.core.database import Session
from app.core.errors import ValidationFailed
from app.models.access_patterns import HIGHLIGHTS, JOURNAL_ENTRIES, highlights_of_entry
from app.models.highlights import HighlightCreate, HighlightView
from app.services import journals
from app.services.content import ContentService
from app.services.permissions import Access

_highlights = ContentService(HIGHLIGHTS, HighlightView, "highlight_id", highlights_of_entry, JOURNAL_ENTRIES)
list_page = _highlights.list_page
delete = _highlights.delete


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
