"""Who may do what, cell by cell, over HTTP.

The tables are those of the design, written out for every route of the API, a module a noun (see
`tests/security/roles`). Their columns:

- owner, admin, member, viewer: of a private space that also has another admin, member and viewer
- stranger: signed in, not in the space, which is private
- visitor: the same where the space is public
- newcomer: signed in, without a profile
- nobody: without a token
"""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient
from starlette.routing import compile_path

from app.api.openapi import document
from app.api.routing import all_routes
from app.models.spaces import Visibility
from tests.conftest import WRITES
from tests.factories import TABLE_NAME, Api, FrozenClock, SigningKey
from tests.security.roles import (
    activity,
    audit,
    goals,
    habits,
    invitations,
    journals,
    notifications,
    organizations,
    spaces,
    users,
)
from tests.security.roles.role_fixtures import World, email_of, rows_of

NOUNS = (
    users,
    notifications,
    spaces,
    goals,
    habits,
    journals,
    activity,
    audit,
    organizations,
    invitations,
)
ROWS = {" ".join(row.request.split()): row for noun in NOUNS for row in rows_of(noun.TABLE)}
REFUSALS = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
Make = Callable[[str], World]
Send = Callable[[World, str, str], Response]


@pytest.fixture
def make_world(dynamodb: DynamoDBClient, clock: FrozenClock) -> Make:
    """`make_world("visitor")`: the world as that column needs it, in the table."""

    def make(who: str) -> World:
        world = World(clock, Visibility.PUBLIC if who == "visitor" else Visibility.PRIVATE)
        writes = [*world.people(), *(write for noun in NOUNS for write in noun.items(world))]
        puts: Any = [{"PutRequest": {"Item": write.request["Item"]}} for write in writes]
        for start in range(0, len(puts), 25):
            dynamodb.batch_write_item(RequestItems={TABLE_NAME: puts[start : start + 25]})
        return world

    return make


@pytest.fixture(scope="session")
def token_of(signing_key: SigningKey) -> Callable[[str, str], str]:
    """Everyone's token, signed once."""
    return functools.cache(signing_key.token)


@pytest.fixture
def send(api: Api, token_of: Callable[[str, str], str]) -> Send:
    """`send(world, "member", "PATCH /spaces/{space} name=Ours")`: in the name of this person."""

    def call(world: World, who: str, text: str) -> Response:
        request = world.request(who, text)
        token = token_of(world.names[who], email_of(who))
        headers = {} if who == "nobody" else {"Authorization": f"Bearer {token}"}
        return api.client.request(request.method, request.path, json=request.body, headers=headers)

    return call


class TestTable:
    @pytest.mark.parametrize("request_line", ROWS)
    def test_route_matches_role_table(
        self, make_world: Make, send: Send, calls: list[str], request_line: str
    ) -> None:
        row, world = ROWS[request_line], None
        answers = {}

        for who in row.statuses:
            # A refusal has changed nothing (that is tested): the next one finds the world as it was.
            if world is None or who == "visitor" or WRITES & set(calls):
                world = make_world(who)
            calls.clear()
            response = send(world, who, row.request)
            answers[who] = response.status_code
            if response.status_code in REFUSALS:
                profile_required = who == "newcomer" and response.status_code == 403
                code = "profile_required" if profile_required else REFUSALS[response.status_code]
                assert response.json()["code"] == code
                assert not WRITES & set(calls)

        assert answers == row.statuses

    def test_table_has_every_route(self, clock: FrozenClock) -> None:
        world = World(clock, Visibility.PRIVATE)
        for noun in NOUNS:
            noun.items(world)
        paths = document(all_routes())["paths"]
        # `/users/me` is itself, and no `/users/{user_id}`.
        patterns = [(compile_path(path)[0], path) for path in sorted(paths, key=lambda path: path.count("{"))]

        walked = {
            (request.method.lower(), next(path for pattern, path in patterns if pattern.match(request.path)))
            for request in (world.request("member", line) for line in ROWS)
        }

        assert walked == {(method, path) for path, methods in paths.items() for method in methods}

    def test_only_health_needs_no_token(self) -> None:
        paths: dict[str, Any] = document(all_routes())["paths"]

        operations = [(path, operation) for path, methods in paths.items() for operation in methods.values()]

        assert [path for path, operation in operations if not operation.get("security")] == ["/health"]
