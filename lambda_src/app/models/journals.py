"""Journal entries: what people write down, freely or by a template."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import MISSING, Field, StrictBool, StringConstraints

from app.models.answers import Answer, Answers
from app.models.content import Content, ContentView
from app.models.fields import Day, EachOnce, Input, Markdown, Patch, Tags, Title, WholeNumber
from app.models.templates import Section

# Without the copy of its template's sections (docs/adr/0015).
MAX_ENTRY_BYTES = 300_000

TemplateId = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z_]{0,49}|[0-7][0-9A-HJKMNP-TV-Z]{25})$")]


class Emotion(StrEnum):
    """What one can have felt."""

    AFRAID = "afraid"
    AMUSED = "amused"
    ANGRY = "angry"
    ANXIOUS = "anxious"
    ASHAMED = "ashamed"
    BORED = "bored"
    CALM = "calm"
    CONFIDENT = "confident"
    CONTENT = "content"
    CURIOUS = "curious"
    DISAPPOINTED = "disappointed"
    EXCITED = "excited"
    FRUSTRATED = "frustrated"
    GRATEFUL = "grateful"
    GUILTY = "guilty"
    HAPPY = "happy"
    HOPEFUL = "hopeful"
    INSPIRED = "inspired"
    JEALOUS = "jealous"
    LONELY = "lonely"
    LOVED = "loved"
    OVERWHELMED = "overwhelmed"
    PROUD = "proud"
    RELIEVED = "relieved"
    SAD = "sad"
    STRESSED = "stressed"
    SURPRISED = "surprised"
    TIRED = "tired"


Emotions = Annotated[list[Emotion], Field(max_length=10, examples=[["calm", "grateful"]]), EachOnce]
_ANSWERS_EXAMPLE = [
    {"section_id": "energy", "type": "scale", "value": 8},
    {"section_id": "day", "type": "paragraph", "value": "The river in the sun"},
]


class JournalCreate(Input):
    """What it takes to write an entry."""

    date: Annotated[
        Day | None,
        Field(
            description="The day that it is about, at most 366 days ago; today in your time zone, if absent. "
            "It cannot be changed",
            examples=["2026-03-14"],
        ),
    ] = None

    title: Annotated[Title, Field(examples=["A run before work"])]
    content: Annotated[Markdown, Field(examples=["Five **slow** kilometres along the river."])] = ""
    template_id: Annotated[
        TemplateId | None,
        Field(description="A built-in template or one of the space", examples=["daily_log"]),
    ] = None
    template_version: Annotated[
        WholeNumber | None,
        Field(ge=1, description="Refuse with 409 if the template has another version by now"),
    ] = None
    sections: Annotated[Answers, Field(examples=[_ANSWERS_EXAMPLE])] = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    emotions: Emotions = Field(default_factory=list)
    pinned: StrictBool = False


class JournalPatch(Patch):
    """Any of these fields. The template stays as it was when the entry was written."""

    title: Annotated[Title, Field(examples=["A walk before work"])] | MISSING = MISSING
    content: Markdown | MISSING = MISSING
    sections: Answers | MISSING = MISSING
    tags: Tags | MISSING = MISSING
    emotions: Emotions | MISSING = MISSING
    pinned: StrictBool | MISSING = MISSING


def _day_of_creation(stored: dict[str, Any]) -> date:
    """The day of an entry that was stored before entries had one."""
    created_at: datetime = stored["created_at"]
    return created_at.date()


class JournalEntry(Content):
    """An entry as stored. `template_sections` is the template as it was.

    The time in `entry_id` lies on the day `date` of its author, so that the order of keys is that of days.

    `tag_keys`, `excerpt` and `word_count` derive from the other fields.
    """

    entry_id: str
    date: Day = Field(default_factory=_day_of_creation)
    title: str
    content: str
    template_id: str | None = None
    template_version: int | None = None
    template_sections: list[Section]
    sections: list[Answer]
    tags: list[str]
    tag_keys: list[str] = Field(default_factory=list)
    emotions: list[Emotion]
    pinned: bool
    excerpt: str
    word_count: int


class _Seen(ContentView):
    entry_id: str
    date: Annotated[Day, Field(description="The day that it is about, in its author's time zone")]
    title: str
    template_id: str | None
    template_version: int | None
    tags: list[str]
    emotions: list[Emotion]
    pinned: bool
    word_count: Annotated[int, Field(ge=0, description="Words that a reader sees, in content and answers")]


class JournalCard(_Seen):
    """An entry as lists show it."""

    excerpt: Annotated[str, Field(description="The first 200 characters of its text, at most")]


class JournalView(_Seen):
    """An entry."""

    content: str
    sections: list[Answer]
    template_sections: Annotated[
        list[Section], Field(description="The template as it was when this was written")
    ]
