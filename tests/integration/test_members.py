"""`/spaces/{space_id}/members`: seeing members, joining a public space, roles, leaving, removing."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import USER_PROFILES
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, FrozenClock, Person
from tests.integration.content_helpers import close_account


def path_of(space: dict[str, Any], person: Person | None = None) -> str:
    members = f"/api/v1/spaces/{space['space_id']}/members"
    return f"{members}/{person.user_id}" if person else members


class TestListMembers:
    def test_list_members_shows_each_with_name_role_and_time_of_joining(
        self, api: Api, clock: FrozenClock
    ) -> None:
        ada = api.person("Ada")
        space = ada.make_space()
        bob, code = api.person("Bob"), ada.make_code(space["space_id"])
        clock.advance(minutes=1)
        bob.join(code)

        response = bob.get(path_of(space))

        assert response.status_code == 200
        assert response.json()["next_cursor"] is None
        shown = [
            {key: member[key] for key in ("user_id", "name", "role", "joined_at")}
            for member in response.json()["items"]
        ]
        assert shown == [
            {"user_id": ada.user_id, "name": "Ada", "role": "owner", "joined_at": "2026-03-14T15:09:26.535Z"},
            {
                "user_id": bob.user_id,
                "name": "Bob",
                "role": "member",
                "joined_at": "2026-03-14T15:10:26.535Z",
            },
        ]

    def test_list_members_never_shows_an_email(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        for path in (path_of(space), path_of(space, ada)):
            assert "@" not in ada.get(path).text

    def test_list_members_shows_todays_name(self, api: Api) -> None:
        ada = api.person("Ada")
        space = ada.make_space()
        ada.patch("/api/v1/users/me", {"name": "Ada King"})

        assert ada.get(path_of(space)).json()["items"][0]["name"] == "Ada King"

    def test_list_members_shows_who_has_left_the_platform_without_a_name(
        self, api: Api, table: Table
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        gone = api.member_of(space, ada, "member")
        table.write([USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=gone.user_id))])

        assert ada.get(path_of(space)).json()["items"][1]["name"] is None
        assert ada.get(path_of(space, gone)).json()["name"] is None

    def test_list_members_shows_who_is_being_erased_without_a_name(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        going = api.member_of(space, ada, "member")
        close_account(going)

        assert ada.get(path_of(space)).json()["items"][1]["name"] is None
        assert ada.get(path_of(space, going)).json()["name"] is None

    def test_list_members_costs_one_query_and_one_batch_get(self, api: Api, calls: list[str]) -> None:
        ada = api.person()
        space = ada.make_space()
        api.member_of(space, ada, "member")
        calls.clear()

        ada.get(path_of(space))

        assert calls == ["BatchGetItem", "Query", "BatchGetItem"]  # the first is the caller's access


class TestGetMember:
    def test_get_member_reads_one(self, api: Api) -> None:
        ada = api.person("Ada")
        space = ada.make_space()

        response = ada.get(path_of(space, ada))

        assert response.status_code == 200
        assert response.json() == {
            "space_id": space["space_id"],
            "user_id": ada.user_id,
            "name": "Ada",
            "role": "owner",
            "joined_at": "2026-03-14T15:09:26.535Z",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(path_of(space)).json()["items"] == [response.json()]

    def test_get_member_returns_404_for_a_non_member(self, api: Api) -> None:
        ada = api.person()

        assert_problem(ada.get(path_of(ada.make_space(), api.person())), 404, "not_found")


class TestJoinPublicSpace:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return api.person("Ada")

    def test_join_public_space_makes_a_viewer(self, api: Api, ada: Person) -> None:
        space, bob = ada.make_space(visibility="public"), api.person("Bob")

        response = bob.post(path_of(space))

        assert response.status_code == 201
        assert response.headers["Location"] == path_of(space, bob)
        assert response.json()["role"] == "viewer"
        assert response.json() == bob.get(path_of(space, bob)).json()
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    @pytest.mark.parametrize("visibility", ["public", "private"])
    def test_join_public_space_rejects_a_member(self, api: Api, ada: Person, visibility: str) -> None:
        space = ada.make_space(visibility=visibility)
        viewer = api.member_of(space, ada, "viewer")

        assert_problem(ada.post(path_of(space)), 409, "already_member")
        assert_problem(viewer.post(path_of(space)), 409, "already_member")
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    def test_join_public_space_of_two_at_once_counts_one(
        self, api: Api, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        space, bob = ada.make_space(visibility="public"), api.person()
        before_commit(lambda: bob.elsewhere().post(path_of(space)))

        assert_problem(bob.post(path_of(space)), 409, "already_member")
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    def test_join_public_space_hides_a_private_space(self, api: Api, ada: Person) -> None:
        assert_problem(api.person().post(path_of(ada.make_space())), 404, "not_found")

    def test_join_public_space_does_not_open_a_space_that_turns_private_concurrently(
        self, api: Api, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        space, bob = ada.make_space(visibility="public"), api.person()
        path, owner = f"/api/v1/spaces/{space['space_id']}", ada.elsewhere()
        before_commit(lambda: owner.patch(path, {"visibility": "private"}))

        assert_problem(bob.post(path_of(space)), 404, "not_found")

    def test_join_public_space_is_rejected_at_the_limit_of_members_a_space(
        self, api: Api, ada: Person, set_parameter: Any, before_commit: Callable[..., None]
    ) -> None:
        set_parameter("max_members_per_space", "2")
        space, first, second = ada.make_space(visibility="public"), api.person(), api.person()
        before_commit(lambda: first.elsewhere().post(path_of(space)))

        assert_problem(second.post(path_of(space)), 409, "space_full")
        assert_problem(second.post(path_of(space)), 409, "space_full")
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    def test_join_public_space_is_rejected_at_the_limit_of_spaces_a_user(
        self, api: Api, ada: Person, set_parameter: Any
    ) -> None:
        set_parameter("max_spaces_per_user", "1")
        space, bob = ada.make_space(visibility="public"), api.person()
        bob.make_space()

        assert_problem(bob.post(path_of(space)), 409, "space_limit_reached")


class TestChangeRole:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_change_role_gives_another_role(self, api: Api, clock: FrozenClock, role: str) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "admin" if role != "admin" else "viewer")
        before = ada.get(path_of(space, bob)).json()
        clock.advance(hours=1)

        response = ada.patch(path_of(space, bob), {"role": role})

        assert response.status_code == 200
        changes = {"role": role, "version": 3, "updated_at": "2026-03-14T16:09:26.535Z", "etag": ANY_ETAG}
        assert response.json() == before | changes
        assert ada.get(path_of(space, bob)).json() == response.json()

    def test_change_role_to_the_same_role_changes_nothing(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        before = ada.get(path_of(space, bob)).json()

        assert ada.patch(path_of(space, bob), {"role": "member"}).json() == before

    def test_change_role_rejects_the_role_owner(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "admin")

        response = ada.patch(path_of(space, bob), {"role": "owner"})

        assert_problem(response, 422, "validation_failed", field="body.role")

    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_change_role_of_the_owner_is_rejected(self, api: Api, role: str) -> None:
        ada = api.person()
        space = ada.make_space()

        assert_problem(ada.patch(path_of(space, ada), {"role": role}), 409, "owner_is_fixed")
        assert ada.get(path_of(space, ada)).json()["role"] == "owner"

    def test_change_role_returns_404_for_a_non_member(self, api: Api) -> None:
        ada = api.person()

        response = ada.patch(path_of(ada.make_space(), api.person()), {"role": "viewer"})

        assert_problem(response, 404, "not_found")

    def test_admin_cannot_change_a_member_made_admin_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        admin, bob = api.member_of(space, ada, "admin"), api.member_of(space, ada, "member")
        owner = ada.elsewhere()
        before_commit(lambda: owner.patch(path_of(space, bob), {"role": "admin"}))

        assert_problem(admin.patch(path_of(space, bob), {"role": "viewer"}), 403, "forbidden")
        assert ada.get(path_of(space, bob)).json()["role"] == "admin"
