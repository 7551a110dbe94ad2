"""`DELETE /spaces/{space_id}/members/{user_id}`: leaving a space, and removing others from it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def path(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def code_of(ada: Person, path: str) -> str:
    code: str = ada.get(f"{path}/invite-code").json()["code"]
    return code


class TestRemoveMember:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_remove_member_ends_access(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, role: str
    ) -> None:
        bob = api.member_of(space, ada, role)

        response = ada.delete(f"{path}/members/{bob.user_id}")

        assert response.status_code == 204
        assert response.content == b""
        assert_problem(bob.get(path), 404, "not_found")
        assert_problem(ada.get(f"{path}/members/{bob.user_id}"), 404, "not_found")
        assert ada.get(path).json()["member_count"] == 1

    def test_remove_member_rotates_the_invite_code(
        self, api: Api, ada: Person, space: dict[str, Any], path: str
    ) -> None:
        bob = api.member_of(space, ada, "member")
        known = code_of(ada, path)

        ada.delete(f"{path}/members/{bob.user_id}")

        assert_problem(bob.join(known), 404, "invite_code_invalid")
        assert code_of(ada, path) != known
        assert bob.join(code_of(ada, path)).status_code == 200

    def test_remove_member_makes_no_code_if_there_was_none(
        self, api: Api, ada: Person, space: dict[str, Any], path: str
    ) -> None:
        bob = api.member_of(space, ada, "member")
        ada.delete(f"{path}/invite-code")

        assert ada.delete(f"{path}/members/{bob.user_id}").status_code == 204
        assert_problem(ada.get(f"{path}/invite-code"), 404, "not_found")

    def test_remove_member_leaves_no_code_that_is_made_concurrently(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, before_commit: Callable[..., None]
    ) -> None:
        """Bob may be the one who makes it, and knows it then."""
        bob = api.member_of(space, ada, "admin")
        ada.delete(f"{path}/invite-code")
        known: list[str] = []
        before_commit(lambda: known.append(bob.elsewhere().make_code(space["space_id"])))

        assert ada.delete(f"{path}/members/{bob.user_id}").status_code == 204

        assert_problem(bob.join(known[0]), 404, "invite_code_invalid")

    def test_remove_member_returns_404_for_a_non_member(self, api: Api, ada: Person, path: str) -> None:
        assert_problem(ada.delete(f"{path}/members/{api.person().user_id}"), 404, "not_found")

    def test_remove_member_lowers_the_space_count(self, api: Api, ada: Person, set_parameter: Any) -> None:
        set_parameter("max_spaces_per_user", "1")
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        assert_problem(bob.post("/api/v1/spaces", {"name": "Own"}), 409, "space_limit_reached")

        ada.delete(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}")

        bob.make_space("Own")

    def test_remove_member_twice_at_once_counts_once(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, before_commit: Callable[..., None]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        owner = ada.elsewhere()
        before_commit(lambda: owner.delete(f"{path}/members/{bob.user_id}"))

        assert_problem(ada.delete(f"{path}/members/{bob.user_id}"), 404, "not_found")
        assert ada.get(path).json()["member_count"] == 1

    def test_admin_cannot_change_a_member_made_admin_concurrently(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, before_commit: Callable[..., None]
    ) -> None:
        admin, bob = api.member_of(space, ada, "admin"), api.member_of(space, ada, "member")
        owner = ada.elsewhere()
        before_commit(lambda: owner.patch(f"{path}/members/{bob.user_id}", {"role": "admin"}))

        assert_problem(admin.delete(f"{path}/members/{bob.user_id}"), 403, "forbidden")
        assert ada.get(path).json()["member_count"] == 3

    def test_remove_member_is_rejected_when_the_admin_is_removed_concurrently(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, before_commit: Callable[..., None]
    ) -> None:
        admin, bob = api.member_of(space, ada, "admin"), api.member_of(space, ada, "member")
        owner = ada.elsewhere()
        before_commit(lambda: owner.delete(f"{path}/members/{admin.user_id}"))

        assert_problem(admin.delete(f"{path}/members/{bob.user_id}"), 404, "not_found")
        assert ada.get(f"{path}/members/{bob.user_id}").status_code == 200


class TestLeave:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_leave_is_allowed_to_all_but_the_owner(
        self, api: Api, ada: Person, space: dict[str, Any], path: str, role: str
    ) -> None:
        bob = api.member_of(space, ada, role)

        assert bob.delete(f"{path}/members/{bob.user_id}").status_code == 204
        assert_problem(bob.get(path), 404, "not_found")
        assert ada.get(path).json()["member_count"] == 1

    def test_leave_keeps_the_invite_code(
        self, api: Api, ada: Person, space: dict[str, Any], path: str
    ) -> None:
        bob = api.member_of(space, ada, "member")
        code = code_of(ada, path)

        bob.delete(f"{path}/members/{bob.user_id}")

        assert code_of(ada, path) == code
        assert bob.join(code).status_code == 200

    def test_leave_by_the_owner_is_rejected(self, ada: Person, path: str) -> None:
        assert_problem(ada.delete(f"{path}/members/{ada.user_id}"), 409, "owner_is_fixed")
        assert ada.get(path).json()["role"] == "owner"

    def test_leaves_a_public_space_visible(self, api: Api, ada: Person) -> None:
        path = f"/api/v1/spaces/{ada.make_space(visibility='public')['space_id']}"
        bob = api.person()
        bob.post(f"{path}/members")

        bob.delete(f"{path}/members/{bob.user_id}")

        assert bob.get(path).json()["role"] is None
        assert_problem(bob.delete(f"{path}/members/{bob.user_id}"), 403, "forbidden")
