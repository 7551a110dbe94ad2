"""`POST /spaces/{space_id}/invitations/batch`: inviting many, each judged alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import invitations_to, invite, standing

EVE = "eve@example.com"


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


def invite_all(inviter: Person, space: dict[str, Any], *asked: Any, **headers: str) -> list[dict[str, Any]]:
    response = inviter.post(f"{invitations_to(space)}/batch", {"invitations": list(asked)}, **headers)
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def people(count: int) -> list[dict[str, str]]:
    return [{"email": f"person{number}@example.org"} for number in range(count)]


def statuses(results: list[dict[str, Any]]) -> list[tuple[int, str | None]]:
    return [(result["status"], result["code"]) for result in results]


class TestInviteMany:
    def test_invite_many_answers_each_in_their_order(self, ada: Person, space: dict[str, Any]) -> None:
        results = invite_all(
            ada, space, {"email": EVE, "message": "Come!"}, {"email": "eve", "role": "viewer"}
        )

        (made,) = ada.get(invitations_to(space)).json()["items"]
        assert results == [
            {"email": EVE, "status": 201, "invitation_id": made["invitation_id"], "code": None},
            {"email": "eve", "status": 422, "invitation_id": None, "code": "validation_failed"},
        ]
        assert (made["email"], made["message"]) == (EVE, "Come!")

    def test_invite_many_counts_no_address_that_is_none(
        self, ada: Person, space: dict[str, Any], set_parameter: Callable[[str, str], None]
    ) -> None:
        set_parameter("max_invitations_per_day", "1")

        results = invite_all(
            ada, space, *({"email": email} for email in ("a<eve@example.com>", EVE, "b@b.c"))
        )

        assert [result["status"] for result in results] == [422, 201, 429]

    def test_invite_many_takes_25_at_once_and_repeats_the_answer(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        first, second = (invite_all(ada, space, *people(25), idempotency_key="everybody") for _ in range(2))

        assert statuses(first) == [(201, None)] * 25
        assert second == first
        assert set(standing(ada, space).values()) == {"pending"}
        assert len(standing(ada, space)) == 25

    def test_invite_many_renews_25_at_once(self, api: Api, ada: Person, space: dict[str, Any]) -> None:
        first = invite_all(ada, space, *people(25))
        api.clock.advance(days=7)

        assert invite_all(ada, space, *people(25), idempotency_key="everybody") == first

    def test_invite_many_costs_as_many_calls_for_25_as_for_two(
        self, ada: Person, space: dict[str, Any], calls: list[str]
    ) -> None:
        for asked in (people(2), people(25)):
            calls.clear()
            invite_all(ada, space, {"email": ada.email}, *asked[1:])

            # Caller and space; claims and profiles; what these lead to; all or nothing.
            assert calls == ["BatchGetItem"] * 3 + ["TransactWriteItems"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": ""},
            {"email": "eve@example"},
            {"email": "eve#1@example.com"},
            {"email": "a" * 243 + "@example.com"},
            {"email": EVE, "role": "owner"},
            {"email": EVE, "role": None},
            {"email": EVE, "message": "a" * 501},
            {"email": EVE, "message": "\x00"},
            {"email": EVE, "status": "accepted"},
        ],
    )
    def test_invite_many_reports_an_invalid_address_alone(
        self, ada: Person, space: dict[str, Any], wrong: dict[str, Any]
    ) -> None:
        results = invite_all(ada, space, wrong, {"email": "bob@example.com"})

        assert statuses(results) == [(422, "validation_failed"), (201, None)]
        assert results[0]["email"] == wrong["email"][:254]
        assert standing(ada, space) == {"bob@example.com": "pending"}

    def test_invite_many_invites_once_who_is_named_twice(self, ada: Person, space: dict[str, Any]) -> None:
        results = invite_all(ada, space, {"email": EVE}, {"email": " EVE@example.com", "role": "viewer"})

        assert statuses(results) == [(201, None), (409, "already_invited")]
        assert [result["email"] for result in results] == [EVE, EVE]
        (made,) = ada.get(invitations_to(space)).json()["items"]
        assert made["role"] == "member"

    def test_invite_many_judges_the_second_of_a_name_if_the_first_was_wrong(
        self, api: Api, ada: Person, space: dict[str, Any]
    ) -> None:
        admin = api.member_of(space, ada, "admin")

        results = invite_all(admin, space, {"email": EVE, "role": "admin"}, {"email": EVE})

        assert statuses(results) == [(403, "forbidden"), (201, None)]

    def test_invite_many_rejects_members_and_those_who_are_invited(
        self, api: Api, ada: Person, space: dict[str, Any]
    ) -> None:
        bob = api.member_of(space, ada, "viewer")
        invite(ada, space, EVE)

        results = invite_all(
            ada, space, {"email": bob.email}, {"email": EVE}, {"email": ada.email}, *people(1)
        )

        assert statuses(results) == [
            (409, "already_member"),
            (409, "already_invited"),
            (409, "already_member"),
            (201, None),
        ]

    @pytest.mark.parametrize(("role", "expected"), [("owner", (201, None)), ("admin", (403, "forbidden"))])
    def test_invite_many_makes_an_admin_by_the_owner_only(
        self, api: Api, ada: Person, space: dict[str, Any], role: str, expected: Any
    ) -> None:
        inviter = ada if role == "owner" else api.member_of(space, ada, role)

        results = invite_all(inviter, space, {"email": EVE, "role": "admin"}, *people(1))

        assert statuses(results) == [expected, (201, None)]

    def test_invite_many_is_rejected_at_the_limit_a_day(self, set_parameter: Any, ada: Person) -> None:
        set_parameter("max_invitations_per_day", "3")
        space = ada.make_space()
        invite(ada, space, EVE)

        results = invite_all(ada, space, {"email": "nobody"}, *people(3), {"email": EVE})

        assert statuses(results) == [
            (422, "validation_failed"),
            (201, None),
            (201, None),
            (429, "too_many_invitations"),
            (429, "too_many_invitations"),
        ]
        assert statuses(invite_all(ada, space, {"email": "last@example.com"})) == [
            (429, "too_many_invitations")
        ]

    def test_invite_many_takes_up_no_more_than_is_left_of_the_day_concurrently(
        self, set_parameter: Any, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        set_parameter("max_invitations_per_day", "4")
        space = ada.make_space()
        before_commit(
            lambda: invite_all(ada.elsewhere(), space, {"email": EVE}, {"email": "person0@example.org"})
        )

        results = invite_all(ada, space, *people(4))

        assert statuses(results) == [
            (409, "already_invited"),
            (201, None),
            (429, "too_many_invitations"),
            (429, "too_many_invitations"),
        ]
        assert len(standing(ada, space)) == 3

    def test_invite_many_stores_nothing_if_no_address_is_valid(
        self, ada: Person, space: dict[str, Any], calls: list[str]
    ) -> None:
        calls.clear()

        invite_all(ada, space, {"email": "nobody"}, {"email": "no@body"})

        assert set(calls) == {"BatchGetItem"}

    def test_invite_many_is_forbidden_to_who_is_demoted_concurrently(
        self, api: Api, ada: Person, space: dict[str, Any], before_commit: Callable[..., None]
    ) -> None:
        admin, owner = api.member_of(space, ada, "admin"), ada.elsewhere()
        place = f"/api/v1/spaces/{space['space_id']}/members/{admin.user_id}"
        before_commit(lambda: owner.patch(place, {"role": "viewer"}))

        response = admin.post(f"{invitations_to(space)}/batch", {"invitations": people(2)})

        assert_problem(response, 403, "forbidden")
        assert standing(ada, space) == {}


class TestBatch:
    @pytest.mark.parametrize(
        ("invitations", "field"),
        [
            ([], "body.invitations"),
            (people(26), "body.invitations"),
            (None, "body.invitations"),
            ({"email": EVE}, "body.invitations"),
            # No address to say of what became of it.
            (["eve@example.com"], "body.invitations.0"),
            ([{"role": "member"}], "body.invitations.0.email"),
            ([{"email": None}], "body.invitations.0.email"),
            ([{"email": 1}, {"email": EVE}], "body.invitations.0.email"),
        ],
    )
    def test_batch_is_of_1_to_25_that_name_an_address(
        self, ada: Person, space: dict[str, Any], invitations: Any, field: str
    ) -> None:
        response = ada.post(f"{invitations_to(space)}/batch", {"invitations": invitations})

        assert_problem(response, 422, "validation_failed", field=field)
        assert standing(ada, space) == {}
