"""Habits: what one wants to do again and again, and the days on which one did."""

from typing import Annotated, Literal

from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictBool

from app.core.entities import Record
from app.models.content import Content, ContentView
from app.models.fields import (
    Day,
    Description,
    EachOnce,
    Input,
    Note,
    Patch,
    Quantity,
    Resource,
    Title,
    View,
    WholeNumber,
)

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Daily(BaseModel):
    """Every day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["daily"]


class Weekly(BaseModel):
    """On these days of each week."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["weekly"]
    days: Annotated[
        tuple[Weekday, ...],
        Field(min_length=1, max_length=7, examples=[["monday", "thursday"]]),
        EachOnce,
    ]


class TimesPerWeek(BaseModel):
    """On so many days of each week, whichever they are. Weeks begin on Monday."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["times_per_week"]
    times: Annotated[WholeNumber, Field(ge=1, le=7)]


Cadence = Annotated[Daily | Weekly | TimesPerWeek, Field(discriminator="kind")]


class HabitCreate(Input):
    """What it takes to begin a habit."""

    title: Annotated[Title, Field(examples=["Morning stretch"])]
    description: Description | None = None
    cadence: Annotated[Cadence, Field(examples=[{"kind": "daily"}])]


class HabitPatch(Patch):
    """Any of these fields; null clears those that may be empty. A new cadence holds for the past too."""

    title: Title | MISSING = MISSING
    description: Description | None | MISSING = MISSING
    cadence: Cadence | MISSING = MISSING
    archived: StrictBool | MISSING = MISSING


class Habit(Content):
    """A habit as stored."""

    habit_id: str
    title: str
    description: str | None = None
    cadence: Cadence
    archived: bool = False


class HabitView(ContentView):
    """A habit."""

    habit_id: str
    title: str
    description: str | None
    cadence: Cadence
    archived: bool


class HabitCheckInPut(Input):
    """What to note of the day."""

    note: Note | None = None
    value: Annotated[Quantity | None, Field(examples=[20])] = None


class HabitCheckIn(Record):
    """One user's day, as stored: one a habit, user and day."""

    habit_id: str
    space_id: str
    user_id: str
    date: Day
    note: str | None = None
    value: Quantity | None = None


class HabitCheckInView(Resource):
    """One user's day."""

    habit_id: str
    space_id: str
    user_id: str
    date: Day
    note: str | None
    value: Quantity | None


class HabitStats(View):
    """How a user keeps to a habit, in periods of its cadence: days, scheduled days, or weeks."""

    current_streak: Annotated[int, Field(ge=0)]
    longest_streak: Annotated[int, Field(ge=0)]
    completion_rate_30d: Annotated[
        float | None, Field(ge=0, le=1, description="Null while nothing was scheduled")
    ]
