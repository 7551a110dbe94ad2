"""`/invitations` and `/users/me/invitations`: what an invited person sees, accepts and declines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import INVITATIONS, MINE, invitations_to, invite, standing

NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def answer(person: Person, invitation: dict[str, Any], how: str) -> Any:
    return person.post(f"{INVITATIONS}/{invitation['invitation_id']}/{how}")


def mine(person: Person) -> list[str]:
    return [item["invitation_id"] for item in person.get(MINE).json()["items"]]


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def eve(api: Api) -> Person:
    """Who is invited."""
    return api.person("Eve")


@pytest.fixture
def invitation(ada: Person, space: dict[str, Any], eve: Person) -> dict[str, Any]:
    return invite(ada, space, eve.email)


class TestListMyInvitations:
    def test_list_my_invitations_shows_the_open_ones_newest_first(self, ada: Person, eve: Person) -> None:
        spaces = [ada.make_space(f"Space {number}") for number in range(4)]
        made = [invite(ada, space, eve.email, message="Come!") for space in spaces]
        answer(eve, made[0], "decline")
        answer(eve, made[1], "accept")

        assert eve.get(MINE).json() == {"items": [made[3], made[2]], "next_cursor": None}

    def test_list_my_invitations_shows_none_that_has_expired(
        self, api: Api, ada: Person, eve: Person
    ) -> None:
        invite(ada, ada.make_space(), eve.email)
        api.clock.advance(days=1)
        later = invite(ada, ada.make_space(), eve.email)
        api.clock.advance(days=6)

        assert mine(eve) == [later["invitation_id"]]

    def test_list_my_invitations_goes_on_in_pages(self, ada: Person, eve: Person) -> None:
        made = [invite(ada, ada.make_space(), eve.email)["invitation_id"] for _ in range(3)]

        first = eve.get(f"{MINE}?limit=2").json()
        second = eve.get(f"{MINE}?limit=2&cursor={first['next_cursor']}").json()

        assert [item["invitation_id"] for item in first["items"] + second["items"]] == made[::-1]

    def test_list_my_invitations_shows_none_of_other_users(
        self, api: Api, invitation: dict[str, Any]
    ) -> None:
        assert mine(api.person()) == []

    def test_list_my_invitations_goes_by_the_tokens_email_and_not_by_the_profiles(
        self, api: Api, eve: Person, invitation: dict[str, Any]
    ) -> None:
        moved = api.signing_key.token(eve.user_id, "new@example.com")
        eve.token, token = moved, eve.token
        assert mine(eve) == []

        eve.token = token
        assert mine(eve) == [invitation["invitation_id"]]

    @pytest.mark.parametrize("verified", [False, None])
    def test_list_my_invitations_shows_none_to_an_email_that_is_not_verified(
        self, api: Api, eve: Person, invitation: dict[str, Any], verified: bool | None
    ) -> None:
        eve.token = api.signing_key.token(eve.user_id, eve.email, email_verified=verified)

        assert eve.get(MINE).json() == {"items": [], "next_cursor": None}


class TestAccept:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_accept_makes_a_member_in_that_role(
        self, ada: Person, space: dict[str, Any], eve: Person, role: str
    ) -> None:
        made = invite(ada, space, eve.email, role=role)

        response = answer(eve, made, "accept")

        assert response.status_code == 200
        assert response.json() == {
            "space_id": space["space_id"],
            "user_id": eve.user_id,
            "name": "Eve",
            "role": role,
            "joined_at": "2026-03-14T15:09:26.535Z",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        member = ada.get(f"/api/v1/spaces/{space['space_id']}/members/{eve.user_id}")
        assert (member.json(), member.headers["ETag"]) == (response.json(), response.headers["ETag"])
        assert eve.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2
        assert standing(ada, space) == {eve.email: "accepted"}
        assert mine(eve) == []

    def test_accept_is_for_the_current_owner_of_the_address(
        self, api: Api, eve: Person, invitation: dict[str, Any]
    ) -> None:
        another = api.person()
        another.token = api.signing_key.token(another.user_id, eve.email.upper())

        assert another.accept(invitation).json()["user_id"] == another.user_id

    def test_accept_with_the_same_key_twice_happens_once(
        self, eve: Person, invitation: dict[str, Any]
    ) -> None:
        path = f"{INVITATIONS}/{invitation['invitation_id']}/accept"

        first, second = (eve.post(path, idempotency_key="one") for _ in range(2))

        assert (second.status_code, second.text) == (200, first.text)

    def test_accept_of_two_at_once_is_one(
        self, ada: Person, space: dict[str, Any], eve: Person, invitation: dict[str, Any], before_commit: Any
    ) -> None:
        before_commit(lambda: eve.elsewhere().accept(invitation))

        assert_problem(eve.accept(invitation), 409, "already_member")
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    def test_accept_is_rejected_to_who_is_in_already(
        self, api: Api, ada: Person, space: dict[str, Any], eve: Person
    ) -> None:
        eve.join(ada.make_code(space["space_id"]))
        to_another_address = invite(ada, space, "second@example.com")
        eve.token = api.signing_key.token(eve.user_id, "second@example.com")

        assert_problem(eve.accept(to_another_address), 409, "already_member")

    def test_accept_is_rejected_at_the_limit_of_members_a_space(
        self, set_parameter: Any, ada: Person, eve: Person
    ) -> None:
        set_parameter("max_members_per_space", "1")
        invitation = invite(ada, ada.make_space(), eve.email)

        assert_problem(eve.accept(invitation), 409, "space_full")
        assert mine(eve) == [invitation["invitation_id"]]

    def test_accept_is_rejected_at_the_limit_of_spaces_a_user(
        self, set_parameter: Any, ada: Person, eve: Person
    ) -> None:
        set_parameter("max_spaces_per_user", "1")
        invitation = invite(ada, ada.make_space(), eve.email)
        eve.make_space()

        assert_problem(eve.accept(invitation), 409, "space_limit_reached")
        assert mine(eve) == [invitation["invitation_id"]]

    def test_accept_of_a_deleted_space_returns_410(
        self, ada: Person, space: dict[str, Any], eve: Person, invitation: dict[str, Any]
    ) -> None:
        ada.delete(f"/api/v1/spaces/{space['space_id']}")

        assert_problem(eve.accept(invitation), 410, "invitation_closed")

    def test_accept_finds_no_space_that_is_deleted_concurrently(
        self, ada: Person, space: dict[str, Any], eve: Person, invitation: dict[str, Any], before_commit: Any
    ) -> None:
        before_commit(lambda: ada.elsewhere().delete(f"/api/v1/spaces/{space['space_id']}"))

        assert_problem(eve.accept(invitation), 410, "invitation_closed")
        assert eve.get("/api/v1/users/me/spaces").json()["items"] == []

    def test_accept_finds_no_invitation_once_all_of_the_space_is_gone(
        self,
        ada: Person,
        space: dict[str, Any],
        eve: Person,
        invitation: dict[str, Any],
        run_background: Callable[[], None],
    ) -> None:
        ada.delete(f"/api/v1/spaces/{space['space_id']}")
        run_background()

        assert_problem(eve.accept(invitation), 404, "not_found")
        assert mine(eve) == []

    def test_accept_is_rejected_if_it_is_revoked_concurrently(
        self, ada: Person, space: dict[str, Any], eve: Person, invitation: dict[str, Any], before_commit: Any
    ) -> None:
        path = f"{invitations_to(space)}/{invitation['invitation_id']}"
        before_commit(lambda: ada.elsewhere().delete(path))

        assert_problem(eve.accept(invitation), 410, "invitation_closed")
        assert_problem(eve.get(f"/api/v1/spaces/{space['space_id']}"), 404, "not_found")


class TestDecline:
    def test_decline_ends_the_invitation(
        self, ada: Person, space: dict[str, Any], eve: Person, invitation: dict[str, Any]
    ) -> None:
        response = answer(eve, invitation, "decline")

        assert (response.status_code, response.content) == (204, b"")
        assert standing(ada, space) == {eve.email: "declined"}
        assert_problem(eve.get(f"/api/v1/spaces/{space['space_id']}"), 404, "not_found")

    def test_decline_with_the_same_key_twice_happens_once(
        self, eve: Person, invitation: dict[str, Any]
    ) -> None:
        path = f"{INVITATIONS}/{invitation['invitation_id']}/decline"

        assert [eve.post(path, idempotency_key="one").status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize("how", ["accept", "decline"])
class TestAnswer:
    @pytest.mark.parametrize("end", ["accepted", "declined", "revoked", "expired"])
    def test_answer_returns_410_for_what_is_closed(
        self, api: Api, ada: Person, eve: Person, invitation: dict[str, Any], *, how: str, end: str
    ) -> None:
        if end == "expired":
            api.clock.advance(days=7)
        elif end == "revoked":
            ada.delete(f"{invitations_to(invitation)}/{invitation['invitation_id']}")
        else:
            answer(eve, invitation, {"accepted": "accept", "declined": "decline"}[end])

        assert_problem(answer(eve, invitation, how), 410, "invitation_closed")

    def test_answer_is_open_to_the_last_moment(
        self, api: Api, eve: Person, invitation: dict[str, Any], how: str
    ) -> None:
        api.clock.now += timedelta(days=7, milliseconds=-1)

        assert answer(eve, invitation, how).status_code in {200, 204}

    def test_answer_returns_404_for_anyone_else(
        self, api: Api, ada: Person, invitation: dict[str, Any], how: str
    ) -> None:
        for person in (ada, api.person()):
            assert_problem(answer(person, invitation, how), 404, "not_found")

    def test_answer_by_another_user_returns_404_in_any_state(
        self, api: Api, eve: Person, invitation: dict[str, Any], how: str
    ) -> None:
        answer(eve, invitation, "decline")

        assert_problem(answer(api.person(), invitation, how), 404, "not_found")

    @pytest.mark.parametrize("verified", [False, None])
    def test_answer_returns_404_for_an_email_that_is_not_verified(
        self, api: Api, eve: Person, invitation: dict[str, Any], how: str, verified: bool | None
    ) -> None:
        eve.token = api.signing_key.token(eve.user_id, eve.email, email_verified=verified)

        assert_problem(answer(eve, invitation, how), 404, "not_found")

    def test_answer_returns_404_for_who_once_had_the_email(
        self, api: Api, eve: Person, invitation: dict[str, Any], how: str
    ) -> None:
        eve.token = api.signing_key.token(eve.user_id, "new@example.com")

        assert_problem(answer(eve, invitation, how), 404, "not_found")

    def test_answer_to_an_unknown_invitation_returns_404(self, eve: Person, how: str) -> None:
        assert_problem(answer(eve, {"invitation_id": NOWHERE}, how), 404, "not_found")

    def test_answer_to_a_purged_invitation_returns_404(
        self, api: Api, eve: Person, invitation: dict[str, Any], how: str
    ) -> None:
        api.clock.advance(days=37)

        assert_problem(answer(eve, invitation, how), 404, "not_found")

    def test_answer_requires_a_profile(self, api: Api, ada: Person, space: dict[str, Any], how: str) -> None:
        newcomer = api.user()
        made = invite(ada, space, newcomer.email)
        assert_problem(answer(newcomer, made, how), 403, "profile_required")
        assert_problem(newcomer.get(MINE), 403, "profile_required")

        newcomer.make_profile()

        assert answer(newcomer, made, how).status_code in {200, 204}
