"""What people write in a space: the part that every such thing has in common."""

from app.core.records import Record
from app.models.fields import Resource


class Content(Record):
    """Something that one member wrote. Its author alone edits it."""

    space_id: str
    author_id: str


class ContentView(Resource):
    """Something that one member wrote, as all members see it."""

    space_id: str
    author_id: str
