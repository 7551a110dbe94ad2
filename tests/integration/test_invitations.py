"""`POST /spaces/{space_id}/invitations`: inviting somebody to a space by e-mail."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.invitation_helpers import invitations_to, invite, standing

EVE = "eve@example.com"


class TestCreateInvitation:
    def test_create_invitation_is_open_for_a_week(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space("Morning runners")

        response = ada.post(
            invitations_to(space), {"email": EVE, "role": "viewer", "message": "Run with us!"}
        )

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "invitation_id": made["invitation_id"],
            "space_id": space["space_id"],
            "space_name": "Morning runners",
            "org_id": None,
            "org_name": None,
            "email": EVE,
            "role": "viewer",
            "message": "Run with us!",
            "invited_by": ada.user_id,
            "status": "pending",
            "expires_at": "2026-03-21T15:09:26.535Z",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == invitations_to(space)
        assert response.headers["ETag"].startswith('"1-')
        assert ada.get(invitations_to(space)).json()["items"] == [made]

    def test_create_invitation_is_for_a_member_without_a_word_unless_told_otherwise(self, api: Api) -> None:
        ada = api.person()

        invitation = invite(ada, ada.make_space(), EVE)

        assert (invitation["role"], invitation["message"]) == ("member", None)

    def test_create_invitation_is_open_for_as_long_as_the_setting_says(
        self, api: Api, set_parameter: Any
    ) -> None:
        set_parameter("invitation_days", "2")
        ada = api.person()

        assert invite(ada, ada.make_space(), EVE)["expires_at"] == "2026-03-16T15:09:26.535Z"

    def test_create_invitation_normalizes_the_address(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        assert invite(ada, space, " Eve@Example.COM\n")["email"] == EVE
        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 409, "already_invited")

    @pytest.mark.parametrize(("role", "status"), [("admin", 403), ("member", 201), ("viewer", 201)])
    def test_create_invitation_by_an_admin_makes_no_admin(self, api: Api, role: str, status: int) -> None:
        ada = api.person()
        space = ada.make_space()
        admin = api.member_of(space, ada, "admin")

        assert admin.post(invitations_to(space), {"email": EVE, "role": role}).status_code == status

    def test_create_invitation_by_the_owner_may_make_an_admin(self, api: Api) -> None:
        ada = api.person()

        assert invite(ada, ada.make_space(), EVE, role="admin")["role"] == "admin"

    def test_create_invitation_rejects_the_role_owner(self, api: Api) -> None:
        ada = api.person()

        response = ada.post(invitations_to(ada.make_space()), {"email": EVE, "role": "owner"})

        assert_problem(response, 422, "validation_failed", field="body.role")

    @pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
    def test_create_invitation_is_not_for_members(self, api: Api, role: str) -> None:
        ada = api.person()
        space = ada.make_space()
        member = ada if role == "owner" else api.member_of(space, ada, role)

        response = ada.post(invitations_to(space), {"email": member.email})

        assert_problem(response, 409, "already_member")

    def test_create_invitation_is_accepted_for_former_members(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        bob.delete(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}")

        assert bob.accept(invite(ada, space, bob.email)).json()["role"] == "member"

    def test_create_invitation_to_another_space_is_another_one(self, api: Api) -> None:
        ada = api.person()
        first, second = (invite(ada, ada.make_space(), EVE) for _ in range(2))

        assert first["invitation_id"] != second["invitation_id"]

    def test_create_invitation_with_the_same_key_twice_happens_once(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        first, second = (
            ada.post(invitations_to(space), {"email": EVE}, idempotency_key="one") for _ in range(2)
        )

        assert (second.status_code, second.text) == (201, first.text)
        assert second.headers["Idempotency-Replayed"] == "true"
        assert standing(ada, space) == {EVE: "pending"}


class TestConcurrentInvitation:
    def test_invitation_by_an_admin_demoted_concurrently_is_rejected(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        admin, owner = api.member_of(space, ada, "admin"), ada.elsewhere()
        place = f"/api/v1/spaces/{space['space_id']}/members/{admin.user_id}"
        before_commit(lambda: owner.patch(place, {"role": "viewer"}))

        assert_problem(admin.post(invitations_to(space), {"email": EVE}), 403, "forbidden")
        assert standing(ada, space) == {}

    def test_same_address_is_invited_once_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        before_commit(lambda: invite(ada.elsewhere(), space, EVE))

        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 409, "already_invited")
        assert standing(ada, space) == {EVE: "pending"}

    def test_concurrent_invitation_who_comes_in_has_an_invitation_that_is_of_no_use(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada, bob = api.person(), api.person()
        space = ada.make_space()
        code = ada.make_code(space["space_id"])
        before_commit(lambda: bob.elsewhere().join(code))

        assert_problem(bob.accept(invite(ada, space, bob.email)), 409, "already_member")


class TestRenewal:
    def test_renewal_of_an_expired_invitation_is_the_same_one_again(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space("Runners")
        admin = api.member_of(space, ada, "admin")
        first = invite(ada, space, EVE, role="admin", message="Please")
        ada.patch(f"/api/v1/spaces/{space['space_id']}", {"name": "Walkers"})
        api.clock.advance(days=7)

        second = invite(admin, space, EVE, role="viewer")

        assert second == first | {
            "space_name": "Walkers",
            "role": "viewer",
            "message": None,
            "invited_by": admin.user_id,
            "status": "pending",
            "expires_at": "2026-03-28T15:09:26.535Z",
            "version": 2,
            "updated_at": "2026-03-21T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(invitations_to(space)).json()["items"] == [second]
        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 409, "already_invited")

    def test_renewal_is_not_needed_a_moment_too_early(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        invite(ada, space, EVE)
        api.clock.advance(days=7, milliseconds=-1)

        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 409, "already_invited")

    def test_renewal_may_be_sent_again_as_often_as_a_new_one(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        invitation = invite(ada, space, EVE)
        resend = f"{invitations_to(space)}/{invitation['invitation_id']}/resend"
        for _ in range(3):
            api.clock.advance(hours=1)
            assert ada.post(resend).status_code == 200
        api.clock.advance(days=7)
        invite(ada, space, EVE)
        api.clock.advance(hours=1)

        assert ada.post(resend).status_code == 200

    def test_renewal_of_two_at_once_is_one(self, api: Api, before_commit: Callable[..., None]) -> None:
        ada = api.person()
        space = ada.make_space()
        invite(ada, space, EVE)
        api.clock.advance(days=7)
        before_commit(lambda: invite(ada.elsewhere(), space, EVE))

        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 409, "already_invited")

    @pytest.mark.parametrize("end", ["declined", "revoked"])
    def test_renewal_of_a_closed_invitation_is_a_new_one(self, api: Api, end: str) -> None:
        ada, eve = api.person(), api.person()
        space = ada.make_space()
        first = invite(ada, space, eve.email)
        if end == "declined":
            eve.post(f"/api/v1/invitations/{first['invitation_id']}/decline")
        else:
            ada.delete(f"{invitations_to(space)}/{first['invitation_id']}")

        second = invite(ada, space, eve.email)

        assert second["invitation_id"] != first["invitation_id"]
        statuses = [item["status"] for item in ada.get(invitations_to(space)).json()["items"]]
        assert statuses == ["pending", end]

    def test_renewal_of_a_forgotten_invitation_is_a_new_one(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        first = invite(ada, space, EVE)
        api.clock.advance(days=37)

        assert standing(ada, space) == {}
        assert invite(ada, space, EVE)["invitation_id"] != first["invitation_id"]


class TestDailyLimit:
    @pytest.fixture(autouse=True)
    def two(self, set_parameter: Any) -> None:
        set_parameter("max_invitations_per_day", "2")

    def test_daily_limit_rejects_one_more_until_midnight(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        for email in ("bob@example.com", "carol@example.com"):
            invite(ada, space, email)

        response = ada.post(invitations_to(space), {"email": EVE})

        assert_problem(response, 429, "too_many_invitations")
        assert response.headers["Retry-After"] == str((8 * 60 + 50) * 60 + 34)
        api.clock.advance(seconds=int(response.headers["Retry-After"]))
        invite(ada, space, EVE)

    def test_daily_limit_counts_what_was_sent_whatever_became_of_it(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        for _ in range(2):
            made = invite(ada, space, EVE)
            ada.delete(f"{invitations_to(space)}/{made['invitation_id']}")

        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 429, "too_many_invitations")

    def test_daily_limit_is_for_each_space_alone(self, api: Api) -> None:
        ada = api.person()
        for space in (ada.make_space(), ada.make_space()):
            for email in ("bob@example.com", "carol@example.com"):
                invite(ada, space, email)

    @pytest.mark.parametrize("before", [0, 1])
    def test_daily_limit_is_kept_concurrently(
        self, api: Api, before_commit: Callable[..., None], before: int
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        for number in range(before):
            invite(ada, space, f"first{number}@example.com")
        before_commit(
            lambda: [
                invite(ada.elsewhere(), space, f"second{number}@example.com") for number in range(2 - before)
            ]
        )

        assert_problem(ada.post(invitations_to(space), {"email": EVE}), 429, "too_many_invitations")
        assert len(standing(ada, space)) == 2
