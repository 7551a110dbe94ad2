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
    """A comment as stored. `reply_count` is a counter.

    Deleted while it has replies, it stays without its text and its author.
    """

    comment_id: str
    entry_id: str
    text: str
    highlight_id: str | None = None
    parent_id: str | None = None
    mentions: list[str]
    reply_count: int = 0
    deleted: bool = False

    @property
    def may_have_replies(self) -> bool:
        """Whether it has replies, or was stored before replies were counted."""
        return self.parent_id is None and (self.reply_count > 0 or "reply_count" not in self.model_fields_set)


class CommentView(ContentView):
    """A comment on an entry; a reply, if it has a parent."""

    comment_id: str
    entry_id: str
    text: Annotated[str, Field(description="The text; empty where `deleted`")]
    highlight_id: str | None
    parent_id: str | None
    mentions: list[str]
    reply_count: Annotated[int, Field(ge=0, description="How many replies it has", examples=[2])]
    deleted: Annotated[bool, Field(description="It is deleted, and stays for its replies", examples=[False])]
