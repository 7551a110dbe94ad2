"""Check-ins of both kinds: steps towards goals and days of habits, in one list."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.models.goals import GoalCheckInView
from app.models.habits import HabitCheckInView


class GoalStep(GoalCheckInView):
    """A step towards a goal."""

    kind: Literal["goal"]


class HabitDay(HabitCheckInView):
    """A day on which one kept a habit."""

    kind: Literal["habit"]


# An alias with a name, which its page in the OpenAPI document has from it.
CheckIn = TypeAliasType("CheckIn", Annotated[GoalStep | HabitDay, Field(discriminator="kind")])
