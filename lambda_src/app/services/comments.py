"""Comments: talking about an entry."""

from typing import Any

from app.core.database import Session
from app.core.entities import Key
from app.core.errors import NotFound, ValidationFailed
from app.core.records import Versions
from app.models.access_patterns import (
    COMMENTS,
    HIGHLIGHTS,
    JOURNAL_ENTRIES,
    MEMBERSHIPS,
    TOMBSTONE,
    comments_of_entry,
)
from app.models.activity import ActivityKind
from app.models.comments import Comment, CommentCreate, CommentPatch, CommentView
from app.models.journals import JournalEntry
from app.models.users import NotificationKind
from app.services import activity, lifecycle
from app.services.content import ContentService
from app.services.permissions import Access

_comments = ContentService(COMMENTS, CommentView, "comment_id", comments_of_entry, JOURNAL_ENTRIES)
list_page = _comments.list_page


def create(session: Session, access: Access, body: CommentCreate, *, entry_id: str) -> CommentView:
    """Comment on an entry, and tell those whom it concerns.

    Raises:
        NotFound: there is no such entry.
        ValidationFailed: it refers to a highlight, a comment or a member that is not there.
    """
    entry, parent = _load_parents(session, access, body, entry_id)
    _require_members(session, access, body.mentions)
    comment = _comments.create(session, access, body, entry_id=entry_id)
    notify: dict[str, NotificationKind] = {entry.author_id: "comment"}
    if parent is not None:
        notify[parent.author_id] = "comment"
    notify |= dict.fromkeys(body.mentions, "mention")
    activity.announce(session, access, ActivityKind.COMMENT_CREATED, subject_id=entry_id, notify=notify)
    return comment


def update(
    session: Session, access: Access, body: CommentPatch, *, versions: Versions, **ids: str
) -> CommentView:
    """Change a comment, and tell those whom it mentions anew.

    Raises what `ContentService.read` and `ContentService.update` raise, and:

    Raises:
        ValidationFailed: it mentions somebody anew who is not a member.
    """
    comment = _comments.read(session, access, **ids)
    new = [user_id for user_id in body.changes().get("mentions", ()) if user_id not in comment.mentions]
    changed = _comments.update(session, access, comment, body, versions=versions)
    _require_members(session, access, new)
    notify: dict[str, NotificationKind] = dict.fromkeys(new, "mention")
    activity.announce(session, access, None, subject_id=comment.entry_id, notify=notify)
    return changed


def delete(session: Session, access: Access, *, versions: Versions, **ids: str) -> None:
    """Delete a comment. One that has replies stays without its text and its author, and its replies stay.

    Raises what `ContentService.require_deletable` raises.
    """
    comment = _comments.require_deletable(session, access, versions=versions, **ids)
    session.add(access.membership_unchanged())
    if comment.may_have_replies:
        session.add(COMMENTS.update(comment, comment.patched(session.now, TOMBSTONE)))
    else:
        lifecycle.delete(session, comment, require={} if comment.parent_id else {"reply_count": 0})


def _load_parents(
    session: Session, access: Access, body: CommentCreate, entry_id: str
) -> tuple[JournalEntry, Comment | None]:
    """What the comment hangs on, by one read; none of it may go before the commit.

    A reply that came behind its parent's deletion would stay for ever.
    """
    in_space = {"space_id": access.space.space_id, "entry_id": entry_id}
    keys: dict[str, Key[Any]] = {"entry": JOURNAL_ENTRIES.key(**in_space)}
    if body.highlight_id:
        keys["highlight"] = HIGHLIGHTS.key(entry_id=entry_id, highlight_id=body.highlight_id)
    if body.parent_id:
        keys["parent"] = COMMENTS.key(entry_id=entry_id, comment_id=body.parent_id)
    items = session.table.batch_get(list(keys.values()), consistent=True)
    found = dict(zip(keys, items, strict=True))
    entry, parent = found["entry"], found.get("parent")
    if entry is None:
        raise NotFound
    if body.highlight_id and found["highlight"] is None:
        raise ValidationFailed(fields={"body.highlight_id": "The entry has no such highlight"})
    if body.parent_id and (parent is None or parent.parent_id):
        raise ValidationFailed(fields={"body.parent_id": "The entry has no such comment to reply to"})
    session.add(
        *(keys[name].entity.require_unchanged(item) for name, item in found.items() if name != "parent")
    )
    if parent is not None:
        session.add(COMMENTS.increment(keys["parent"], {"reply_count": 1}))
    return entry, parent


def _require_members(session: Session, access: Access, user_ids: list[str]) -> None:
    keys = [MEMBERSHIPS.key(space_id=access.space.space_id, user_id=user_id) for user_id in user_ids]
    members = session.table.batch_get(keys, consistent=True)
    strangers = [user_id for user_id, member in zip(user_ids, members, strict=True) if member is None]
    if strangers:
        raise ValidationFailed(fields={"body.mentions": f"Not in the space: {', '.join(strangers)}"})
