"""Comments on journal entries, and replies to them."""

from typing import Annotated

from pydantic import MISSING, Field

from app.models.content import Content, ContentView
from app.models.fields import EachOnce, Input, Patch, Remark, Ulid, UserId

Mentions = Annotated[
    list[UserId],
    Field(
        max_length=20,
        description="Members of the space, who are notified",
    ),
    EachOnce,
]


class CommentCreate(Input):
    """What it takes to comment."""

    text: Annotated[Remark, Field(examples=["Well done!"])]
    highlight_id: Annotated[Ulid | None, Field(description="The passage it is about")] = None
    parent_id: Annotated[Ulid | None, Field(description="The comment it answers, itself no reply")] = None
    mentions: Mentions = Field(default_factory=list)


class CommentPatch(Patch):
    """Any of these fields. Whoever is mentioned anew is notified."""

    text: Annotated[Remark, Field(examples=["Very well done!"])] | MISSING = MISSING
    mentions: Mentions | MISSING = MISSING


class Comment(Content):
    """A comment as stored."""

    comment_id: str
    entry_id: str
    text: str
    highlight_id: str | None = None
    parent_id: str | None = None
    mentions: list[str]


class CommentView(ContentView):
    """A comment on an entry; a reply, if it has a parent."""

    comment_id: str
    entry_id: str
    text: str
    highlight_id: str | None
    parent_id: str | None
    mentions: list[str]
