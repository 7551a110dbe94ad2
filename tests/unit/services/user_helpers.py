"""Stored people and spaces, for services without HTTP."""

from datetime import datetime

from app.core.config import Parameters
from app.core.database import Table
from app.core.security import Identity
from app.models.access_patterns import MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.members import Membership, Role
from app.models.spaces import Space, Visibility
from app.models.users import UserProfile
from app.services.permissions import Access

PARAMETERS = Parameters.model_validate(
    {
        "web_url": "https://app.example.com",
        "invite_code_days": 30,
        "invitation_days": 7,
        "max_invitations_per_day": 200,
        "max_invitations_per_sender_per_day": 200,
        "max_mails_per_recipient_per_day": 20,
        "max_spaces_per_user": 100,
        "max_members_per_space": 1000,
        "max_trackers_per_space": 200,
        "mail_sender": "no-reply@example.com",
        "mail_delivery": "send",
    }
)


def identity(name: str = "ada", email: str | None = "ada@example.com") -> Identity:
    return Identity(user_id=name, email=email)


def profile(now: datetime, name: str = "ada", **fields: object) -> UserProfile:
    stamps = {"created_at": now, "updated_at": now}
    named = {"user_id": name, "email": f"{name}@example.com", "name": name.title()}
    return UserProfile.model_validate(named | stamps | fields)


def space(now: datetime, space_id: str = "S", **fields: object) -> Space:
    stamps = {"created_at": now, "updated_at": now}
    usual = {"space_id": space_id, "name": "Runners", "owner_id": "ada", "member_count": 1}
    return Space.model_validate({**usual, "visibility": Visibility.PRIVATE, **stamps, **fields})


def membership(now: datetime, name: str, role: Role, space_id: str = "S") -> Membership:
    return Membership(space_id=space_id, user_id=name, role=role, created_at=now, updated_at=now)


def enrol(table: Table, role: Role | None = Role.OWNER, name: str = "ada", **fields: object) -> Access:
    """A stored person in a stored space of their own, with this role or none."""
    now = table.clock()
    person = profile(now, name, space_count=1)
    place = space(now, f"space-of-{name}", **{"owner_id": name, **fields})
    member = membership(now, name, role, place.space_id) if role else None
    table.write([USER_PROFILES.create(person), SPACES.create(place)])
    if member:
        table.write([MEMBERSHIPS.create(member)])
    return Access(person, place, member)


def demote(table: Table, access: Access) -> None:
    """Make a viewer of somebody, while a request of theirs is under way."""
    assert access.membership is not None
    viewer = access.membership.patched(table.clock(), {"role": Role.VIEWER})
    table.write([MEMBERSHIPS.update(access.membership, viewer)])
