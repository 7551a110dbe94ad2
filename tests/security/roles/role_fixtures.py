"""What the tables of roles speak of: one space with people in and around it, and the requests they send."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core.clock import new_ulid
from app.core.writes import Write
from app.models.access_patterns import MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.members import Membership, Role
from app.models.spaces import Space, Visibility
from app.models.users import UserProfile
from tests.factories import FrozenClock

MEMBERS = ("owner", "admin", "member", "viewer", "admin2", "member2", "viewer2")
OTHERS = ("stranger", "visitor")
# What a row answers in the columns that its table leaves out.
OUTSIDE = {"stranger": 404, "visitor": 403, "newcomer": 403, "nobody": 401}


@dataclass(frozen=True)
class Row:
    """One request, and the status that it has in each column."""

    request: str
    statuses: dict[str, int]


def rows_of(table: str) -> list[Row]:
    """The rows of a table: its first line names the columns, and each other one is a request."""
    header, *lines = [line for line in table.splitlines() if line]
    columns = header.split()
    rows = []
    for line in lines:
        request, *statuses = line.rsplit(None, len(columns))
        rows.append(Row(request, OUTSIDE | dict(zip(columns, map(int, statuses), strict=True))))
    return rows


@dataclass(frozen=True)
class Request:
    """A request of a row, with the names that stand in it filled in."""

    method: str
    path: str
    body: dict[str, Any] | None


@dataclass
class World:
    """The space and its people. What is in it besides, each noun's module says."""

    clock: FrozenClock
    visibility: Visibility
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        people = (*MEMBERS, *OTHERS, "newcomer", "nobody")
        self.names = {who: str(uuid.uuid5(uuid.NAMESPACE_DNS, who)) for who in people}
        self.make("space")

    def make(self, name: str) -> str:
        """A new id, by which requests can call what has it."""
        self.names[name] = new_ulid()
        return self.names[name]

    @property
    def stamps(self) -> dict[str, Any]:
        """When everything was made, and when what expires does."""
        return {"created_at": self.clock.now, "updated_at": self.clock.now}

    @property
    def tomorrow(self) -> Any:
        return self.clock.now + timedelta(days=1)

    def content(self, author: str, noun: str) -> dict[str, Any]:
        """The fields that all content has; requests call it by author and noun, as `{member_goal}`."""
        return {
            f"{noun}_id": self.make(f"{author}_{noun}"),
            "space_id": self.names["space"],
            "author_id": self.names[author],
            **self.stamps,
        }

    def people(self) -> list[Write]:
        """The space, and everyone's profile and membership."""
        profiles = [
            UserProfile(
                user_id=self.names[who],
                email=email_of(who),
                name=who,
                space_count=who in MEMBERS,
                owned_spaces=who == "owner",
                **self.stamps,
            )
            for who in (*MEMBERS, *OTHERS)
        ]
        memberships = [
            Membership(
                space_id=self.names["space"],
                user_id=self.names[who],
                role=Role(who.rstrip("2")),
                **self.stamps,
            )
            for who in MEMBERS
        ]
        space = Space(
            space_id=self.names["space"],
            owner_id=self.names["owner"],
            name="Ours",
            visibility=self.visibility,
            member_count=len(MEMBERS),
            **self.stamps,
        )
        return [
            SPACES.create(space),
            *map(USER_PROFILES.create, profiles),
            *map(MEMBERSHIPS.create, memberships),
        ]

    def request(self, who: str, text: str) -> Request:
        """`PATCH /spaces/{space} name=Ours` as this person sends it. A value is JSON where it can be."""
        method, path, *fields = text.format(**self.names, self=self.names[who], email=email_of(who)).split()
        body = {name: _value(value) for name, _, value in (field.partition("=") for field in fields)}
        return Request(method, path if path == "/health" else f"/api/v1{path}", body or None)


def email_of(who: str) -> str:
    """Everyone's verified e-mail."""
    return f"{who}@example.com"


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
