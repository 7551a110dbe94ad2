"""Mails of invitations: sent in the background, once, and to nobody who should get none."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import ORGANIZATIONS, SPACES
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

EVE = "eve@example.com"


@pytest.fixture
def ada(api: Api) -> Person:
    """Who invites."""
    return api.person("Ada Lovelace")


@pytest.fixture(params=["space", "organization"])
def place(ada: Person, request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "space":
        return ada.make_space("Morning runners")
    return ada.make_organization("Morning runners")


def content(mail: dict[str, Any], part: str) -> str:
    text: str = mail["Content"]["Simple"]["Body"][part]["Data"]
    return text


class TestMail:
    def test_mail_tells_who_invites_where_to_and_how_to_answer(
        self, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        made = invite(ada, place, EVE, message="Run with us!\nEvery day.")

        run_background()

        (mail,) = inbox
        kind = "a space" if "space_id" in place else "an organization"
        assert mail["FromEmailAddress"] == "no-reply@example.com"
        assert mail["Destination"] == {"ToAddresses": [EVE]}
        assert mail["Content"]["Simple"]["Subject"] == {
            "Data": f"You are invited to {kind} on Lifestyle Spaces",
            "Charset": "UTF-8",
        }
        link = f"https://app.example.com/invitations/{made['invitation_id']}"
        settings = "https://app.example.com/settings/notifications"
        assert content(mail, "Text") == (
            "Hello,\n\n"
            "“Ada Lovelace” invites you to “Morning runners”.\n\n"
            "Their message:\n> Run with us!\n> Every day.\n\n"
            f"{link}\n\n"
            "You get this mail because somebody entered your address; if you do not know why, ignore it.\n"
            f"Choose what you hear of: {settings}\n"
        )
        page = content(mail, "Html")
        assert "<p>“Ada Lovelace” invites you to “Morning runners”.</p>" in page
        assert "<blockquote>Run with us!<br>Every day.</blockquote>" in page
        assert f'<a href="{link}">See the invitation</a>' in page
        assert settings in page

    def test_mail_without_message_has_no_quote(
        self, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        invite(ada, place, EVE)

        run_background()

        assert "<blockquote>" not in content(inbox[0], "Html")
        assert "“Morning runners”.\n\nhttps://" in content(inbox[0], "Text")

    def test_mail_escapes_user_text(self, api: Api, inbox: Inbox, run_background: Run) -> None:
        markup = "<b title=\"x\" id='y'>$url & {url}</b>"
        mallory = api.person(f"M {markup}")
        for place in (mallory.make_space(f"S {markup}"), mallory.make_organization(f"O {markup}")):
            invite(
                mallory,
                place,
                f"{len(place)}{EVE}",
                message=f"T {markup}</blockquote><script>alert(1)</script>",
            )

        run_background()

        assert len(inbox) == 2
        for mail in inbox:
            page = content(mail, "Html")
            assert "<b " not in page
            assert "<script" not in page
            assert page.count("</blockquote>") == 1
            # In each the name twice: of the person, and of the place; and the message.
            escaped = "&lt;b title=&quot;x&quot; id=&#x27;y&#x27;&gt;$url &amp; {url}&lt;/b&gt;"
            assert page.count(escaped) == 3
            assert content(mail, "Text").count(markup) == 3

    def test_mail_is_one_for_each_of_a_batch(
        self, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        emails = [f"person{number}@example.org" for number in range(3)]
        asked = {"invitations": [{"email": email} for email in [*emails, "nobody"]]}
        ada.post(f"{invitations_to(place)}/batch", asked)

        run_background()

        assert sorted(recipients(inbox)) == emails

    def test_mail_is_sent_to_whoever_has_a_profile_too(
        self, api: Api, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        eve = api.person()
        invite(ada, place, eve.email)

        run_background()

        assert recipients(inbox) == [eve.email]

    def test_mail_is_not_sent_to_who_wants_none(
        self, api: Api, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        eve = api.person()
        eve.patch(ME, {"preferences": {"mail": {"invitation": False}}})
        invite(ada, place, eve.email)

        run_background()

        assert inbox == []
        assert len(notifications(eve)) == 1

    def test_mail_is_not_sent_if_mail_is_only_logged(
        self, set_parameter: Any, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        set_parameter("mail_delivery", "log")
        invite(ada, ada.make_space(), EVE)

        run_background()

        assert inbox == []

    @pytest.mark.parametrize("end", ["accept", "decline", "revoke", "expire", "forget"])
    def test_mail_is_not_sent_for_what_is_closed_by_now(
        self, api: Api, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run, *, end: str
    ) -> None:
        eve = api.person()
        made = invite(ada, place, eve.email)
        if end == "revoke":
            ada.delete(f"{invitations_to(place)}/{made['invitation_id']}")
        elif end in ("expire", "forget"):
            api.clock.advance(days={"expire": 7, "forget": 37}[end])
        else:
            eve.post(f"/api/v1/invitations/{made['invitation_id']}/{end}")

        run_background()

        assert inbox == []
        assert [item for item in notifications(eve) if item["kind"] == "invitation"] == []

    def test_mail_is_not_sent_for_what_is_revoked_once_it_was_announced(
        self, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run, before_commit: Any
    ) -> None:
        made = invite(ada, place, EVE)
        before_commit(lambda: ada.delete(f"{invitations_to(place)}/{made['invitation_id']}"))
        # That is when the mail's own message is leased: behind the lease and the commit of the first one.
        before_commit(lambda: None, times=2)

        run_background()

        assert inbox == []

    @pytest.mark.parametrize("gone", [True, False])
    def test_mail_is_not_sent_if_the_space_is_being_deleted(
        self, ada: Person, inbox: Inbox, table: Table, run_background: Run, gone: bool
    ) -> None:
        made = ada.make_space()
        invite(ada, made, EVE)
        space = table.get(SPACES.key(space_id=made["space_id"]))
        assert space is not None
        deleting = space.patched(table.clock(), {"status": "deleting"})
        table.write([SPACES.delete(space) if gone else SPACES.update(space, deleting)])

        run_background()

        assert inbox == []

    def test_mail_is_not_sent_if_the_organization_is_gone(
        self, ada: Person, inbox: Inbox, table: Table, run_background: Run
    ) -> None:
        made = ada.make_organization()
        invite(ada, made, EVE)
        table.write([ORGANIZATIONS.delete_if_exists(ORGANIZATIONS.key(org_id=made["org_id"]))])

        run_background()

        assert inbox == []

    @pytest.mark.parametrize("gone", [True, False])
    def test_mail_is_not_sent_if_the_inviter_is_being_erased(
        self,
        ada: Person,
        place: dict[str, Any],
        inbox: Inbox,
        table: Table,
        run_background: Run,
        *,
        gone: bool,
    ) -> None:
        invite(ada, place, EVE)
        close_account(table, ada, gone=gone)

        run_background()

        assert inbox == []


class TestMailAgain:
    def test_mail_again_goes_out_when_it_is_sent_again_or_renewed(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        space = ada.make_space()
        made = invite(ada, space, EVE, message="First")
        run_background()
        api.clock.advance(hours=1)
        ada.post(f"{invitations_to(space)}/{made['invitation_id']}/resend")
        run_background()
        api.clock.advance(days=7)
        invite(ada, space, EVE, message="Second")
        run_background()

        messages = [word for mail in inbox for word in ("First", "Second") if word in content(mail, "Text")]
        assert messages == ["First", "First", "Second"]

    def test_mail_again_replaces_what_has_not_gone_out_yet(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        space = ada.make_space()
        made = invite(ada, space, EVE)
        api.clock.advance(hours=1)
        ada.post(f"{invitations_to(space)}/{made['invitation_id']}/resend")

        run_background()

        assert recipients(inbox) == [EVE]

    def test_mail_again_does_not_go_out_by_running_twice(
        self, ada: Person, place: dict[str, Any], inbox: Inbox, run_background: Run
    ) -> None:
        invite(ada, place, EVE)
        run_background()
        run_background()

        assert recipients(inbox) == [EVE]

    def test_mail_again_does_not_go_out_if_the_notification_takes_two_tries(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run, before_commit: Callable[..., None]
    ) -> None:
        eve = api.person()
        invite(ada, ada.make_space(), eve.email)
        names = iter(("Eva", "Evelyn"))
        # Before the lease, and again between what the task reads and what it commits.
        before_commit(lambda: eve.patch(ME, {"name": next(names)}), times=2)

        run_background()

        assert recipients(inbox) == [eve.email]
        assert len(notifications(eve)) == 1
