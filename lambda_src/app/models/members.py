"""Who is in a space, and as what."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.core.clock import Timestamp
from app.core.records import Record
from app.models.fields import Input, Resource, UserId


class Role(StrEnum):
    """What a member may do is said by `app.services.permissions`."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Membership(Record):
    """One user's place in one space."""

    space_id: str
    user_id: str
    role: Role


class MemberPatch(Input):
    """The role to give; ownership is transferred, not given."""

    role: Literal[Role.ADMIN, Role.MEMBER, Role.VIEWER]


class OwnershipTransfer(Input):
    """Who is to be the owner."""

    user_id: Annotated[UserId, Field(examples=["5f0d3c9e-7a55-4a5e-9f0e-2a9c1b1f6a11"])]


class MemberView(Resource):
    """A member as the others see them; never an e-mail."""

    space_id: str
    user_id: str
    name: Annotated[str | None, Field(description="Null when the person has left the platform")]
    role: Role
    joined_at: Timestamp
