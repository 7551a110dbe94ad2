"""Who may do what, cell by cell, over HTTP.

The table is the one of the design, written out for every route of the API. Columns:

- owner, admin, member, viewer: of a private space that also has another admin, member and viewer
- stranger: signed in, not in the space, which is private
- visitor: the same where the space is public
- newcomer: signed in, without a profile
- nobody: without a token
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.clock import new_ulid
from app.core.entities import Write
from app.models.access_patterns import (
    INVITE_CODE_POINTERS,
    INVITE_CODES,
    MEMBERSHIPS,
    OPERATIONS,
    SPACES,
    USER_PROFILES,
)
from app.models.members import Membership, Role
from app.models.operations import Operation
from app.models.spaces import InviteCode, InviteCodePointer, Space, Visibility
from app.models.users import UserProfile
from tests.conftest import WRITES
from tests.factories import TABLE_NAME, Api

TABLE = """
                                                 owner admin member viewer stranger visitor newcomer nobody
GET    /health                                   200   200   200    200    200      200     200      200

POST   /users email={email} name=Ada             409   409   409    409    409      409     201      401
GET    /users/me                                 200   200   200    200    200      200     403      401
PATCH  /users/me name=Ada                        200   200   200    200    200      200     403      401
GET    /users/me/spaces                          200   200   200    200    200      200     403      401
GET    /users/{owner}                            200   200   200    200    404      404     403      401
GET    /users/{viewer}                           200   200   200    200    404      404     403      401

POST   /spaces name=Mine                         201   201   201    201    201      201     403      401
GET    /spaces                                   200   200   200    200    200      200     403      401
GET    /spaces/{space}                           200   200   200    200    404      200     403      401
PATCH  /spaces/{space} name=Mine                 200   200   403    403    404      403     403      401
PATCH  /spaces/{space} visibility=public         200   200   403    403    404      403     403      401
DELETE /spaces/{space}                           202   403   403    403    404      403     403      401

GET    /spaces/{space}/members                   200   200   200    200    404      403     403      401
POST   /spaces/{space}/members                   409   409   409    409    404      201     403      401
GET    /spaces/{space}/members/{owner}           200   200   200    200    404      403     403      401
GET    /spaces/{space}/members/{self}            200   200   200    200    404      403     403      401

PATCH  /spaces/{space}/members/{viewer2} role=member  200   200   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{member2} role=viewer  200   200   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{viewer2} role=admin   200   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{member2} role=admin   200   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{admin2} role=member   200   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{admin2} role=viewer   200   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{admin2} role=admin    200   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{owner} role=admin     409   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{owner} role=viewer    409   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{self} role=admin      409   403   403    403    404      403     403      401
PATCH  /spaces/{space}/members/{self} role=viewer     409   403   403    403    404      403     403      401

DELETE /spaces/{space}/members/{viewer2}         204   204   403    403    404      403     403      401
DELETE /spaces/{space}/members/{member2}         204   204   403    403    404      403     403      401
DELETE /spaces/{space}/members/{admin2}          204   403   403    403    404      403     403      401
DELETE /spaces/{space}/members/{owner}           409   403   403    403    404      403     403      401
DELETE /spaces/{space}/members/{self}            409   204   204    204    404      403     403      401

GET    /spaces/{space}/invite-code               200   200   403    403    404      403     403      401
POST   /spaces/{space}/invite-code               201   201   403    403    404      403     403      401
DELETE /spaces/{space}/invite-code               204   204   403    403    404      403     403      401
POST   /spaces/join code={code}                  409   409   409    409    200      200     403      401

GET    /operations/{operation}                   200   404   404    404    404      404     404      401
"""
COLUMNS, *ROWS = [line.rsplit(None, 8) for line in TABLE.splitlines() if line]
CELLS = [
    pytest.param(row[0], who, int(status), id=f"{' '.join(row[0].split())} by {who}")
    for row in ROWS
    for who, status in zip(COLUMNS, row[1:], strict=True)
]
REFUSALS = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
MEMBERS = ("owner", "admin", "member", "viewer", "admin2", "member2", "viewer2")


@dataclass
class World:
    """One space, the people in and around it, an invite code, and an operation that the owner started."""

    api: Api
    visibility: Visibility
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        people = (*MEMBERS, "stranger", "visitor", "newcomer")
        self.names = {who: str(uuid.UUID(int=number)) for number, who in enumerate(people)}
        self.names |= {"space": new_ulid(), "operation": new_ulid(), "code": "ABCDEFGH"}

    def writes(self) -> list[Write]:
        """What makes all this in the table."""
        names, now = self.names, self.api.clock.now
        later = now + timedelta(days=1)
        stamps: dict[str, Any] = {"created_at": now, "updated_at": now}
        code: dict[str, Any] = {"space_id": names["space"], "code": names["code"], "expires_at": later}
        ours: dict[str, Any] = {"name": "Ours", "visibility": self.visibility, "member_count": len(MEMBERS)}
        space = Space(space_id=names["space"], owner_id=names["owner"], **ours, **stamps)
        operation = Operation(
            operation_id=names["operation"], started_by=names["owner"], forget_at=later, **stamps
        )
        profiles = [
            UserProfile(user_id=names[who], email=f"{who}@example.com", name=who, **stamps)
            for who in (*MEMBERS, "stranger", "visitor")
        ]
        memberships = [
            Membership(space_id=names["space"], user_id=names[who], role=Role(who.rstrip("2")), **stamps)
            for who in MEMBERS
        ]
        return [
            SPACES.create(space),
            OPERATIONS.create(operation),
            INVITE_CODES.create(InviteCode(**code, **stamps)),
            INVITE_CODE_POINTERS.create(InviteCodePointer(**code, **stamps)),
            *map(USER_PROFILES.create, profiles),
            *map(MEMBERSHIPS.create, memberships),
        ]

    def send(self, who: str, request: str) -> Response:
        """`PATCH /spaces/{space} name=Ours` in the name of this person."""
        own_id, email = self.names.get(who, self.names["member"]), f"{who}@example.com"
        method, path, *fields = request.format(**self.names, self=own_id, email=email).split()
        token = {"Authorization": f"Bearer {self.api.signing_key.token(own_id, email)}"}
        return self.api.client.request(
            method,
            path if path == "/health" else f"/api/v1{path}",
            json=dict(field.split("=") for field in fields) or None,
            headers={} if who == "nobody" else token,
        )


class TestTable:
    @pytest.fixture
    def worlds(self, api: Api, dynamodb: DynamoDBClient) -> Callable[[str], World]:
        """`worlds("visitor")`: the world as that column needs it."""

        def make(who: str) -> World:
            world = World(api, Visibility.PUBLIC if who == "visitor" else Visibility.PRIVATE)
            items: Any = [{"PutRequest": {"Item": write.request["Item"]}} for write in world.writes()]
            dynamodb.batch_write_item(RequestItems={TABLE_NAME: items})
            return world

        return make

    @pytest.mark.parametrize(("request_line", "who", "status"), CELLS)
    def test_holds_in(
        self, worlds: Callable[[str], World], calls: list[str], request_line: str, who: str, status: int
    ) -> None:
        world = worlds(who)
        calls.clear()

        response = world.send(who, request_line)

        assert response.status_code == status, response.text
        if status in REFUSALS:
            wanted = "profile_required" if (who, status) == ("newcomer", 403) else REFUSALS[status]
            assert response.json()["code"] == wanted
            assert not WRITES & set(calls)

    def test_has_every_route(self, app: FastAPI) -> None:
        routes = {
            (method.upper(), path.removeprefix("/api/v1"))
            for path, methods in app.openapi()["paths"].items()
            for method in methods
        }

        ids = {"space": "{space_id}", "operation": "{operation_id}"}
        ids |= dict.fromkeys((*MEMBERS, "self"), "{user_id}")
        lines = [row[0].split()[:2] for row in ROWS]
        assert {(method, path.format(**ids)) for method, path in lines} == routes

    def test_opens_nothing_but_health(self, app: FastAPI) -> None:
        paths: dict[str, Any] = app.openapi()["paths"]

        operations = [(path, operation) for path, methods in paths.items() for operation in methods.values()]

        assert [path for path, operation in operations if not operation.get("security")] == ["/health"]
