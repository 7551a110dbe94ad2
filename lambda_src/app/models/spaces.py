"""Spaces: where people keep journals, goals and habits together."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import MISSING, Field, StrictBool

from app.core.clock import Timestamp
from app.core.records import Record, stored_as
from app.models.fields import Category, Description, Input, Name, Patch, Resource
from app.models.members import Role

_ALLOW_BACKFILL = "Whether habits may be checked in on for days more than 7 days ago"


class Visibility(StrEnum):
    """Who may know that the space exists: its members, or everybody who is signed in."""

    PRIVATE = "private"
    PUBLIC = "public"


class SpaceCreate(Input):
    """What it takes to make a space."""

    name: Annotated[Name, Field(examples=["Morning runners"])]
    description: Annotated[
        Description | None, Field(examples=["Three runs a week, whatever the weather"])
    ] = None
    visibility: Visibility = Visibility.PRIVATE
    category: Annotated[Category | None, Field(examples=["fitness"])] = None
    allow_backfill: Annotated[StrictBool, Field(description=_ALLOW_BACKFILL)] = True


class SpacePatch(Patch):
    """Any of the space's fields; null clears those that may be empty."""

    name: Name | MISSING = MISSING
    description: Description | None | MISSING = MISSING
    visibility: Visibility | MISSING = MISSING
    category: Category | None | MISSING = MISSING
    allow_backfill: Annotated[StrictBool, Field(description=_ALLOW_BACKFILL)] | MISSING = MISSING


class Space(Record):
    """A space as stored. While it is `deleting`, nobody can reach it.

    `member_count` and `tracker_count` (goals and habits) are counters.
    """

    space_id: str
    name: str
    description: str | None = None
    visibility: Visibility
    category: str | None = None
    allow_backfill: bool = True
    owner_id: str
    member_count: int
    tracker_count: int = 0
    status: Literal["active", "deleting"] = "active"


class SpaceView(Resource):
    """A space as the caller sees it. Who is not a member sees only its card: no person's id."""

    space_id: str
    name: str
    description: str | None
    visibility: Visibility
    category: str | None
    allow_backfill: Annotated[bool, Field(description=_ALLOW_BACKFILL)]
    owner_id: Annotated[str | None, Field(description="Null unless you are a member")]
    member_count: int
    role: Annotated[Role | None, Field(description="Your role, or null")]

    @classmethod
    def seen_by(cls, role: Role | None, space: Space) -> "SpaceView":
        """The space as someone with this role sees it."""
        return cls.of(space, role=role, owner_id=space.owner_id if role else None)


class InviteCode(Record):
    """Leads from a code to its space; gone at `expires_at`."""

    code: str
    space_id: str
    expires_at: Timestamp


class InviteCodePointer(Record):
    """Leads from a space to its code, so that the space itself never carries it."""

    space_id: str
    code: str
    expires_at: Timestamp


class InviteCodeView(Resource):
    """A space's invite code and the link to share."""

    code: Annotated[str, Field(examples=["K7QX2MPA9FTC"])]
    url: Annotated[str, Field(examples=["https://app.example.com/join/K7QX2MPA9FTC"])]
    expires_at: Timestamp


class JoinRequest(Input):
    """An invite code; case does not matter."""

    code: Annotated[str, Field(min_length=1, max_length=64, examples=["K7QX2MPA9FTC"])]


class JoinTries(Record):
    """When a user last tried a code: epoch milliseconds, oldest first; gone when none matters any more."""

    user_id: str
    tries: list[int]
    purge_at: Annotated[Timestamp, stored_as("forget_at")]
