"""Notifications that nobody has read go with what they lead to."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Api, Person
from tests.integration.invitation_helpers import Run, invitations_to, invite, notifications

Close = Callable[[Person, Person, dict[str, Any], dict[str, Any]], object]


def path_of(target: dict[str, Any]) -> str:
    kind = "spaces" if "space_id" in target else "organizations"
    return f"/api/v1/{kind}/{target.get('space_id') or target['org_id']}"


def revoke(ada: Person, _: Person, target: dict[str, Any], invitation: dict[str, Any]) -> object:
    return ada.delete(f"{invitations_to(target)}/{invitation['invitation_id']}")


def decline(_: Person, eve: Person, __: dict[str, Any], invitation: dict[str, Any]) -> object:
    return eve.post(f"/api/v1/invitations/{invitation['invitation_id']}/decline")


def accept(_: Person, eve: Person, __: dict[str, Any], invitation: dict[str, Any]) -> object:
    return eve.accept(invitation)


def delete_target(ada: Person, _: Person, target: dict[str, Any], __: dict[str, Any]) -> object:
    return ada.delete(path_of(target))


def told(person: Person) -> list[str]:
    return [each["kind"] for each in notifications(person)]


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


@pytest.fixture
def eve(api: Api) -> Person:
    return api.person()


@pytest.fixture(params=["space", "organization"])
def target(ada: Person, request: pytest.FixtureRequest) -> dict[str, Any]:
    return ada.make_space() if request.param == "space" else ada.make_organization()


class TestInvitation:
    @pytest.mark.parametrize("close", [revoke, decline, accept, delete_target])
    def test_closed_invitation_takes_its_unread_notification_along(
        self, ada: Person, eve: Person, target: dict[str, Any], run_background: Run, close: Close
    ) -> None:
        invitation = invite(ada, target, eve.email)
        run_background()
        assert told(eve) == ["invitation"]

        close(ada, eve, target, invitation)
        run_background()

        assert told(eve) == []

    def test_read_notification_of_revoked_invitation_stays(
        self, ada: Person, eve: Person, target: dict[str, Any], run_background: Run
    ) -> None:
        invitation = invite(ada, target, eve.email)
        run_background()
        eve.post("/api/v1/users/me/notifications/read-all")

        revoke(ada, eve, target, invitation)
        run_background()

        assert told(eve) == ["invitation"]

    def test_invitation_revoked_before_it_is_announced_notifies_nobody(
        self, ada: Person, eve: Person, target: dict[str, Any], run_background: Run
    ) -> None:
        invitation = invite(ada, target, eve.email)

        revoke(ada, eve, target, invitation)
        run_background()

        assert told(eve) == []

    def test_notification_of_another_invitation_stays(
        self, ada: Person, eve: Person, run_background: Run
    ) -> None:
        first, second = ada.make_space(), ada.make_space()
        closed = invite(ada, first, eve.email)
        invite(ada, second, eve.email)
        run_background()

        revoke(ada, eve, first, closed)
        run_background()

        assert [each["space_id"] for each in notifications(eve)] == [second["space_id"]]


class TestDeletedSpace:
    def test_members_are_told_in_place_of_what_they_have_not_read(
        self, api: Api, ada: Person, run_background: Run
    ) -> None:
        space, elsewhere = ada.make_space(), ada.make_space()
        bob = api.member_of(space, ada, "viewer")
        api.member_of(elsewhere, ada, "member")
        run_background()
        assert told(bob) == ["role_changed"]

        ada.delete(path_of(space))
        run_background()

        (notification,) = notifications(bob)
        assert notification["kind"] == "space_deleted"
        assert notification["space_id"] == space["space_id"]
        assert notification["subject_id"] is None
        assert "space_deleted" not in told(ada)

    def test_member_who_wants_none_is_not_told(self, api: Api, ada: Person, run_background: Run) -> None:
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        bob.patch("/api/v1/users/me", {"preferences": {"notifications": {"space_deleted": False}}})

        ada.delete(path_of(space))
        run_background()

        assert told(bob) == []

    def test_member_who_closed_the_account_is_not_told(
        self, api: Api, ada: Person, run_background: Callable[..., None]
    ) -> None:
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        ada.delete(path_of(space))
        bob.delete("/api/v1/users/me")

        run_background("space.deleted", "space.member_notified")

        assert bob.get("/api/v1/users/me").status_code == 403
