"""What goes after a journal entry or a comment."""

from app.background.cascades import delete_all
from app.background.work import Work
from app.models.access_patterns import comments_of_entry, highlights_of_entry, replies_to
from app.models.messages import DeleteEntryContent, DeleteReplies


def delete_content(work: Work, message: DeleteEntryContent) -> None:
    """Delete the highlights of an entry that is gone, and the comments on it."""
    delete_all(work, highlights_of_entry(message.entry_id))
    delete_all(work, comments_of_entry(message.entry_id))


def delete_replies(work: Work, message: DeleteReplies) -> None:
    """Delete the replies to a comment that is gone."""
    delete_all(work, replies_to(message.entry_id, message.comment_id))
