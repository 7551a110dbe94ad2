"""Organizations: a company, a club or a family, and the directory of its users."""

from enum import StrEnum
from typing import Annotated

from pydantic import MISSING, Field

from app.core.records import Record
from app.models.fields import HttpsUrl, Input, Name, Patch, Resource


class OrgRole(StrEnum):
    """What a user of an organization may do is said by `app.services.permissions`."""

    ADMIN = "admin"
    MEMBER = "member"


class OrganizationCreate(Input):
    """What it takes to found an organization."""

    name: Annotated[Name, Field(examples=["Analytical Engines Ltd"])]


class OrganizationPatch(Patch):
    """Any of the organization's fields."""

    name: Name | MISSING = MISSING


class Organization(Record):
    """An organization as stored. `member_count` and `admin_count` are counters."""

    org_id: str
    name: str
    member_count: int
    admin_count: int


class OrganizationView(Resource):
    """An organization as its users see it."""

    org_id: str
    name: str
    member_count: int
    role: Annotated[OrgRole, Field(description="Your role")]


class OrganizationUserPatch(Input):
    """The role to give."""

    role: OrgRole


class OrganizationUserView(Resource):
    """One of an organization's users, as the others see them."""

    org_id: str
    user_id: str
    role: OrgRole
    name: str
    preferred_name: str | None
    avatar_url: HttpsUrl | None
    bio: str | None
