"""Mails to those whom a comment names."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import USER_PROFILES
from tests.factories import Api, Person

ME = "/api/v1/users/me"
RunBackground = Callable[..., None]
Inbox = list[dict[str, Any]]


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def mention(by: Person, whom: Person, space: dict[str, Any], text: str = "Look!") -> None:
    entry = by.post(f"{path_of(space)}/journals", {"title": "Today"}).json()["entry_id"]
    body = {"text": text, "mentions": [whom.user_id]}
    response = by.post(f"{path_of(space)}/journals/{entry}/comments", body)
    assert response.status_code == 201, response.text


def kinds(person: Person) -> list[str]:
    return [item["kind"] for item in person.get(f"{ME}/notifications").json()["items"]]


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def bob(api: Api, ada: Person, space: dict[str, Any]) -> Person:
    return api.member_of(space, ada, "member")


class TestMentionMail:
    def test_mention_mail_says_who_where_and_how_to_hear_less(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground, inbox: Inbox
    ) -> None:
        mention(ada, bob, space, "A secret that only members read")
        run_background()

        (mail,) = inbox
        assert mail["FromEmailAddress"] == "no-reply@example.com"
        assert mail["Destination"] == {"ToAddresses": [bob.email]}
        simple = mail["Content"]["Simple"]
        assert simple["Subject"]["Data"] == "Somebody mentioned you on Lifestyle Spaces"
        for part in ("Text", "Html"):
            body = simple["Body"][part]["Data"]
            assert "“Ada” mentioned you in “Morning runners”." in body
            assert f"https://app.example.com/spaces/{space['space_id']}" in body
            assert "https://app.example.com/settings/notifications" in body
            assert "secret" not in body

    def test_mention_mail_escapes_what_people_call_themselves_and_their_spaces(
        self, api: Api, run_background: RunBackground, inbox: Inbox
    ) -> None:
        mallory = api.person("<script>alert(1)</script> $url & co")
        space = mallory.make_space('"><img src=x onerror=alert(1)>')
        mention(mallory, api.member_of(space, mallory, "member"), space)
        run_background()

        body = inbox[0]["Content"]["Simple"]["Body"]
        html, text = body["Html"]["Data"], body["Text"]["Data"]
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; $url &amp; co" in html
        assert "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;" in html
        assert "<script>alert(1)</script> $url & co” mentioned you" in text

    def test_mention_mail_is_not_for_who_declined_it(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground, inbox: Inbox
    ) -> None:
        bob.patch(ME, {"preferences": {"mail": {"mention": False}}})
        mention(ada, bob, space)
        run_background()

        assert inbox == []
        assert "mention" in kinds(bob)

    def test_mention_mail_is_for_who_declined_only_the_notification(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground, inbox: Inbox
    ) -> None:
        bob.patch(ME, {"preferences": {"notifications": {"mention": False}}})
        mention(ada, bob, space)
        run_background()

        assert "mention" not in kinds(bob)
        assert [mail["Destination"]["ToAddresses"] for mail in inbox] == [[bob.email]]


class TestNoMail:
    """The mention is told, and before its mail is sent something changes."""

    @pytest.fixture
    def eve(self, api: Api, ada: Person, space: dict[str, Any]) -> Person:
        return api.member_of(space, ada, "member")

    @pytest.fixture(autouse=True)
    def mail_to_bob(
        self, eve: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        mention(eve, bob, space)
        run_background("activity.announced")
        assert "mention" in kinds(bob)

    def test_no_mail_to_a_former_member(
        self, bob: Person, space: dict[str, Any], run_background: RunBackground, inbox: Inbox
    ) -> None:
        bob.delete(f"{path_of(space)}/members/{bob.user_id}")
        run_background("mention.mailed")

        assert inbox == []

    def test_no_mail_to_a_closed_account(
        self, bob: Person, run_background: RunBackground, inbox: Inbox
    ) -> None:
        bob.delete(ME)
        run_background("mention.mailed")

        assert inbox == []

    def test_no_mail_by_a_closed_account(
        self, eve: Person, run_background: RunBackground, inbox: Inbox
    ) -> None:
        eve.delete(ME)
        run_background("mention.mailed")

        assert inbox == []

    def test_no_mail_by_an_erased_account(
        self, eve: Person, table: Table, run_background: RunBackground, inbox: Inbox
    ) -> None:
        table.write([USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=eve.user_id))])
        run_background("mention.mailed")

        assert inbox == []

    def test_no_mail_from_a_space_that_is_deleted(
        self, ada: Person, space: dict[str, Any], run_background: RunBackground, inbox: Inbox
    ) -> None:
        ada.delete(path_of(space))
        run_background("mention.mailed")

        assert inbox == []
