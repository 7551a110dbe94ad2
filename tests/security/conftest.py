"""Requests to spoil: one for each route that takes a body."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response

from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.factories import Api, Person

ME, SPACES = "/api/v1/users/me", "/api/v1/spaces"


@dataclass
class Target:
    """A request that is good as it is, and whose body a test may spoil."""

    person: Person
    method: str
    path: str
    body: dict[str, Any]

    def send(self, **fields: Any) -> Response:
        """With these fields more or instead; as JSON in ASCII, so that anything can be sent."""
        token = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        content = json.dumps(self.body | fields)
        return self.person.client.request(self.method, self.path, content=content, headers=token)


@pytest.fixture
def target(api: Api) -> Callable[[str], Target]:
    """`target("POST /users")`: the same one each time in one test."""

    @functools.cache
    def find(name: str) -> Target:
        if name == "POST /users":
            person = api.someone()
            return Target(person, "POST", "/api/v1/users", {"email": person.email, "name": "Ada"})
        person = api.person()
        if name == "PATCH /users/me":
            return Target(person, "PATCH", ME, {})
        if name == "POST /spaces":
            return Target(person, "POST", SPACES, {"name": "Runners"})
        space = person.make_space()
        if name == "PATCH /spaces/{space_id}":
            return Target(person, "PATCH", f"{SPACES}/{space['space_id']}", {})
        if name == "POST /spaces/join":
            return Target(person, "POST", f"{SPACES}/join", {"code": "AAAAAAAA"})
        member = api.member_of(space, person, "member")
        return Target(
            person, "PATCH", f"{SPACES}/{space['space_id']}/members/{member.user_id}", {"role": "viewer"}
        )

    return find


def assert_refused(target: Target, field: str, values: list[Any], calls: list[str]) -> None:
    """Each of the values is refused by the name of the field, and nothing is written for any."""
    calls.clear()
    name, _, rest = field.partition(".")
    for value in values:
        response = target.send(**{name: {rest: value} if rest else value})
        assert response.status_code == 422, f"{field} took {value!r:.80}: {response.text:.300}"
        problem = assert_problem(response, 422, "validation_failed")
        assert any(error["field"].startswith(f"body.{field}") for error in problem["errors"]), problem
    assert not WRITES & set(calls)
