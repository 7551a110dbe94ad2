"""`/users/me/spaces`: the spaces that one is in."""

from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person

MINE = "/api/v1/users/me/spaces"


def names(page: dict[str, Any]) -> list[str]:
    return [space["name"] for space in page["items"]]


class TestListMySpaces:
    def test_list_my_spaces_is_empty_at_first(self, api: Api) -> None:
        assert api.person().get(MINE).json() == {"items": [], "next_cursor": None}

    def test_list_my_spaces_lists_the_newest_first_each_as_it_reads_alone(self, api: Api) -> None:
        ada = api.person()
        made = [ada.make_space(name) for name in ("First", "Second", "Third")]

        response = ada.get(MINE)

        assert response.status_code == 200
        assert response.json() == {"items": made[::-1], "next_cursor": None}

    def test_list_my_spaces_says_the_role_in_each(self, api: Api) -> None:
        ada = api.person()
        spaces = {role: ada.make_space(role) for role in ("admin", "member", "viewer")}
        bob = api.person()
        bob.make_space("owner")
        for role, space in spaces.items():
            bob.join(ada.make_code(space["space_id"]))
            ada.patch(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}", {"role": role})

        listed = bob.get(MINE).json()["items"]

        assert {space["name"]: space["role"] for space in listed} == {
            role: role for role in ("owner", "admin", "member", "viewer")
        }

    def test_list_my_spaces_lists_nobody_elses(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        ada.make_space("Private")
        ada.make_space("Public", visibility="public")

        assert names(bob.get(MINE).json()) == []

    def test_list_my_spaces_leaves_out_a_space_that_one_has_left(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        bob.delete(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}")

        assert names(bob.get(MINE).json()) == []

    def test_list_my_spaces_leaves_out_a_space_that_is_being_deleted(self, api: Api) -> None:
        ada = api.person()
        ada.make_space("Kept")
        ada.delete(f"/api/v1/spaces/{ada.make_space('Deleted')['space_id']}")

        assert names(ada.get(MINE).json()) == ["Kept"]

    def test_list_my_spaces_requires_a_profile(self, api: Api) -> None:
        assert_problem(api.user().get(MINE), 403, "profile_required")


class TestListMySpacesByRole:
    @pytest.fixture
    def bob(self, api: Api) -> Person:
        """Owner of the space that is oldest and member of seven newer ones."""
        ada, bob = api.person(), api.person()
        bob.make_space("Own")
        for number in range(7):
            bob.join(ada.make_code(ada.make_space(f"Joined {number}")["space_id"]))
        return bob

    def test_list_my_spaces_by_role_lists_only_those_with_the_role(self, bob: Person) -> None:
        assert names(bob.get(f"{MINE}?role=owner").json()) == ["Own"]
        assert len(names(bob.get(f"{MINE}?role=member").json())) == 7
        assert names(bob.get(f"{MINE}?role=viewer").json()) == []

    def test_list_my_spaces_by_role_reads_no_more_than_five_times_the_limit(self, bob: Person) -> None:
        first = bob.get(f"{MINE}?role=owner&limit=1").json()
        assert first["items"] == []
        assert first["next_cursor"] is not None

        second = bob.get(f"{MINE}?role=owner&limit=1&cursor={first['next_cursor']}").json()

        assert names(second) == ["Own"]

    def test_list_my_spaces_by_role_gives_all_in_pages_none_twice(self, bob: Person) -> None:
        found, cursor = [], ""
        for _ in range(4):
            page = bob.get(f"{MINE}?role=member&limit=2{cursor}").json()
            found += names(page)
            assert len(page["items"]) <= 2
            cursor = f"&cursor={page['next_cursor']}"

        assert found == [f"Joined {number}" for number in range(6, -1, -1)]

    def test_list_my_spaces_by_role_rejects_another_role(self, bob: Person) -> None:
        assert_problem(bob.get(f"{MINE}?role=king"), 422, "validation_failed", field="query.role")
