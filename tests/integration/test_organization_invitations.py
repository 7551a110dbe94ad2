"""`/organizations/{org_id}/invitations`: like a space's; and nobody is in two organizations."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import invitations_to, invite, standing

EVE = "eve@example.com"
NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def ada(api: Api) -> Person:
    """The admin."""
    return api.person("Ada")


@pytest.fixture
def organization(ada: Person) -> dict[str, Any]:
    return ada.make_organization("Analytical Engines")


class TestCreateOrganizationInvitation:
    def test_create_organization_invitation_is_open_for_a_week(
        self, ada: Person, organization: dict[str, Any]
    ) -> None:
        response = ada.post(invitations_to(organization), {"email": EVE, "message": "Welcome aboard"})

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "invitation_id": made["invitation_id"],
            "space_id": None,
            "space_name": None,
            "org_id": organization["org_id"],
            "org_name": "Analytical Engines",
            "email": EVE,
            "role": "member",
            "message": "Welcome aboard",
            "invited_by": ada.user_id,
            "status": "pending",
            "expires_at": "2026-03-21T15:09:26.535Z",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == invitations_to(organization)
        assert ada.get(invitations_to(organization)).json()["items"] == [made]

    @pytest.mark.parametrize("role", ["owner", "viewer"])
    def test_create_organization_invitation_knows_admins_and_members_only(
        self, ada: Person, organization: dict[str, Any], role: str
    ) -> None:
        response = ada.post(invitations_to(organization), {"email": EVE, "role": role})

        assert_problem(response, 422, "validation_failed", field="body.role")

    def test_create_organization_invitation_is_rejected_to_who_is_in(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        for person in (ada, api.user_of(organization, ada)):
            response = ada.post(invitations_to(organization), {"email": person.email})
            assert_problem(response, 409, "already_member")

    def test_create_organization_invitation_does_not_tell_who_is_in_another(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        bob = api.person()
        bob.make_organization()

        invitation = invite(ada, organization, bob.email)

        assert_problem(bob.accept(invitation), 409, "already_in_organization")

    def test_create_organization_invitation_is_rejected_while_another_one_is_open(
        self, ada: Person, organization: dict[str, Any]
    ) -> None:
        invite(ada, organization, EVE)

        assert_problem(ada.post(invitations_to(organization), {"email": EVE}), 409, "already_invited")

    def test_create_organization_invitation_is_rejected_at_the_limit_a_day(
        self, ada: Person, organization: dict[str, Any], set_parameter: Any
    ) -> None:
        set_parameter("max_invitations_per_day", "1")
        invite(ada, organization, "bob@example.com")

        response = ada.post(invitations_to(organization), {"email": EVE})

        assert_problem(response, 429, "too_many_invitations")
        assert int(response.headers["Retry-After"]) > 0

    def test_create_organization_invitation_of_who_was_invited_long_ago_is_the_same_one_again(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        first = invite(ada, organization, EVE)
        api.clock.advance(days=7)

        second = invite(ada, organization, EVE, role="admin")

        assert (second["invitation_id"], second["role"]) == (first["invitation_id"], "admin")
        assert ada.get(invitations_to(organization)).json()["items"] == [second]

    def test_create_organization_invitation_is_forbidden_to_who_is_demoted_concurrently(
        self, api: Api, ada: Person, organization: dict[str, Any], before_commit: Callable[..., None]
    ) -> None:
        bob = api.user_of(organization, ada, "admin")
        user = f"/api/v1/organizations/{organization['org_id']}/users/{bob.user_id}"
        before_commit(lambda: ada.elsewhere().patch(user, {"role": "member"}))

        assert_problem(bob.post(invitations_to(organization), {"email": EVE}), 403, "forbidden")
        assert standing(ada, organization) == {bob.email: "accepted"}

    def test_create_organization_invitation_is_not_for_who_dissolves_it_concurrently(
        self, ada: Person, organization: dict[str, Any], before_commit: Callable[..., None]
    ) -> None:
        before_commit(lambda: ada.elsewhere().delete(f"/api/v1/organizations/{organization['org_id']}"))

        assert_problem(ada.post(invitations_to(organization), {"email": EVE}), 404, "not_found")

    def test_create_organization_invitation_with_the_same_key_twice_happens_once(
        self, ada: Person, organization: dict[str, Any]
    ) -> None:
        first, second = (
            ada.post(invitations_to(organization), {"email": EVE}, idempotency_key="one") for _ in range(2)
        )

        assert (second.status_code, second.text) == (201, first.text)


class TestInviteMany:
    def test_invite_many_judges_each_alone(self, api: Api, ada: Person, organization: dict[str, Any]) -> None:
        bob, carol = api.person(), api.user_of(organization, ada)
        bob.make_organization()
        asked = [
            {"email": EVE, "role": "admin"},
            {"email": bob.email},
            {"email": carol.email},
            {"email": "dan@example.com", "role": "viewer"},
        ]

        response = ada.post(f"{invitations_to(organization)}/batch", {"invitations": asked})

        assert response.status_code == 200
        results = response.json()["results"]
        assert [(result["email"], result["status"], result["code"]) for result in results] == [
            (EVE, 201, None),
            (bob.email, 201, None),
            (carol.email, 409, "already_member"),
            ("dan@example.com", 422, "validation_failed"),
        ]
        assert standing(ada, organization) == {
            bob.email: "pending",
            carol.email: "accepted",
            EVE: "pending",
        }


class TestListOrganizationInvitations:
    def test_list_organization_invitations_is_for_admins(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        bob = api.user_of(organization, ada, "admin")

        assert standing(bob, organization) == {bob.email: "accepted"}

    @pytest.mark.parametrize(("status", "expected"), [("pending", [EVE]), ("declined", []), ("accepted", [])])
    def test_list_organization_invitations_of_one_status(
        self, ada: Person, organization: dict[str, Any], status: str, expected: list[str]
    ) -> None:
        invite(ada, organization, EVE)

        items = ada.get(f"{invitations_to(organization)}?status={status}").json()["items"]

        assert [item["email"] for item in items] == expected


class TestRevokeOrganizationInvitation:
    def test_revoke_organization_invitation_ends_the_invitation(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        eve = api.person()
        made = invite(ada, organization, eve.email)
        path = f"{invitations_to(organization)}/{made['invitation_id']}"

        assert ada.delete(path).status_code == 204
        assert standing(ada, organization) == {eve.email: "revoked"}
        assert_problem(ada.delete(path), 410, "invitation_closed")
        assert_problem(eve.accept(made), 410, "invitation_closed")

    def test_revoke_organization_invitation_rejects_a_version_that_never_was(
        self, ada: Person, organization: dict[str, Any]
    ) -> None:
        made = invite(ada, organization, EVE)

        response = ada.delete(
            f"{invitations_to(organization)}/{made['invitation_id']}", if_match='"2-0123456789abcdef"'
        )

        assert_problem(response, 412, "precondition_failed")

    def test_revoke_organization_invitation_returns_404_for_what_is_not_of_this_organization(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        bob = api.person()
        theirs = invite(bob, bob.make_organization(), EVE)["invitation_id"]

        for invitation_id in (theirs, NOWHERE):
            response = ada.delete(f"{invitations_to(organization)}/{invitation_id}")
            assert_problem(response, 404, "not_found")


class TestAcceptOrganizationInvitation:
    @pytest.mark.parametrize("role", ["admin", "member"])
    def test_accept_organization_invitation_makes_a_user_in_that_role(
        self, api: Api, ada: Person, organization: dict[str, Any], role: str
    ) -> None:
        eve = api.person("Eve")

        response = eve.accept(invite(ada, organization, eve.email, role=role))

        assert response.status_code == 200
        assert response.json() == {
            "org_id": organization["org_id"],
            "user_id": eve.user_id,
            "role": role,
            "name": "Eve",
            "preferred_name": None,
            "avatar_url": None,
            "bio": None,
            "version": 2,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["ETag"].startswith('"2-')
        seen = eve.get(f"/api/v1/organizations/{organization['org_id']}").json()
        assert (seen["member_count"], seen["role"]) == (2, role)
        assert standing(ada, organization) == {eve.email: "accepted"}

    def test_accept_organization_invitation_is_rejected_to_who_is_in_another_by_now(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        eve = api.person()
        made = invite(ada, organization, eve.email)
        eve.make_organization()

        assert_problem(eve.accept(made), 409, "already_in_organization")
        assert eve.post(f"/api/v1/invitations/{made['invitation_id']}/decline").status_code == 204

    def test_accept_organization_invitation_is_rejected_to_who_is_in_by_another_email(
        self, api: Api, ada: Person, organization: dict[str, Any]
    ) -> None:
        eve = api.user_of(organization, ada)
        made = invite(ada, organization, "new@example.com")
        eve.token = api.signing_key.token(eve.user_id, "new@example.com")

        assert_problem(eve.accept(made), 409, "already_member")

    def test_accept_organization_invitation_of_two_organizations_at_once_is_one(
        self, api: Api, ada: Person, organization: dict[str, Any], before_commit: Callable[..., None]
    ) -> None:
        eve, bob = api.person(), api.person()
        ours = invite(ada, organization, eve.email)
        theirs = invite(bob, bob.make_organization(), eve.email)
        before_commit(lambda: eve.elsewhere().accept(theirs))

        assert_problem(eve.accept(ours), 409, "already_in_organization")
        assert eve.get("/api/v1/users/me").json()["org_id"] == theirs["org_id"]
        path = f"/api/v1/organizations/{organization['org_id']}"
        assert ada.get(path).json()["member_count"] == 1

    def test_accept_organization_invitation_finds_no_organization_that_is_dissolved(
        self, api: Api, ada: Person, organization: dict[str, Any], run_background: Callable[[], None]
    ) -> None:
        eve = api.person()
        made = invite(ada, organization, eve.email)
        ada.delete(f"/api/v1/organizations/{organization['org_id']}")

        assert_problem(eve.accept(made), 410, "invitation_closed")
        run_background()
        assert_problem(eve.accept(made), 404, "not_found")
