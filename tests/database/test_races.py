"""Side by side: what must be unique stays unique, and a counter is what it counts."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from httpx2 import Response

from app.core.database import Table
from app.models.access_patterns import INVITE_CODES, members_of_space
from tests.database.conftest import THREADS, AtOnce
from tests.factories import Api, Person

pytestmark = pytest.mark.long

SPACES = "/api/v1/spaces"


def statuses(responses: Sequence[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def codes(responses: Sequence[Response]) -> Counter[str]:
    return Counter(response.json()["code"] for response in responses if response.status_code >= 400)


def crowd(api: Api, size: int) -> list[Person]:
    return [api.person().elsewhere() for _ in range(size)]


def path_of(space: dict[str, Any]) -> str:
    return f"{SPACES}/{space['space_id']}"


class TestIdempotencyKey:
    def test_idempotency_key_of_twenty_posts_makes_one_space(self, api: Api, at_once: AtOnce) -> None:
        ada = api.person()
        create = [
            partial(ada.elsewhere().post, SPACES, {"name": "Once"}, idempotency_key="one") for _ in range(20)
        ]

        responses = at_once(create)

        made = [response for response in responses if response.status_code == 201]
        assert len({response.text for response in made}) == 1
        assert len({response.headers["Location"] for response in made}) == 1
        assert codes(responses).keys() <= {"request_in_progress"}
        assert len(ada.get("/api/v1/users/me/spaces").json()["items"]) == 1

    def test_idempotency_key_of_twenty_joins_makes_one_member(self, api: Api, at_once: AtOnce) -> None:
        space = api.person().make_space(visibility="public")
        bob = api.person()
        join = [
            partial(bob.elsewhere().post, f"{path_of(space)}/members", idempotency_key="one")
            for _ in range(20)
        ]

        responses = at_once(join)

        assert statuses(responses).keys() <= {201, 409}
        assert codes(responses).keys() <= {"request_in_progress"}
        assert bob.get(path_of(space)).json()["member_count"] == 2


class TestUniqueItem:
    def test_one_of_many_profiles_gets_an_email(self, api: Api, at_once: AtOnce) -> None:
        people = [api.user("ada@example.com").elsewhere() for _ in range(THREADS)]
        body = {"email": "ada@example.com", "name": "Ada"}

        responses = at_once([partial(person.post, "/api/v1/users", body) for person in people])

        assert statuses(responses) == {201: 1, 409: THREADS - 1}
        assert codes(responses).keys() <= {"email_taken", "conflict"}

    def test_one_user_joins_a_space_once(self, api: Api, at_once: AtOnce) -> None:
        space = api.person().make_space(visibility="public")
        bob = api.person()
        join = [partial(bob.elsewhere().post, f"{path_of(space)}/members") for _ in range(THREADS)]

        responses = at_once(join)

        assert statuses(responses) == {201: 1, 409: THREADS - 1}
        assert bob.get(path_of(space)).json()["member_count"] == 2

    def test_one_code_of_many_rotations_is_left(self, api: Api, at_once: AtOnce, table: Table) -> None:
        ada = api.person()
        space = ada.make_space()
        rotate = [partial(ada.elsewhere().post, f"{path_of(space)}/invite-code") for _ in range(THREADS)]

        responses = at_once(rotate)

        assert statuses(responses).keys() <= {201, 409}
        made = [response.json()["code"] for response in responses if response.status_code == 201]
        alive = [code for code in made if table.get(INVITE_CODES.key(code=code))]
        assert alive == [ada.get(f"{path_of(space)}/invite-code").json()["code"]]


class TestCounters:
    def test_member_count_is_the_number_of_members(self, api: Api, at_once: AtOnce, table: Table) -> None:
        space = api.person().make_space(visibility="public")
        people = crowd(api, THREADS)
        joined = at_once([partial(person.post, f"{path_of(space)}/members") for person in people])
        inside = [
            person for person, response in zip(people, joined, strict=True) if response.status_code == 201
        ]
        leaving, newcomers = inside[::2], crowd(api, THREADS // 2)

        at_once(
            [partial(p.delete, f"{path_of(space)}/members/{p.user_id}") for p in leaving]
            + [partial(p.post, f"{path_of(space)}/members") for p in newcomers]
        )

        members = table.page(members_of_space(space["space_id"]), limit=100).items
        assert inside[1].get(path_of(space)).json()["member_count"] == len(members)

    def test_a_space_never_has_more_members_than_it_may(
        self, api: Api, at_once: AtOnce, set_parameter: Any, table: Table
    ) -> None:
        set_parameter("max_members_per_space", "5")
        space = api.person().make_space(visibility="public")

        responses = at_once([partial(p.post, f"{path_of(space)}/members") for p in crowd(api, THREADS)])

        members = table.page(members_of_space(space["space_id"]), limit=100).items
        assert len(members) == 5
        assert statuses(responses) == {201: 4, 409: THREADS - 4}
        assert codes(responses) == {"space_full": THREADS - 4}

    def test_a_user_is_never_in_more_spaces_than_one_may_be(
        self, api: Api, at_once: AtOnce, set_parameter: Any
    ) -> None:
        set_parameter("max_spaces_per_user", "3")
        ada = api.person()

        responses = at_once([partial(ada.elsewhere().post, SPACES, {"name": "Mine"}) for _ in range(THREADS)])

        assert len(ada.get("/api/v1/users/me/spaces").json()["items"]) == 3
        assert statuses(responses) == {201: 3, 409: THREADS - 3}
        assert codes(responses) == {"space_limit_reached": THREADS - 3}

    def test_tries_of_a_code_are_counted_one_by_one(self, api: Api, at_once: AtOnce) -> None:
        bob = api.person()

        responses = at_once([partial(bob.elsewhere().join, "WRONGCDE") for _ in range(THREADS)])

        assert statuses(responses) == {404: 10, 429: THREADS - 10}


class TestChanges:
    def test_one_of_many_with_the_same_etag_wins(self, api: Api, at_once: AtOnce) -> None:
        ada = api.person()
        space = ada.make_space()
        etag = ada.get(path_of(space)).headers["ETag"]
        rename = [
            partial(ada.elsewhere().patch, path_of(space), {"name": f"Name {number}"}, if_match=etag)
            for number in range(THREADS)
        ]

        responses = at_once(rename)

        assert statuses(responses)[200] == 1
        assert codes(responses).keys() <= {"precondition_failed", "conflict"}

    def test_every_change_that_was_answered_is_counted(self, api: Api, at_once: AtOnce) -> None:
        ada = api.person()
        rename = [
            partial(ada.elsewhere().patch, "/api/v1/users/me", {"name": f"Name {number}"})
            for number in range(THREADS)
        ]

        responses = at_once(rename)

        assert codes(responses).keys() <= {"conflict"}
        assert ada.get("/api/v1/users/me").json()["version"] == 1 + statuses(responses)[200]

    def test_a_space_keeps_exactly_one_owner(self, api: Api, at_once: AtOnce, table: Table) -> None:
        ada = api.person()
        space = ada.make_space()
        bob, eve = (api.member_of(space, ada, "admin") for _ in range(2))
        members = f"{path_of(space)}/members"

        at_once(
            [
                partial(who.elsewhere().request, "PATCH", f"{members}/{whom.user_id}", json={"role": role})
                for who in (ada, bob, eve)
                for whom in (ada, bob, eve)
                for role in ("admin", "viewer")
            ]
            + [partial(who.elsewhere().delete, f"{members}/{ada.user_id}") for who in (ada, bob, eve)]
        )

        roles = [member.role for member in table.page(members_of_space(space["space_id"]), limit=10).items]
        assert roles.count(roles[0].OWNER) == 1
