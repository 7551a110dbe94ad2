"""Goals: what a space wants to reach, and the steps towards it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import MISSING, Field, model_validator

from app.core.errors import GoalKindMismatch
from app.core.records import Record
from app.models.content import Content, ContentView
from app.models.fields import (
    Amount,
    Day,
    Description,
    Input,
    Note,
    Patch,
    Quantity,
    Resource,
    Title,
    Total,
    Unit,
)

GoalKind = Literal["numeric", "milestone", "yes_no"]
GoalStatus = Literal["active", "achieved", "abandoned"]


class GoalCreate(Input):
    """What it takes to set a goal. A numeric one has a target and its unit; the others are done at 1."""

    title: Annotated[Title, Field(examples=["Run 100 km"])]
    description: Description | None = None
    kind: GoalKind
    target_value: Annotated[Amount | None, Field(examples=[100])] = None
    unit: Annotated[Unit | None, Field(examples=["km"])] = None
    due_on: Day | None = None

    @model_validator(mode="after")
    def _target_fits_kind(self) -> Self:
        given = self.target_value is not None and self.unit is not None
        if self.kind == "numeric" and not given:
            raise ValueError("a numeric goal needs target_value and unit")
        if self.kind != "numeric" and (self.target_value is not None or self.unit is not None):
            raise ValueError("only a numeric goal has target_value and unit")
        return self


class GoalPatch(Patch):
    """Any of these fields; null clears those that may be empty. The kind stays what it is."""

    title: Title | MISSING = MISSING
    description: Description | None | MISSING = MISSING
    target_value: Amount | MISSING = MISSING
    unit: Unit | MISSING = MISSING
    due_on: Day | None | MISSING = MISSING
    status: (
        Annotated[
            GoalStatus,
            Field(description="Yours to say: reaching the target changes nothing, and steps go on counting"),
        ]
        | MISSING
    ) = MISSING


class Goal(Content):
    """A goal as stored. `reached` is a counter: the sum of its check-ins."""

    goal_id: str
    title: str
    description: str | None = None
    kind: GoalKind
    target_value: Amount | None = None
    unit: str | None = None
    due_on: Day | None = None
    status: GoalStatus = "active"
    reached: Total = Decimal(0)

    @property
    def progress(self) -> float:
        """How far it has come, from 0 to 1. A milestone or yes-or-no goal is done at 1."""
        return float(min(max(self.reached / (self.target_value or 1), Decimal(0)), Decimal(1)))

    def require_fitting(self, changes: Mapping[str, Any]) -> None:
        """Check that a change keeps to the kind.

        Raises:
            GoalKindMismatch: only a numeric goal has a target and a unit.
        """
        misplaced = {"target_value", "unit"} & changes.keys()
        if self.kind != "numeric" and misplaced:
            raise GoalKindMismatch(
                fields={f"body.{name}": "Only a numeric goal has it" for name in sorted(misplaced)}
            )


class GoalCheckInCreate(Input):
    """One step towards a goal. For a milestone or a yes-or-no goal, 1 is done."""

    value: Annotated[
        Quantity,
        # Pydantic would show the default as text.
        Field(description="What is added to the goal", examples=[5.5], json_schema_extra={"default": 1}),
    ] = Decimal(1)
    note: Note | None = None
    date: Annotated[Day | None, Field(description="Today in your time zone, if absent")] = None


class GoalCheckInPatch(Patch):
    """Any of these fields; null clears the note."""

    value: Annotated[Quantity, Field(description="What is added to the goal")] | MISSING = MISSING
    note: Note | None | MISSING = MISSING
    date: Day | MISSING = MISSING


class GoalCheckIn(Record):
    """One step as stored."""

    check_in_id: str
    goal_id: str
    space_id: str
    user_id: str
    value: Quantity
    note: str | None = None
    date: Day


class GoalCheckInView(Resource):
    """One step towards a goal."""

    check_in_id: str
    goal_id: str
    space_id: str
    user_id: str
    value: Quantity
    note: str | None
    date: Day


class GoalView(ContentView):
    """A goal and how far it has come."""

    goal_id: str
    title: str
    description: str | None
    kind: GoalKind
    target_value: Amount | None
    unit: str | None
    due_on: Day | None
    status: GoalStatus
    reached: Annotated[Total, Field(description="The sum of the steps, which may pass the target")]
    progress: Annotated[float, Field(ge=0, le=1, description="The part of the target that is reached")]
