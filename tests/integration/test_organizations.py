"""`/organizations`: founding, reading, changing and dissolving an organization."""

from collections.abc import Callable
from typing import Any

from app.core.database import Table
from app.models.access_patterns import (
    INVITATION_COUNTS,
    INVITATIONS,
    invitation_claims_to,
    invitations_to,
)
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person

ORGANIZATIONS = "/api/v1/organizations"
ME = "/api/v1/users/me"


def path_of(organization: dict[str, Any]) -> str:
    return f"{ORGANIZATIONS}/{organization['org_id']}"


def invite(admin: Person, organization: dict[str, Any], person: Person) -> dict[str, Any]:
    response = admin.post(f"{path_of(organization)}/invitations", {"email": person.email})
    assert response.status_code == 201, response.text
    invitation: dict[str, Any] = response.json()
    return invitation


class TestUserWithoutProfile:
    def test_user_without_profile_is_asked_for_one_first(self, api: Api) -> None:
        organization = api.person().make_organization()

        assert_problem(api.user().get(path_of(organization)), 403, "profile_required")


class TestCreateOrganization:
    def test_create_organization_makes_the_caller_its_admin(self, api: Api) -> None:
        ada = api.person()

        response = ada.post(ORGANIZATIONS, {"name": "Analytical Engines"})

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "org_id": made["org_id"],
            "name": "Analytical Engines",
            "member_count": 1,
            "role": "admin",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made
        assert ada.get(path_of(made)).headers["ETag"] == response.headers["ETag"]

    def test_create_organization_says_so_in_the_callers_profile(self, api: Api) -> None:
        ada = api.person()
        made = ada.make_organization()

        profile = ada.get(ME).json()

        assert (profile["org_id"], profile["org_role"]) == (made["org_id"], "admin")

    def test_create_organization_is_for_who_is_in_none(self, api: Api) -> None:
        ada = api.person()
        bob = api.user_of(ada.make_organization(), ada)

        for person in (ada, bob):
            response = person.post(ORGANIZATIONS, {"name": "Second"})
            assert_problem(response, 409, "already_in_organization")

    def test_create_organization_of_two_at_once_makes_one(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        before_commit(lambda: ada.elsewhere().make_organization("First"))

        assert_problem(ada.post(ORGANIZATIONS, {"name": "Second"}), 409, "already_in_organization")
        assert ada.get(f"{ORGANIZATIONS}/{ada.get(ME).json()['org_id']}").json()["name"] == "First"

    def test_create_organization_with_the_same_key_twice_happens_once(self, api: Api) -> None:
        ada = api.person()

        first, second = (
            ada.post(ORGANIZATIONS, {"name": "Engines"}, idempotency_key="one") for _ in range(2)
        )

        assert (second.status_code, second.text) == (201, first.text)
        assert second.headers["Idempotency-Replayed"] == "true"


class TestGetOrganization:
    def test_get_organization_shows_each_user_their_own_role(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)

        assert ada.get(path_of(organization)).json() == organization | {"member_count": 2}
        assert bob.get(path_of(organization)).json() == organization | {"member_count": 2, "role": "member"}

    def test_get_organization_is_hidden_from_others(self, api: Api) -> None:
        organization, bob, carol = api.person().make_organization(), api.person(), api.person()
        carol.make_organization()

        for person in (bob, carol):
            assert_problem(person.get(path_of(organization)), 404, "not_found")


class TestUpdateOrganization:
    def test_update_organization_changes_the_name(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        api.clock.advance(minutes=1)

        response = ada.patch(path_of(organization), {"name": "Difference Engines"})

        assert response.status_code == 200
        assert response.json() == organization | {
            "name": "Difference Engines",
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(path_of(organization)).json() == response.json()

    def test_update_organization_to_the_same_changes_nothing(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()

        for body in ({}, {"name": organization["name"]}):
            assert ada.patch(path_of(organization), body).json() == organization

    def test_update_organization_keeps_count_of_who_came_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada, bob = api.person(), api.person()
        organization = ada.make_organization()
        invitation = invite(ada, organization, bob)
        before_commit(lambda: bob.elsewhere().accept(invitation))

        assert ada.patch(path_of(organization), {"name": "Engines"}).status_code == 200
        assert ada.get(path_of(organization)).json()["member_count"] == 2

    def test_update_organization_rejects_a_stale_version(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        stale = ada.get(path_of(organization)).headers["ETag"]
        ada.patch(path_of(organization), {"name": "Second"})

        response = ada.patch(path_of(organization), {"name": "Third"}, if_match=stale)

        assert_problem(response, 412, "precondition_failed")

    def test_update_organization_is_forbidden_to_who_is_demoted_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob, admin = api.user_of(organization, ada, "admin"), ada.elsewhere()
        user = f"{path_of(organization)}/users/{bob.user_id}"
        before_commit(lambda: admin.patch(user, {"role": "member"}))

        assert_problem(bob.patch(path_of(organization), {"name": "Mine"}), 403, "forbidden")
        assert ada.get(path_of(organization)).json()["name"] == organization["name"]


class TestDeleteOrganization:
    def test_delete_organization_leaves_nothing_of_it(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()

        response = ada.delete(path_of(organization))

        assert (response.status_code, response.content) == (204, b"")
        assert_problem(ada.get(path_of(organization)), 404, "not_found")
        profile = ada.get(ME).json()
        assert (profile["org_id"], profile["org_role"]) == (None, None)
        assert ada.make_organization()["org_id"] != organization["org_id"]

    def test_delete_organization_deletes_its_invitations_in_the_background(
        self, api: Api, table: Table, run_background: Callable[[], None]
    ) -> None:
        ada = api.person()
        organization = ada.make_organization()
        org_id = organization["org_id"]
        for person in (api.person(), api.user()):
            invite(ada, organization, person)
        ada.delete(path_of(organization))

        run_background()

        assert table.page(invitations_to(org_id), limit=1).items == []
        assert table.page(invitation_claims_to(org_id), limit=1).items == []
        assert table.page(INVITATION_COUNTS.within(target_id=org_id), limit=1).items == []

    def test_delete_organization_is_rejected_while_others_are_in_it(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        bob = api.user_of(organization, ada)

        assert_problem(ada.delete(path_of(organization)), 409, "organization_not_empty")
        bob.delete(f"{path_of(organization)}/users/{bob.user_id}")
        assert ada.delete(path_of(organization)).status_code == 204

    def test_delete_organization_is_rejected_if_somebody_comes_in_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada, bob = api.person(), api.person()
        organization = ada.make_organization()
        invitation = invite(ada, organization, bob)
        before_commit(lambda: bob.elsewhere().accept(invitation))

        assert_problem(ada.delete(path_of(organization)), 409, "organization_not_empty")
        assert ada.get(path_of(organization)).json()["member_count"] == 2

    def test_delete_organization_rejects_concurrent_acceptance(
        self, api: Api, table: Table, before_commit: Callable[..., None]
    ) -> None:
        ada, bob = api.person(), api.person()
        organization = ada.make_organization()
        invitation = invite(ada, organization, bob)
        admin = ada.elsewhere()
        before_commit(lambda: admin.delete(path_of(organization)))

        assert_problem(bob.accept(invitation), 410, "invitation_closed")
        assert bob.get(ME).json()["org_id"] is None
        key = INVITATIONS.key(target_id=organization["org_id"], invitation_id=invitation["invitation_id"])
        stored = table.get(key)
        assert stored is not None
        assert stored.status == "pending"

    def test_delete_organization_rejects_a_stale_version(self, api: Api) -> None:
        ada = api.person()
        organization = ada.make_organization()
        stale = ada.get(path_of(organization)).headers["ETag"]
        ada.patch(path_of(organization), {"name": "Second"})

        assert_problem(ada.delete(path_of(organization), if_match=stale), 412, "precondition_failed")
