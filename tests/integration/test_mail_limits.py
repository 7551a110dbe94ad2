"""How many addresses one may invite, and how much mail they get: nobody is flooded through this service."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.background import mail_limits
from app.core.database import Table
from app.core.errors import StaleRead
from app.core.writes import Write
from app.models.access_patterns import SENT_MAILS
from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import (
    Inbox,
    Run,
    invitations_to,
    invite,
    notifications,
    recipients,
)
from tests.integration.table_helpers import kinds_that_name

VICTIM = "victim@example.com"


def revoke(inviter: Person, place: dict[str, Any], invitation: dict[str, Any]) -> None:
    path = f"{invitations_to(place)}/{invitation['invitation_id']}"
    assert inviter.delete(path).status_code == 204


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


class TestInvitationMail:
    @pytest.mark.parametrize("spaces", [1, 3])
    def test_one_sender_mails_an_address_once_an_hour_and_four_times_a_week(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run, spaces: int
    ) -> None:
        places = [ada.make_space() for _ in range(spaces)]
        sent = []
        for _ in range(6):
            for number in range(6):
                place = places[number % spaces]
                invitation = invite(ada, place, VICTIM)
                run_background()
                revoke(ada, place, invitation)
            sent.append(len(inbox))
            api.clock.advance(hours=1)

        assert sent == [1, 2, 3, 4, 4, 4]

    def test_revoked_invitation_and_resent_one_count_alike(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        place = ada.make_space()
        invitation = invite(ada, place, VICTIM)
        run_background()
        path = f"{invitations_to(place)}/{invitation['invitation_id']}/resend"
        for _ in range(3):
            api.clock.advance(hours=1)
            assert ada.post(path).status_code == 200
            run_background()
        revoke(ada, place, invitation)
        invite(ada, place, VICTIM)
        run_background()

        assert recipients(inbox) == [VICTIM] * 4

    def test_address_gets_no_more_than_the_limit_of_all_senders(
        self, api: Api, inbox: Inbox, run_background: Run, set_parameter: Any
    ) -> None:
        set_parameter("max_mails_per_recipient_per_day", "2")
        for _ in range(3):
            sender = api.person()
            invite(sender, sender.make_space(), VICTIM)
        run_background()
        assert recipients(inbox) == [VICTIM] * 2

        api.clock.advance(days=1)
        sender = api.person()
        invite(sender, sender.make_space(), VICTIM)
        run_background()
        assert recipients(inbox) == [VICTIM] * 3

    def test_mail_whose_sending_failed_is_sent_again(
        self, ada: Person, inbox: Inbox, run_background: Run, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taken: list[bool] = []
        take = mail_limits.take

        def twice(*args: Any, **kwargs: Any) -> bool:
            taken.extend((take(*args, **kwargs), take(*args, **kwargs)))
            return taken[-1]

        monkeypatch.setattr(mail_limits, "take", twice)
        invite(ada, ada.make_space(), VICTIM)
        run_background()

        assert taken == [True, True]
        assert recipients(inbox) == [VICTIM]

    def test_mail_that_is_counted_concurrently_is_judged_again(
        self, ada: Person, inbox: Inbox, run_background: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write, lost = Table.write, list[Any]()

        def lose_once(table: Table, writes: Sequence[Write]) -> None:
            if "MAIL#" in str(writes) and not lost:
                lost.append(writes)
                raise StaleRead
            write(table, writes)

        monkeypatch.setattr(Table, "write", lose_once)
        invite(ada, ada.make_space(), VICTIM)
        run_background()

        assert len(lost) == 1
        assert recipients(inbox) == [VICTIM]

    def test_no_address_is_stored_with_the_counts(
        self, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        place = ada.make_space()
        invite(ada, place, VICTIM)
        run_background()

        assert SENT_MAILS.name not in kinds_that_name(VICTIM)


class TestInvitationsPerSender:
    def test_sender_stops_at_their_limit_over_all_spaces(self, ada: Person, set_parameter: Any) -> None:
        set_parameter("max_invitations_per_sender_per_day", "4")
        places = [ada.make_space(), ada.make_space(), ada.make_organization()]
        for number in range(4):
            invite(ada, places[number % 3], f"person{number}@example.org")

        for place in places:
            refused = ada.post(invitations_to(place), {"email": VICTIM})
            assert_problem(refused, 429, "too_many_invitations")
            assert int(refused.headers["Retry-After"]) > 0

    def test_refusals_count(self, ada: Person, set_parameter: Any) -> None:
        set_parameter("max_invitations_per_sender_per_day", "3")
        place = ada.make_space()
        for _ in range(3):
            assert_problem(ada.post(invitations_to(place), {"email": ada.email}), 409, "already_member")

        assert_problem(ada.post(invitations_to(place), {"email": ada.email}), 429, "too_many_invitations")

    def test_malformed_addresses_do_not_count(self, ada: Person, set_parameter: Any) -> None:
        set_parameter("max_invitations_per_sender_per_day", "1")
        place = ada.make_space()
        for _ in range(3):
            assert ada.post(invitations_to(place), {"email": "a<b@example.com>"}).status_code == 422

        invite(ada, place, VICTIM)

    def test_spent_budget_answers_alike_for_every_address(
        self, api: Api, ada: Person, set_parameter: Any
    ) -> None:
        organization = ada.make_organization()
        other = api.person()
        other.make_organization()
        member = api.user_of(organization, ada)
        set_parameter("max_invitations_per_day", "1")
        asked = [{"email": email} for email in (other.email, member.email, "nobody@example.com")]
        response = ada.post(f"{invitations_to(organization)}/batch", {"invitations": asked})

        assert [result["status"] for result in response.json()["results"]] == [429] * 3


class TestMentionMail:
    def test_toggled_mention_is_mailed_once_a_day(
        self, api: Api, ada: Person, inbox: Inbox, run_background: Run
    ) -> None:
        space = ada.make_space()
        viewer = api.member_of(space, ada, "viewer")
        here = f"/api/v1/spaces/{space['space_id']}/journals"
        entry = ada.post(here, {"title": "Day", "content": "Ran"}).json()
        comments = f"{here}/{entry['entry_id']}/comments"
        comment = viewer.post(comments, {"text": "x", "mentions": [ada.user_id]}).json()
        run_background()
        for number in range(30):
            mentions = [ada.user_id] if number % 2 else []
            viewer.patch(f"{comments}/{comment['comment_id']}", {"mentions": mentions})
            run_background()

        assert recipients(inbox) == [ada.email]
        assert [item["kind"] for item in notifications(ada)].count("mention") == 1


class TestQuotedMessage:
    def test_message_is_marked_on_every_line(self, ada: Person, inbox: Inbox, run_background: Run) -> None:
        forged = "Hi\n\nhttps://evil.example\nYou get this mail because we say so\u2028Choose: evil.example"
        invite(ada, ada.make_space(), VICTIM, message=forged)
        run_background()

        simple = inbox[0]["Content"]["Simple"]
        lines = simple["Body"]["Text"]["Data"].splitlines()
        assert [line for line in lines if "evil" in line or "we say so" in line]
        assert all(line.startswith("> ") for line in lines if "evil" in line or "we say so" in line)
        assert simple["Subject"]["Data"] == "You are invited to a space on Lifestyle Spaces"
