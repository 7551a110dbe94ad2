"""`/organizations/{org_id}/users`: the directory, roles, leaving and being removed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person

ME = "/api/v1/users/me"


def path_of(organization: dict[str, Any], person: Person | None = None) -> str:
    users = f"/api/v1/organizations/{organization['org_id']}/users"
    return f"{users}/{person.user_id}" if person else users


def roles(person: Person, organization: dict[str, Any]) -> dict[str, str]:
    return {user["user_id"]: user["role"] for user in person.get(path_of(organization)).json()["items"]}


class TestListUsers:
    def test_list_users_shows_what_people_tell_of_themselves_and_no_email(self, api: Api) -> None:
        ada = api.person("Ada Lovelace")
        about = {
            "preferred_name": "Ada",
            "bio": "Poetical science",
            "avatar_url": "https://example.com/a.png",
        }
        ada.patch(ME, about)
        organization = ada.make_organization()

        page = ada.get(path_of(organization)).json()

        assert page == {
            "items": [
                {
                    "org_id": organization["org_id"],
                    "user_id": ada.user_id,
                    "role": "admin",
                    "name": "Ada Lovelace",
                    **about,
                    "version": 3,
                    "created_at": "2026-03-14T15:09:26.535Z",
                    "updated_at": "2026-03-14T15:09:26.535Z",
                    "etag": ANY_ETAG,
                }
            ],
            "next_cursor": None,
        }

    def test_list_users_is_for_every_user_in_pages(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob, carol = api.user_of(organization, ada), api.user_of(organization, ada, "admin")

        first = bob.get(f"{path_of(organization)}?limit=2").json()
        second = bob.get(f"{path_of(organization)}?limit=2&cursor={first['next_cursor']}").json()

        shown = [user["user_id"] for user in first["items"] + second["items"]]
        assert shown == [ada.user_id, bob.user_id, carol.user_id]
        assert second["next_cursor"] is None

    def test_list_users_takes_no_cursor_of_another_organization(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        ours, theirs = ada.make_organization(), bob.make_organization()
        api.user_of(theirs, bob)
        cursor = bob.get(f"{path_of(theirs)}?limit=1").json()["next_cursor"]

        assert_problem(ada.get(f"{path_of(ours)}?cursor={cursor}"), 400, "invalid_cursor")


class TestChangeRole:
    @pytest.mark.parametrize(("before", "after"), [("member", "admin"), ("admin", "member")])
    def test_change_role_gives_another_role(self, api: Api, before: str, after: str) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, before)

        response = ada.patch(path_of(organization, bob), {"role": after})

        assert response.status_code == 200
        assert response.json()["role"] == after
        assert ada.get(path_of(organization)).json()["items"][1] == response.json()
        assert bob.get(ME).json()["org_role"] == after

    def test_change_role_counts_admins_right(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)
        ada.patch(path_of(organization, bob), {"role": "admin"})

        assert ada.patch(path_of(organization, ada), {"role": "member"}).status_code == 200
        assert_problem(bob.patch(path_of(organization, bob), {"role": "member"}), 409, "last_admin")
        assert roles(ada, organization) == {ada.user_id: "member", bob.user_id: "admin"}

    @pytest.mark.parametrize("role", ["admin", "member"])
    def test_change_role_to_the_same_role_changes_nothing(self, api: Api, role: str) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, role)
        before = ada.get(path_of(organization)).json()["items"][1]

        assert ada.patch(path_of(organization, bob), {"role": role}).json() == before

    def test_change_role_leaves_the_last_admin_admin(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        api.user_of(organization, ada)

        assert_problem(ada.patch(path_of(organization, ada), {"role": "member"}), 409, "last_admin")
        assert ada.get(ME).json()["org_role"] == "admin"

    def test_change_role_returns_404_for_a_user_of_another_organization(self, api: Api) -> None:
        ada, bob, nobody = api.person(), api.person(), api.user()
        organization = ada.make_organization()
        bob.make_organization()

        for person in (bob, nobody):
            response = ada.patch(path_of(organization, person), {"role": "admin"})
            assert_problem(response, 404, "not_found")

    def test_change_role_rejects_a_stale_version(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)
        stale = ada.patch(path_of(organization, bob), {"role": "admin"}).headers["ETag"]
        ada.patch(path_of(organization, bob), {"role": "member"})

        response = ada.patch(path_of(organization, bob), {"role": "admin"}, if_match=stale)

        assert_problem(response, 412, "precondition_failed")

    def test_change_role_of_the_last_two_admins_by_each_other_leaves_one(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, "admin")
        other = bob.elsewhere()
        before_commit(lambda: other.patch(path_of(organization, ada), {"role": "member"}))

        assert_problem(ada.patch(path_of(organization, bob), {"role": "member"}), 403, "forbidden")
        assert roles(ada, organization) == {ada.user_id: "member", bob.user_id: "admin"}

    def test_change_role_of_the_last_two_admins_by_themselves_leaves_one(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, "admin")
        other = bob.elsewhere()
        before_commit(lambda: other.patch(path_of(organization, bob), {"role": "member"}))

        assert_problem(ada.patch(path_of(organization, ada), {"role": "member"}), 409, "last_admin")
        assert roles(ada, organization) == {ada.user_id: "admin", bob.user_id: "member"}


class TestRemoveUser:
    @pytest.mark.parametrize("role", ["admin", "member"])
    def test_remove_user_lets_an_admin_remove_anyone(self, api: Api, role: str) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, role)

        response = ada.delete(path_of(organization, bob))

        assert (response.status_code, response.content) == (204, b"")
        assert roles(ada, organization) == {ada.user_id: "admin"}
        assert ada.get(path_of(organization).removesuffix("/users")).json()["member_count"] == 1
        assert bob.get(ME).json()["org_id"] is None
        assert_problem(bob.get(path_of(organization)), 404, "not_found")

    @pytest.mark.parametrize("role", ["admin", "member"])
    def test_remove_user_lets_everybody_leave(self, api: Api, role: str) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, role)

        assert bob.delete(path_of(organization, bob)).status_code == 204
        assert roles(ada, organization) == {ada.user_id: "admin"}
        assert bob.make_organization()["role"] == "admin"

    def test_removed_user_can_be_invited_again(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)
        bob.delete(path_of(organization, bob))
        path = f"/api/v1/organizations/{organization['org_id']}/invitations"

        again = ada.post(path, {"email": bob.email, "role": "admin"}).json()

        assert bob.accept(again).json()["role"] == "admin"

    def test_remove_user_keeps_the_last_admin(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        api.user_of(organization, ada)

        assert_problem(ada.delete(path_of(organization, ada)), 409, "last_admin")
        assert len(roles(ada, organization)) == 2

    def test_remove_user_keeps_the_admin_who_is_the_last_one_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, "admin")
        other = bob.elsewhere()
        before_commit(lambda: other.delete(path_of(organization, bob)))

        assert_problem(ada.delete(path_of(organization, ada)), 409, "last_admin")
        assert roles(ada, organization) == {ada.user_id: "admin"}

    def test_remove_user_by_an_admin_removed_concurrently_is_rejected(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob, carol = api.user_of(organization, ada, "admin"), api.user_of(organization, ada)
        admin = ada.elsewhere()
        before_commit(lambda: admin.delete(path_of(organization, bob)))

        assert_problem(bob.delete(path_of(organization, carol)), 404, "not_found")
        assert roles(ada, organization) == {ada.user_id: "admin", carol.user_id: "member"}

    def test_remove_user_returns_404_for_a_user_of_another_organization(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        organization = ada.make_organization()
        bob.make_organization()

        assert_problem(ada.delete(path_of(organization, bob)), 404, "not_found")

    def test_remove_user_rejects_a_stale_version(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)
        stale = ada.patch(path_of(organization, bob), {"role": "admin"}).headers["ETag"]
        bob.patch(ME, {"name": "Bobby"})

        response = ada.delete(path_of(organization, bob), if_match=stale)

        assert_problem(response, 412, "precondition_failed")


class TestClosingAnAccount:
    def test_closing_an_account_takes_the_user_out_at_once(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, "admin")

        assert bob.delete(ME).status_code == 202
        assert roles(ada, organization) == {ada.user_id: "admin"}
        assert ada.get(path_of(organization).removesuffix("/users")).json()["member_count"] == 1
        assert_problem(ada.delete(ME), 409, "last_admin")

    def test_closing_an_account_is_not_for_the_admin_who_is_the_last_one_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada, "admin")
        other = bob.elsewhere()
        before_commit(lambda: other.delete(ME))

        assert_problem(ada.delete(ME), 409, "last_admin")
        assert roles(ada, organization) == {ada.user_id: "admin"}
