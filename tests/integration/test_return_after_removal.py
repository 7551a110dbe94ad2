"""Removal and demotion outdate invitations, codes and stored answers: none of them lets anyone back in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import invitations_to, invite, standing


def member_path(space: dict[str, Any], person: Person) -> str:
    return f"/api/v1/spaces/{space['space_id']}/members/{person.user_id}"


def user_path(organization: dict[str, Any], person: Person) -> str:
    return f"/api/v1/organizations/{organization['org_id']}/users/{person.user_id}"


def second_address(api: Api, email: str) -> Person:
    """The same human with another account, for another address of theirs."""
    return api.user(email).make_profile("Second")


@pytest.fixture
def owner(api: Api) -> Person:
    return api.person("Olga")


@pytest.fixture
def space(owner: Person) -> dict[str, Any]:
    return owner.make_space(visibility="public")


@pytest.fixture
def organization(owner: Person) -> dict[str, Any]:
    return owner.make_organization()


@pytest.fixture
def ben(api: Api) -> Person:
    return api.person("Ben")


class TestInvitationAfterEntering:
    def test_invitation_is_closed_by_joining_with_a_code(
        self, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        invitation = invite(owner, space, ben.email, role="admin")
        ben.join(owner.make_code(space["space_id"]))

        assert_problem(ben.accept(invitation), 410, "invitation_closed")
        assert standing(owner, space) == {ben.email: "revoked"}
        owner.delete(member_path(space, ben))
        assert_problem(ben.accept(invitation), 410, "invitation_closed")
        assert owner.get(member_path(space, ben)).status_code == 404

    def test_invitation_is_closed_by_joining_a_public_space(
        self, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        invitation = invite(owner, space, ben.email, role="admin")
        ben.post(f"/api/v1/spaces/{space['space_id']}/members")

        assert_problem(ben.accept(invitation), 410, "invitation_closed")
        assert owner.get(member_path(space, ben)).json()["role"] == "viewer"

    def test_invitation_to_profile_address_is_closed_by_accepting_another(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        older = invite(owner, space, ben.email, role="admin")
        taken = api.person("Carl").email  # so that Ben's profile cannot follow his token
        newer = invite(owner, space, taken, role="viewer")
        token, ben.token = ben.token, api.signing_key.token(ben.user_id, taken)
        assert ben.accept(newer).status_code == 200

        ben.token = token
        assert_problem(ben.accept(older), 410, "invitation_closed")

    def test_invitation_that_comes_while_joining_is_closed(
        self, owner: Person, space: dict[str, Any], ben: Person, before_commit: Any
    ) -> None:
        code = owner.make_code(space["space_id"])
        made: list[dict[str, Any]] = []
        before_commit(lambda: made.append(invite(owner.elsewhere(), space, ben.email, role="admin")))

        assert ben.join(code).status_code == 200
        assert_problem(ben.accept(made[0]), 410, "invitation_closed")

    def test_expired_invitation_that_is_renewed_while_joining_is_closed(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, before_commit: Any
    ) -> None:
        invite(owner, space, ben.email, role="admin")
        api.clock.advance(days=8)
        code = owner.make_code(space["space_id"])
        made: list[dict[str, Any]] = []
        before_commit(lambda: made.append(invite(owner.elsewhere(), space, ben.email, role="admin")))

        assert ben.join(code).status_code == 200
        assert_problem(ben.accept(made[0]), 410, "invitation_closed")

    def test_expired_invitation_stays_expired(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        invite(owner, space, ben.email)
        api.clock.advance(days=8)

        assert ben.join(owner.make_code(space["space_id"])).status_code == 200
        assert standing(owner, space) == {ben.email: "expired"}


class TestInvitationAfterRemovalOfInvitee:
    @pytest.mark.parametrize("lowered", ["removed", "demoted"])
    def test_invitation_left_open_to_member_is_closed(
        self, owner: Person, space: dict[str, Any], api: Api, lowered: str
    ) -> None:
        ben = api.member_of(space, owner, "admin")
        invitation = self.leave_open(api, owner, space, ben)

        if lowered == "removed":
            owner.delete(member_path(space, ben))
        else:
            owner.patch(member_path(space, ben), {"role": "viewer"})
            ben.delete(member_path(space, ben))

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def leave_open(self, api: Api, owner: Person, space: dict[str, Any], ben: Person) -> dict[str, Any]:
        """An invitation that was made while its person came in: it read that they were not in."""
        invitation = invite(owner, space, "elsewhere@example.com", role="admin")
        ben.token = api.signing_key.token(ben.user_id, "elsewhere@example.com")
        ben.patch("/api/v1/users/me", {"email": "elsewhere@example.com"})
        return invitation

    def test_promotion_closes_no_invitation(
        self, owner: Person, space: dict[str, Any], api: Api, ben: Person
    ) -> None:
        amy = api.member_of(space, owner, "member")
        code = owner.make_code(space["space_id"])
        owner.patch(member_path(space, amy), {"role": "admin"})

        assert ben.join(code).status_code == 200


class TestInvitationAfterDemotionOfInviter:
    @pytest.mark.parametrize("role", ["member", "viewer"])
    def test_invitation_by_demoted_admin_is_closed(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, role: str
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        invitation = invite(admin, space, ben.email, role="member")
        owner.patch(member_path(space, admin), {"role": role})

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def test_expired_invitation_by_demoted_admin_stays_expired(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, run_background: Any
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        invite(admin, space, ben.email)
        api.clock.advance(days=8)
        owner.patch(member_path(space, admin), {"role": "viewer"})
        run_background()

        assert standing(owner, space) == {ben.email: "expired"}

    @pytest.mark.parametrize("how", ["removed", "left"])
    def test_invitation_to_second_address_of_former_admin_is_closed(
        self, api: Api, owner: Person, space: dict[str, Any], how: str
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        invitation = invite(admin, space, "second@example.com")
        (owner if how == "removed" else admin).delete(member_path(space, admin))

        second = second_address(api, "second@example.com")
        assert_problem(second.accept(invitation), 410, "invitation_closed")
        admin.token = api.signing_key.token(admin.user_id, "second@example.com")
        assert_problem(admin.accept(invitation), 410, "invitation_closed")

    def test_invitation_by_admin_whose_account_is_closed_is_closed(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        invitation = invite(admin, space, ben.email)
        assert admin.delete("/api/v1/users/me").status_code == 202

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def test_admin_invitation_by_former_owner_is_closed(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, run_background: Callable[[], None]
    ) -> None:
        heir = api.member_of(space, owner, "admin")
        carl = api.person("Carl")
        to_admin = invite(owner, space, ben.email, role="admin")
        to_member = invite(owner, space, carl.email, role="member")
        owner.post(f"/api/v1/spaces/{space['space_id']}/ownership", {"user_id": heir.user_id})

        assert_problem(ben.accept(to_admin), 410, "invitation_closed")
        run_background()
        assert standing(heir, space) == {ben.email: "revoked", carl.email: "pending"}
        assert carl.accept(to_member).status_code == 200

    def test_demotion_while_accepting_is_noticed(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, before_commit: Any
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        invitation = invite(admin, space, ben.email)
        path = member_path(space, admin)
        before_commit(lambda: owner.elsewhere().patch(path, {"role": "member"}))

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def test_what_was_sent_before_the_demotion_stays_closed_after_a_promotion(
        self, api: Api, owner: Person, space: dict[str, Any], ben: Person, run_background: Callable[[], None]
    ) -> None:
        admin = api.member_of(space, owner, "admin")
        before = invite(admin, space, ben.email)
        by_owner = invite(owner, space, "friend@example.com")
        invite(admin, space, "gone@example.com")
        admin.delete(f"{invitations_to(space)}/{standing_id(admin, space, 'gone@example.com')}")
        owner.patch(member_path(space, admin), {"role": "viewer"})
        api.clock.advance(seconds=1)
        owner.patch(member_path(space, admin), {"role": "admin"})
        invite(admin, space, "later@example.com")
        run_background()

        assert standing(owner, space) == {
            ben.email: "revoked",
            "friend@example.com": "pending",
            "gone@example.com": "revoked",
            "later@example.com": "pending",
        }
        assert_problem(ben.accept(before), 410, "invitation_closed")
        assert api.user(by_owner["email"]).make_profile().accept(by_owner).status_code == 200


def standing_id(inviter: Person, place: dict[str, Any], email: str) -> str:
    items = inviter.get(f"{invitations_to(place)}?limit=100").json()["items"]
    return next(str(item["invitation_id"]) for item in items if item["email"] == email)


class TestInvitationToOrganization:
    @pytest.mark.parametrize("how", ["demoted", "removed", "left"])
    def test_invitation_to_second_address_of_former_admin_is_closed(
        self,
        api: Api,
        owner: Person,
        organization: dict[str, Any],
        run_background: Callable[[], None],
        how: str,
    ) -> None:
        admin = api.user_of(organization, owner, "admin")
        invitation = invite(admin, organization, "second@example.com", role="admin")
        if how == "demoted":
            owner.patch(user_path(organization, admin), {"role": "member"})
        else:
            (owner if how == "removed" else admin).delete(user_path(organization, admin))

        second = second_address(api, "second@example.com")
        assert_problem(second.accept(invitation), 410, "invitation_closed")
        run_background()
        assert standing(owner, organization)["second@example.com"] == "revoked"

    def test_invitation_by_admin_whose_account_is_closed_is_closed(
        self, api: Api, owner: Person, organization: dict[str, Any], ben: Person
    ) -> None:
        admin = api.user_of(organization, owner, "admin")
        invitation = invite(admin, organization, ben.email)
        assert admin.delete("/api/v1/users/me").status_code == 202

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def test_demotion_while_accepting_is_noticed(
        self, api: Api, owner: Person, organization: dict[str, Any], ben: Person, before_commit: Any
    ) -> None:
        admin = api.user_of(organization, owner, "admin")
        invitation = invite(admin, organization, ben.email, role="admin")
        path = user_path(organization, admin)
        before_commit(lambda: owner.elsewhere().patch(path, {"role": "member"}))

        assert_problem(ben.accept(invitation), 410, "invitation_closed")

    def test_invitation_to_another_address_is_closed_by_removal(
        self, api: Api, owner: Person, organization: dict[str, Any]
    ) -> None:
        ben = api.user_of(organization, owner)
        invitation = invite(owner, organization, "other@example.com", role="admin")
        ben.token = api.signing_key.token(ben.user_id, "other@example.com")
        ben.patch("/api/v1/users/me", {"email": "other@example.com"})
        owner.delete(user_path(organization, ben))

        assert_problem(ben.accept(invitation), 410, "invitation_closed")


class TestInviteCodeAfterDemotion:
    @pytest.mark.parametrize(
        ("role", "lower"), [("member", "viewer"), ("admin", "viewer"), ("admin", "member")]
    )
    def test_code_known_before_demotion_does_not_let_in(
        self, api: Api, owner: Person, space: dict[str, Any], role: str, lower: str
    ) -> None:
        person = api.member_of(space, owner, role)
        code = owner.make_code(space["space_id"])
        owner.patch(member_path(space, person), {"role": lower})
        person.delete(member_path(space, person))

        assert_problem(person.join(code), 404, "invite_code_invalid")


class TestReplayAfterRemoval:
    def join(self, person: Person, code: str) -> Any:
        return person.post("/api/v1/spaces/join", {"code": code}, idempotency_key="one")

    def test_replayed_join_of_private_space_is_not_found(self, owner: Person, ben: Person) -> None:
        space = owner.make_space()
        code = owner.make_code(space["space_id"])
        first = self.join(ben, code)
        again = self.join(ben, code)
        assert (again.status_code, again.json()) == (200, first.json())
        owner.delete(member_path(space, ben))

        assert_problem(self.join(ben, code), 404, "not_found")

    def test_replayed_join_of_public_space_is_forbidden(
        self, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        code = owner.make_code(space["space_id"])
        self.join(ben, code)
        owner.delete(member_path(space, ben))

        assert_problem(self.join(ben, code), 403, "forbidden")

    def test_replayed_public_join_is_forbidden(
        self, owner: Person, space: dict[str, Any], ben: Person
    ) -> None:
        path = f"/api/v1/spaces/{space['space_id']}/members"
        assert ben.post(path, idempotency_key="one").status_code == 201
        owner.delete(member_path(space, ben))

        assert_problem(ben.post(path, idempotency_key="one"), 403, "forbidden")

    @pytest.mark.parametrize("place", ["space", "organization"])
    def test_replayed_acceptance_is_not_found(
        self, owner: Person, organization: dict[str, Any], ben: Person, place: str
    ) -> None:
        target = owner.make_space() if place == "space" else organization
        invitation = invite(owner, target, ben.email)
        path = f"/api/v1/invitations/{invitation['invitation_id']}/accept"
        assert ben.post(path, idempotency_key="one").status_code == 200
        owner.delete(member_path(target, ben) if place == "space" else user_path(target, ben))

        assert_problem(ben.post(path, idempotency_key="one"), 404, "not_found")
