"""`/spaces/{space_id}/invitations`: listing, sending again and taking back what was sent."""

from collections.abc import Callable

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.invitation_helpers import invitations_to, invite, standing

EVE = "eve@example.com"
NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
MANAGERS = pytest.mark.parametrize("role", ["owner", "admin"])


class TestListInvitations:
    def test_list_invitations_shows_the_newest_first_in_pages(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        made = [invite(ada, space, f"person{number}@example.org") for number in range(3)]

        first = ada.get(f"{invitations_to(space)}?limit=2").json()
        second = ada.get(f"{invitations_to(space)}?limit=2&cursor={first['next_cursor']}").json()

        assert first["items"] + second["items"] == made[::-1]
        assert second["next_cursor"] is None

    @MANAGERS
    def test_list_invitations_is_allowed_to_owner_and_admins(self, api: Api, role: str) -> None:
        ada = api.person()
        space = ada.make_space()
        manager = ada if role == "owner" else api.member_of(space, ada, role)
        invite(ada, space, EVE)

        assert standing(manager, space) == {EVE: "pending"}

    def test_list_invitations_shows_none_to_another_space(self, api: Api) -> None:
        ada = api.person()
        invite(ada, ada.make_space(), EVE)

        assert standing(ada, ada.make_space()) == {}

    def test_list_invitations_shows_what_became_of_each(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        late = invite(ada, space, "late@example.com")
        api.clock.advance(days=6)
        people = {end: api.person() for end in ("accept", "decline")}
        for end, person in people.items():
            made = invite(ada, space, person.email)
            person.post(f"/api/v1/invitations/{made['invitation_id']}/{end}")
        revoked = invite(ada, space, EVE)
        ada.delete(f"{invitations_to(space)}/{revoked['invitation_id']}")
        invite(ada, space, "open@example.com")
        api.clock.advance(days=1)

        assert standing(ada, space) == {
            late["email"]: "expired",
            people["accept"].email: "accepted",
            people["decline"].email: "declined",
            EVE: "revoked",
            "open@example.com": "pending",
        }
        for status in ("expired", "accepted", "declined", "revoked", "pending"):
            page = ada.get(f"{invitations_to(space)}?status={status}").json()
            assert [item["status"] for item in page["items"]] == [status]

    def test_list_invitations_rejects_another_status(self, api: Api) -> None:
        ada = api.person()

        response = ada.get(f"{invitations_to(ada.make_space())}?status=sent")

        assert_problem(response, 422, "validation_failed", field="query.status")

    def test_list_invitations_of_one_status_goes_on_behind_a_short_page(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        expired = invite(ada, space, EVE)
        api.clock.advance(days=7)
        for number in range(6):
            invite(ada, space, f"person{number}@example.org")

        path = f"{invitations_to(space)}?status=expired&limit=1"
        items, cursor = [], ""
        while cursor is not None:
            page = ada.get(path + (f"&cursor={cursor}" if cursor else "")).json()
            assert len(page["items"]) <= 1
            items += page["items"]
            cursor = page["next_cursor"]

        assert [item["invitation_id"] for item in items] == [expired["invitation_id"]]

    @pytest.mark.parametrize("end", ["accept", "decline", "revoke"])
    def test_list_invitations_shows_no_message_once_it_is_closed(self, api: Api, end: str) -> None:
        ada, eve = api.person(), api.person()
        space = ada.make_space()
        made = invite(ada, space, eve.email, message="Our secret")
        assert ada.get(invitations_to(space)).json()["items"][0]["message"] == "Our secret"

        if end == "revoke":
            ada.delete(f"{invitations_to(space)}/{made['invitation_id']}")
        else:
            eve.post(f"/api/v1/invitations/{made['invitation_id']}/{end}")

        (shown,) = ada.get(invitations_to(space)).json()["items"]
        assert (shown["message"], shown["version"]) == (None, 2)

    @pytest.mark.parametrize("end", ["expired", "revoked"])
    def test_list_invitations_shows_it_for_thirty_days_more(self, api: Api, end: str) -> None:
        ada = api.person()
        space = ada.make_space()
        made = invite(ada, space, EVE)
        if end == "revoked":
            ada.delete(f"{invitations_to(space)}/{made['invitation_id']}")

        api.clock.advance(days=37, seconds=-1)
        assert standing(ada, space) == {EVE: end}
        api.clock.advance(seconds=1)
        assert standing(ada, space) == {}


class TestResend:
    @MANAGERS
    def test_resend_is_allowed_an_hour_later(self, api: Api, role: str) -> None:
        ada = api.person()
        space = ada.make_space()
        manager = ada if role == "owner" else api.member_of(space, ada, role)
        made = invite(ada, space, EVE)
        api.clock.advance(hours=1)

        response = manager.post(f"{invitations_to(space)}/{made['invitation_id']}/resend")

        assert response.status_code == 200
        assert response.json() == made | {
            "version": 2,
            "updated_at": "2026-03-14T16:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["ETag"].startswith('"2-')

    def test_resend_is_rejected_within_the_hour(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        resend = f"{invitations_to(space)}/{invite(ada, space, EVE)['invitation_id']}/resend"
        for waited, retry_after in ((0, "3600"), (3_599.2, "1"), (0.8, None), (1, "3599")):
            api.clock.advance(seconds=waited)
            response = ada.post(resend)
            if retry_after is None:
                assert response.status_code == 200
            else:
                assert_problem(response, 429, "too_many_requests")
                assert response.headers["Retry-After"] == retry_after

    def test_resend_is_rejected_a_fourth_time_at_once_and_for_good(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        resend = f"{invitations_to(space)}/{invite(ada, space, EVE)['invitation_id']}/resend"
        for _ in range(3):
            api.clock.advance(hours=1)
            assert ada.post(resend).status_code == 200

        assert_problem(ada.post(resend), 409, "resend_limit_reached")
        api.clock.advance(hours=1)
        assert_problem(ada.post(resend), 409, "resend_limit_reached")

    def test_resend_of_two_at_once_is_one(self, api: Api, before_commit: Callable[..., None]) -> None:
        ada = api.person()
        space = ada.make_space()
        resend = f"{invitations_to(space)}/{invite(ada, space, EVE)['invitation_id']}/resend"
        api.clock.advance(hours=1)
        before_commit(lambda: ada.elsewhere().post(resend))

        assert_problem(ada.post(resend), 429, "too_many_requests")

    def test_resend_with_the_same_key_twice_happens_once(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        resend = f"{invitations_to(space)}/{invite(ada, space, EVE)['invitation_id']}/resend"
        api.clock.advance(hours=1)

        first, second = (ada.post(resend, idempotency_key="one") for _ in range(2))

        assert (second.status_code, second.text) == (200, first.text)

    def test_resend_keeps_the_day_on_which_it_expires(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        made = invite(ada, space, EVE)
        resend = f"{invitations_to(space)}/{made['invitation_id']}/resend"
        api.clock.advance(days=6)
        assert ada.post(resend).json()["expires_at"] == made["expires_at"]
        api.clock.advance(days=1)

        assert_problem(ada.post(resend), 410, "invitation_closed")


class TestRevoke:
    @MANAGERS
    def test_revoke_ends_the_invitation(self, api: Api, role: str) -> None:
        ada, eve = api.person(), api.person()
        space = ada.make_space()
        manager = ada if role == "owner" else api.member_of(space, ada, role)
        made = invite(ada, space, eve.email)

        response = manager.delete(f"{invitations_to(space)}/{made['invitation_id']}")

        assert (response.status_code, response.content) == (204, b"")
        assert standing(ada, space) == {eve.email: "revoked"}
        assert_problem(eve.accept(made), 410, "invitation_closed")

    def test_revoke_is_rejected_if_it_was_accepted_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada, eve = api.person(), api.person()
        space = ada.make_space()
        made = invite(ada, space, eve.email)
        before_commit(lambda: eve.elsewhere().accept(made))

        response = ada.delete(f"{invitations_to(space)}/{made['invitation_id']}")

        assert_problem(response, 410, "invitation_closed")
        assert standing(ada, space) == {eve.email: "accepted"}

    def test_revoke_rejects_a_stale_version(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        first = ada.post(invitations_to(space), {"email": EVE})
        path = f"{invitations_to(space)}/{first.json()['invitation_id']}"
        api.clock.advance(hours=1)
        second = ada.post(f"{path}/resend")

        stale = ada.delete(path, if_match=first.headers["ETag"])

        assert_problem(stale, 412, "precondition_failed")
        assert ada.delete(path, if_match=second.headers["ETag"]).status_code == 204

    def test_revoke_is_forbidden_to_who_is_demoted_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        admin, owner = api.member_of(space, ada, "admin"), ada.elsewhere()
        made = invite(ada, space, EVE)
        place = f"/api/v1/spaces/{space['space_id']}/members/{admin.user_id}"
        before_commit(lambda: owner.patch(place, {"role": "member"}))

        response = admin.delete(f"{invitations_to(space)}/{made['invitation_id']}")

        assert_problem(response, 403, "forbidden")
        assert standing(ada, space) == {EVE: "pending"}


@pytest.mark.parametrize("operation", ["resend", "revoke"])
class TestResendOrRevoke:
    def test_resend_or_revoke_returns_410_for_what_is_closed(self, api: Api, operation: str) -> None:
        ada = api.person()
        space = ada.make_space()
        path = f"{invitations_to(space)}/{invite(ada, space, EVE)['invitation_id']}"
        ada.delete(path)
        api.clock.advance(hours=1)

        response = ada.delete(path) if operation == "revoke" else ada.post(f"{path}/resend")

        assert_problem(response, 410, "invitation_closed")

    @pytest.mark.parametrize("elsewhere", [True, False])
    def test_resend_or_revoke_returns_404_for_what_is_not_of_this_space(
        self, api: Api, operation: str, elsewhere: bool
    ) -> None:
        ada = api.person()
        made = invite(ada, ada.make_space(), EVE)
        invitation_id = made["invitation_id"] if elsewhere else NOWHERE
        path = f"{invitations_to(ada.make_space())}/{invitation_id}"
        api.clock.advance(hours=1)

        response = ada.delete(path) if operation == "revoke" else ada.post(f"{path}/resend")

        assert_problem(response, 404, "not_found")
