"""Journals: writing entries, freely or by a template, and finding them again."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.core.clock import ulid_time
from app.core.database import Session
from app.core.errors import NotFound, TemplateChanged, ValidationFailed
from app.core.queries import Query
from app.core.records import Versions
from app.models import answers
from app.models.access_patterns import JOURNAL_ENTRIES, journals_of_author, journals_of_space
from app.models.activity import ActivityKind
from app.models.fields import Page, page_of, tag_key
from app.models.journals import (
    MAX_ENTRY_BYTES,
    JournalCard,
    JournalCreate,
    JournalEntry,
    JournalPatch,
    JournalView,
)
from app.models.templates import BuiltInTemplate, Section, Template
from app.models.users import UserProfile
from app.services import activity, lifecycle, plain_text, templates, trackers
from app.services.content import ContentService
from app.services.permissions import Access

_entries = ContentService(JOURNAL_ENTRIES, JournalView, "entry_id", journals_of_space)
read = _entries.read
get = _entries.get
delete = _entries.delete


def list_page(
    session: Session,
    access: Access,
    *,
    author_id: str | None,
    tag: str | None,
    pinned: bool | None,
    first: date | None,
    last: date | None,
    limit: int,
    cursor: str | None,
) -> Page[JournalCard]:
    """The entries of the space, newest first; of the caller's calendar days from `first` to `last` only."""
    query = _within(journals_of_space(access.space.space_id), access.user, first, last)
    query = query.where(author_id=author_id, pinned=pinned).holding(tag_keys=tag_key(tag) if tag else None)
    return page_of(session.table.page(query, limit=limit, cursor=cursor), JournalCard.of)


def list_own(
    session: Session,
    user: UserProfile,
    *,
    first: date | None,
    last: date | None,
    limit: int,
    cursor: str | None,
) -> Page[JournalCard]:
    """The entries of the caller in all spaces, also those they have left, newest first.

    Of the caller's calendar days from `first` to `last` only.
    """
    query = _within(journals_of_author(user.user_id), user, first, last)
    return page_of(session.table.page(query, limit=limit, cursor=cursor), JournalCard.of)


def get_own(session: Session, user: UserProfile, *, entry_id: str) -> JournalView:
    """An entry of the caller in any space, also in one they have left.

    Raises:
        NotFound: the caller wrote no such entry.
    """
    return JournalView.of(_read_own(session, user, entry_id))


def delete_own(session: Session, user: UserProfile, *, entry_id: str, versions: Versions) -> None:
    """Delete an entry of the caller in any space, also in one they have left.

    Its highlights and comments go in the background.

    Raises:
        NotFound: the caller wrote no such entry.
        PreconditionFailed: it is at none of these versions.
    """
    entry = _read_own(session, user, entry_id)
    entry.require_version(versions)
    lifecycle.delete(session, entry)


def create(session: Session, access: Access, body: JournalCreate) -> JournalView:
    """Write an entry. It keeps the sections of its template as they are now.

    Raises:
        ValidationFailed: there is no such template, the answers do not fit it, or the entry is too long.
        DateOutOfRange: the day has not begun, or is more than 366 days ago.
        TemplateChanged: the template has another version than the caller believes.
    """
    template = _template_of(session, access, body)
    sections = template.sections if template else []
    _require_valid(body, sections)
    day = body.date or trackers.local_day(session.now, access.user)
    trackers.require_in_range(day, access.user, now=session.now, created_at=session.now, field="body.date")
    entry = _entries.create(
        session,
        access,
        body,
        entry_id=_id_on(day, session, access.user),
        date=day,
        template_version=template.version if template else None,
        template_sections=sections,
        **_derived(body, {"content", "tags"}),
    )
    activity.announce(session, access, ActivityKind.JOURNAL_CREATED, subject_id=entry.entry_id)
    return entry


def update(
    session: Session, access: Access, body: JournalPatch, *, entry_id: str, versions: Versions
) -> JournalView:
    """Change an entry. Raises what `ContentService.read` and `ContentService.update` raise, and:

    Raises:
        ValidationFailed: the answers do not fit the entry's template, or the entry is too long.
    """
    entry = _entries.read(session, access, entry_id=entry_id)
    changes = body.changes()
    changed = entry.model_copy(update=changes)
    _require_valid(changed, entry.template_sections)
    derived = _derived(changed, changes.keys())
    return _entries.update(session, access, entry, body, versions=versions, **derived)


def _read_own(session: Session, user: UserProfile, entry_id: str) -> JournalEntry:
    """The entry as stored: the index of authors tells in which space it is."""
    found = session.table.page(journals_of_author(user.user_id).between(entry_id, entry_id), limit=1).items
    entry = session.table.get(JOURNAL_ENTRIES.key_of(found[0])) if found else None
    if entry is None:
        raise NotFound
    return entry


def _id_on(day: date, session: Session, user: UserProfile) -> str:
    """A new id whose time is now, or noon of another day where the user lives."""
    if day == trackers.local_day(session.now, user):
        return session.new_id()
    noon = datetime.combine(day, time(12), ZoneInfo(user.timezone))
    return ulid_time(noon) + session.new_id()[10:]


def _within(
    query: Query[JournalEntry], user: UserProfile, first: date | None, last: date | None
) -> Query[JournalEntry]:
    """Only the entries of these days in the user's time zone; their ids are ULIDs, sorted by time."""
    zone = ZoneInfo(user.timezone)
    # `fold` selects the later of two equal local times, where clocks are set back at midnight.
    after = ulid_time(datetime.combine(first, time.min, zone)) if first else None
    until = ulid_time(datetime.combine(last, time.max.replace(fold=1), zone)) if last else None
    if after and until:
        until = max(after, until)  # a day that a change of zone skips ends before it begins
    return query.between(after, until)


def _template_of(session: Session, access: Access, body: JournalCreate) -> BuiltInTemplate | Template | None:
    if body.template_id is None:
        if body.template_version is not None:
            raise ValidationFailed(fields={"body.template_version": "Means nothing without template_id"})
        return None
    template = templates.find(session, access, body.template_id)
    if template is None:
        raise ValidationFailed(fields={"body.template_id": "The space has no such template"})
    if body.template_version not in (None, template.version):
        raise TemplateChanged(f"The template is at version {template.version}")
    return template


def _require_valid(written: JournalCreate | JournalEntry, sections: list[Section]) -> None:
    if faults := answers.faults(sections, written.sections):
        raise ValidationFailed(fields=faults)
    sizes = {
        "content": len(written.content.encode()),
        "sections": sum(len(answer.model_dump_json().encode()) for answer in written.sections),
        "tags": sum(len(tag.encode()) for tag in written.tags),
        "title": len(written.title.encode()),
    }
    if sum(sizes.values()) > MAX_ENTRY_BYTES:
        longest = max(sizes, key=lambda field: sizes[field])
        message = f"The entry must be at most {MAX_ENTRY_BYTES} bytes of UTF-8 in all"
        raise ValidationFailed(fields={f"body.{longest}": message})


def _derived(written: JournalCreate | JournalEntry, changed: Collection[str]) -> dict[str, Any]:
    """The fields that follow from those that have changed."""
    derived: dict[str, Any] = {}
    if "tags" in changed:
        derived["tag_keys"] = [tag_key(tag) for tag in written.tags]
    if "content" in changed or "sections" in changed:
        texts = [text for answer in written.sections for text in answer.texts]
        text = "\n".join([plain_text.of_markdown(written.content), *texts])
        derived |= {"excerpt": plain_text.excerpt(text), "word_count": plain_text.count_words(text)}
    return derived
