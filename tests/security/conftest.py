"""Requests to spoil: one for each route that takes a body."""

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response

from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.factories import Api, Person

ME, SPACES = "/api/v1/users/me", "/api/v1/spaces"
SPACE, MEMBER = "/spaces/{space_id}", "/spaces/{space_id}/members/{user_id}"
GOAL, HABIT = f"{SPACE}/goals/{{goal_id}}", f"{SPACE}/habits/{{habit_id}}"
DAY = f"{HABIT}/check-ins/{{date}}"
TEMPLATE, ENTRY = f"{SPACE}/templates/{{template_id}}", f"{SPACE}/journals/{{entry_id}}"
COMMENT = f"{ENTRY}/comments/{{comment_id}}"
ORGANIZATION, COLLEAGUE = "/organizations/{org_id}", "/organizations/{org_id}/users/{user_id}"
NOTIFICATION = "/users/me/notifications/{notification_id}"
PARAGRAPH: dict[str, Any] = {"section_id": "day", "type": "paragraph", "title": "The day"}

# Each route that takes a body, with one that is good. What stands in its path is made by these, too: a
# `{goal_id}` behind `/spaces/{space_id}/goals` is the one that a POST there answers. Nobody makes a
# notification, and nobody else is in the space: there the good body is answered by 404.
BODIES: dict[str, dict[str, Any]] = {
    "POST /users": {"name": "Ada"},
    "PATCH /users/me": {},
    "POST /spaces": {"name": "Runners"},
    f"PATCH {SPACE}": {},
    "POST /spaces/invite-preview": {"code": "AAAAAAAAAAAA"},
    "POST /spaces/join": {"code": "AAAAAAAAAAAA"},
    f"PATCH {MEMBER}": {"role": "viewer"},
    f"POST {SPACE}/goals": {"title": "Run", "kind": "numeric", "target_value": 100, "unit": "km"},
    f"PATCH {GOAL}": {},
    f"POST {GOAL}/check-ins": {},
    f"POST {SPACE}/habits": {"title": "Run", "cadence": {"kind": "daily"}},
    f"PATCH {HABIT}": {},
    f"PUT {DAY}": {},
    f"POST {SPACE}/templates": {"name": "Evening", "sections": [PARAGRAPH]},
    f"PATCH {TEMPLATE}": {},
    f"POST {SPACE}/journals": {"title": "A day", "content": "By the river"},
    f"PATCH {ENTRY}": {},
    f"POST {ENTRY}/highlights": {"start": 3, "end": 12, "text": "the river", "color": "blue"},
    f"POST {ENTRY}/comments": {"text": "Well done"},
    f"PATCH {COMMENT}": {},
    f"POST {SPACE}/ownership": {"user_id": "00000000-0000-0000-0000-00000000ffff"},
    f"PATCH {NOTIFICATION}": {"read": True},
    "POST /organizations": {"name": "Engines"},
    f"PATCH {ORGANIZATION}": {},
    f"PATCH {COLLEAGUE}": {"role": "admin"},
    f"POST {SPACE}/invitations": {"email": "eve@example.org"},
    f"POST {SPACE}/invitations/batch": {"invitations": [{"email": "eve@example.org"}]},
    f"POST {ORGANIZATION}/invitations": {"email": "eve@example.org"},
    f"POST {ORGANIZATION}/invitations/batch": {"invitations": [{"email": "eve@example.org"}]},
}


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


def _made_by(api: Api, person: Person, template: str) -> str:
    """The path with the ids of what this person has made for it."""
    ids = {"date": api.clock.now.date().isoformat(), "notification_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    for part in re.finditer(r"/\{(\w+)\}", template):
        collection, name = template[: part.start()], part[1]
        if name == "user_id":
            newcomer = api.user_of if "org_id" in ids else api.member_of
            ids[name] = newcomer(ids, person, "member").user_id
        elif name not in ids:
            made = person.post(f"/api/v1{collection.format(**ids)}", BODIES[f"POST {collection}"])
            ids[name] = made.json()[name]
    return template.format(**ids)


@pytest.fixture
def target(api: Api) -> Callable[[str], Target]:
    """`target("POST /users")`: a key of `BODIES`; the same one each time in one test."""

    @functools.cache
    def find(name: str) -> Target:
        method, template = name.split()
        if name == "POST /users":
            person = api.user()
            return Target(person, method, "/api/v1/users", BODIES[name] | {"email": person.email})
        person = api.person()
        return Target(person, method, f"/api/v1{_made_by(api, person, template)}", dict(BODIES[name]))

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
