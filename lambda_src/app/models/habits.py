"""Habits: what members want to do regularly, and the days on which they did."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import MISSING, ConfigDict, Field, StrictBool
from typing_extensions import TypeAliasType

from app.core.model import Model
from app.core.records import Record
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

_DAY = timedelta(days=1)
# As many changes of cadence, and as many pauses, are remembered for each habit.
HISTORY = 50
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Daily(Model):
    """Every day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["daily"]


class Weekly(Model):
    """On these days of each week."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["weekly"]
    days: Annotated[
        tuple[Weekday, ...],
        Field(min_length=1, max_length=7, examples=[["monday", "thursday"]]),
        EachOnce,
    ]


class TimesPerWeek(Model):
    """On a number of days of each week, whichever they are. A week begins as the user's preference says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["times_per_week"]
    times: Annotated[WholeNumber, Field(ge=1, le=7)]


Cadence = TypeAliasType("Cadence", Annotated[Daily | Weekly | TimesPerWeek, Field(discriminator="kind")])


class HabitCreate(Input):
    """What it takes to begin a habit."""

    title: Annotated[Title, Field(examples=["Morning stretch"])]
    description: Description | None = None
    cadence: Annotated[Cadence, Field(examples=[{"kind": "daily"}])]


class HabitPatch(Patch):
    """Any of these fields; null clears those that may be empty. A new cadence applies from today on."""

    title: Title | MISSING = MISSING
    description: Description | None | MISSING = MISSING
    cadence: Cadence | MISSING = MISSING
    archived: StrictBool | MISSING = MISSING


class PastCadence(Model):
    """A cadence that a habit had, and the last day on which it applied."""

    cadence: Cadence
    until: Day


class Pause(Model):
    """The days for which a habit was archived: from `first` until the day before `end`; open while None."""

    first: Day
    end: Day | None = None


class Habit(Content):
    """A habit as stored. `past_cadences` and `pauses` are in the order of their days.

    `summarized` says that each user who has checked in has a `HabitSummary`; habits of earlier versions may
    have check-ins without one.
    """

    habit_id: str
    title: str
    description: str | None = None
    cadence: Cadence
    archived: bool = False
    past_cadences: tuple[PastCadence, ...] = ()
    pauses: tuple[Pause, ...] = ()
    summarized: bool = False

    def with_cadence(self, cadence: Cadence, today: date) -> dict[str, Any]:
        """The changes for another cadence from `today` on. One that held for no whole day is forgotten."""
        past = self.past_cadences
        if cadence != self.cadence and not (past and past[-1].until >= today - _DAY):
            past = (*past, PastCadence(cadence=self.cadence, until=today - _DAY))
        return {"cadence": cadence, "past_cadences": past[-HISTORY:]}

    def with_archived(self, today: date, *, archived: bool) -> dict[str, Any]:
        """The changes for a habit that is archived, or no longer, from `today` on."""
        pauses = self.pauses
        if archived and not self.archived:
            pauses = (*pauses, Pause(first=today))
        elif self.archived and not archived and pauses:
            pauses = (*pauses[:-1], pauses[-1].model_copy(update={"end": today}))
        return {"archived": archived, "pauses": pauses[-HISTORY:]}


class HabitView(ContentView):
    """A habit."""

    habit_id: str
    title: str
    description: str | None
    cadence: Cadence
    archived: bool


class HabitCheckInPut(Input):
    """What to store for the day."""

    note: Note | None = None
    value: Annotated[
        Quantity | None, Field(description="0 or less does not count as kept", examples=[20])
    ] = None
    skipped: Annotated[
        StrictBool, Field(description="The day neither counts as kept nor breaks the streak")
    ] = False


class HabitCheckIn(Record):
    """One user's day, as stored: one a habit, user and day."""

    habit_id: str
    space_id: str
    user_id: str
    date: Day
    note: str | None = None
    value: Quantity | None = None
    skipped: bool = False
    backfilled: bool = False

    @property
    def kept(self) -> bool:
        """Whether the day counts as kept."""
        return not self.skipped and (self.value is None or self.value > 0)


class HabitCheckInView(Resource):
    """One user's day."""

    habit_id: str
    space_id: str
    user_id: str
    date: Day
    note: str | None
    value: Quantity | None
    skipped: Annotated[bool, Field(description="The day neither counts as kept nor breaks the streak")]
    backfilled: Annotated[bool, Field(description="Checked in more than 7 days later")]


class HabitStats(View):
    """How a user keeps to a habit, in periods of its cadence: days, scheduled days, or weeks."""

    current_streak: Annotated[int, Field(ge=0)]
    longest_streak: Annotated[int, Field(ge=0)]
    completion_rate_30d: Annotated[
        float | None, Field(ge=0, le=1, description="Null while nothing was scheduled")
    ]
