"""Highlights: passages of an entry that somebody marked."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from app.models.content import Content, ContentView
from app.models.fields import Input, Passage, WholeNumber


class HighlightColor(StrEnum):
    """What one can mark with."""

    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PINK = "pink"
    ORANGE = "orange"
    PURPLE = "purple"


class HighlightCreate(Input):
    """A passage, as code points of the entry's `content` from `start` up to but not including `end`."""

    start: Annotated[WholeNumber, Field(ge=0, examples=[5])]
    end: Annotated[WholeNumber, Field(ge=1, examples=[13])]
    color: Annotated[HighlightColor, Field(examples=["yellow"])]
    text: Annotated[
        Passage, Field(description="The passage itself, so that none slips", examples=["**slow**"])
    ]

    @field_validator("end")
    @classmethod
    def _is_behind_start(cls, end: int, others: ValidationInfo) -> int:
        if end <= others.data.get("start", 0):
            raise ValueError("must be greater than start")
        return end


class Highlight(Content):
    """A highlight as stored. `entry_version` is the entry's when it was made; the entry may have changed."""

    highlight_id: str
    entry_id: str
    entry_version: int
    start: int
    end: int
    color: HighlightColor
    text: str


class HighlightView(ContentView):
    """A passage that somebody marked."""

    highlight_id: str
    entry_id: str
    entry_version: Annotated[
        int, Field(description="The version of the entry that `start` and `end` count in")
    ]
    start: int
    end: int
    color: HighlightColor
    text: str
