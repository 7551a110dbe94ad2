"""What people write in a space: the part that every such thing has in common."""

from typing import Annotated

from pydantic import Field

from app.core.lifecycle import NO_AUTHOR
from app.core.records import Record
from app.models.fields import Resource

AuthorId = Annotated[
    str,
    Field(
        description=f"The user id of whoever wrote it; `{NO_AUTHOR}` where the account is closed "
        "or the comment deleted"
    ),
]


class Content(Record):
    """Something that one member wrote. Its author alone edits it."""

    space_id: str
    author_id: str


class ContentView(Resource):
    """Something that one member wrote, as all members see it."""

    space_id: str
    author_id: AuthorId
