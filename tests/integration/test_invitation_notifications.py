"""Notifications of invitations: for who has a profile, once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.core.database import Table
from app.models.access_patterns import notifications_of_user
from tests.assertions import ANY_ETAG
from tests.factories import Api, Person
from tests.integration.invitation_helpers import (
    ME,
    Inbox,
    Run,
    close_account,
    invitations_to,
    invite,
    notifications,
    recipients,
)


@pytest.fixture
def ada(api: Api) -> Person:
    """Who invites."""
    return api.person("Ada Lovelace")


@pytest.fixture(params=["space", "organization"])
def place(ada: Person, request: pytest.FixtureRequest) -> dict[str, Any]:
    return ada.make_space() if request.param == "space" else ada.make_organization()


class TestNotification:
    def test_notification_is_for_who_has_a_profile(
        self, api: Api, ada: Person, place: dict[str, Any], run_background: Run
    ) -> None:
        eve = api.person()
        made = invite(ada, place, eve.email)

        run_background()

        (notification,) = notifications(eve)
        assert notification == {
            "notification_id": notification["notification_id"],
            "kind": "invitation",
            "actor_id": ada.user_id,
            "space_id": made["space_id"],
            "subject_id": made["invitation_id"],
            "read": False,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert notifications(ada) == []

    def test_notification_is_not_for_who_wants_none(
        self, api: Api, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        eve = api.person()
        eve.patch(ME, {"preferences": {"notifications": {"invitation": False}}})
        invite(ada, place, eve.email)

        run_background()

        assert notifications(eve) == []
        assert recipients(inbox) == [eve.email]

    def test_notification_is_not_created_for_an_account_being_erased(
        self, api: Api, ada: Person, place: dict[str, Any], table: Table, run_background: Run
    ) -> None:
        eve = api.person()
        invite(ada, place, eve.email)
        close_account(table, eve, gone=False)

        run_background()

        assert table.page(notifications_of_user(eve.user_id), limit=1).items == []

    def test_notification_comes_once_however_often_the_mail_is_sent_again(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        eve, space = api.person(), ada.make_space()
        made = invite(ada, space, eve.email)
        run_background()
        api.clock.advance(hours=1)
        ada.post(f"{invitations_to(space)}/{made['invitation_id']}/resend")
        run_background()

        assert len(inbox) == 2
        assert len(notifications(eve)) == 1

    def test_notification_comes_though_the_mail_is_rejected(
        self, api: Api, set_parameter: Any, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        set_parameter("mail_sender", "unknown@example.com")
        eve = api.person()
        invite(ada, ada.make_space(), eve.email)

        # An unverified sender is the account's fault: the mail is tried again.
        with pytest.raises(ClientError, match="MessageRejected"):
            run_background()

        assert len(notifications(eve)) == 1
