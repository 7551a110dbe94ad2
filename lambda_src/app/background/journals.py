"""What goes after a journal entry or a comment."""

from collections.abc import Mapping
from typing import Any

from app.background.cascades import delete_all
from app.background.work import Work
from app.models.access_patterns import comments_of_entry, highlights_of_entry, replies_to


def after_entry(work: Work, payload: Mapping[str, Any]) -> None:
    """Delete the highlights of an entry that is gone, and the comments on it."""
    delete_all(work, highlights_of_entry(payload["entry_id"]))
    delete_all(work, comments_of_entry(payload["entry_id"]))


def after_comment(work: Work, payload: Mapping[str, Any]) -> None:
    """Delete the replies to a comment that is gone."""
    delete_all(work, replies_to(payload["entry_id"], payload["comment_id"]))
