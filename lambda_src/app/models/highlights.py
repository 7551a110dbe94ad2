"""Highlights: passages of an entry that somebody marked."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.models.content import Content, ContentView
from app.models.fields import Input, Markdown, WholeNumber


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
        Markdown,
        Field(min_length=1, description="The passage itself, so that none slips", examples=["**slow**"]),
    ]

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must be less than end")
        return self


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
