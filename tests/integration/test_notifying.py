"""Who is notified of what: the persons concerned, if they want to hear of it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import notifications_of_user
from tests.factories import Api, Person

ME = "/api/v1/users/me"
RunBackground = Callable[..., None]


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def told(person: Person) -> list[tuple[str, str, str]]:
    """What a person was notified of, the newest first: kind, actor and subject."""
    items = person.get(f"{ME}/notifications?limit=100").json()["items"]
    return [(item["kind"], item["actor_id"], item["subject_id"]) for item in items]


def write_entry(person: Person, space: dict[str, Any]) -> str:
    entry_id: str = person.post(f"{path_of(space)}/journals", {"title": "Today"}).json()["entry_id"]
    return entry_id


def comment(person: Person, space: dict[str, Any], entry_id: str, **fields: Any) -> str:
    body = {"text": "Well done"} | fields
    response = person.post(f"{path_of(space)}/journals/{entry_id}/comments", body)
    assert response.status_code == 201, response.text
    comment_id: str = response.json()["comment_id"]
    return comment_id


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def bob(api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground) -> Person:
    """A member; that he came in is told already."""
    bob = api.member_of(space, ada, "member")
    run_background()
    return bob


@pytest.fixture
def eve(api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground) -> Person:
    """Another one, who has nothing to do with it."""
    eve = api.member_of(space, ada, "member")
    run_background()
    return eve


class TestNotificationCause:
    def test_a_comment_tells_the_entrys_author(
        self, ada: Person, bob: Person, eve: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        entry = write_entry(ada, space)
        comment(bob, space, entry)
        run_background()

        assert told(ada) == [("comment", bob.user_id, entry)]
        assert told(bob) == told(eve) == []

    def test_a_reply_tells_the_comments_author_too(
        self, ada: Person, bob: Person, eve: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        entry = write_entry(ada, space)
        parent = comment(bob, space, entry)
        run_background()
        comment(eve, space, entry, parent_id=parent)
        run_background()

        assert told(bob) == [("comment", eve.user_id, entry)]
        assert told(ada) == [("comment", eve.user_id, entry), ("comment", bob.user_id, entry)]

    def test_a_mention_tells_whom_it_names_and_once(
        self, ada: Person, bob: Person, eve: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        entry = write_entry(ada, space)
        comment(bob, space, entry, mentions=[ada.user_id, bob.user_id])
        run_background()

        assert told(ada) == [("mention", bob.user_id, entry)]
        assert told(bob) == told(eve) == []

    def test_a_mention_that_is_added_later_tells_whom_it_names_again(
        self, ada: Person, bob: Person, eve: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        entry = write_entry(ada, space)
        made = comment(ada, space, entry, mentions=[bob.user_id])
        path = f"{path_of(space)}/journals/{entry}/comments/{made}"
        assert ada.patch(path, {"mentions": [bob.user_id, eve.user_id]}).status_code == 200
        run_background()

        assert told(bob) == [("mention", ada.user_id, entry)]
        assert told(eve) == [("mention", ada.user_id, entry)]

    def test_a_reaction_tells_whoever_did_it(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        write_entry(bob, space)
        run_background()
        activity = ada.get(f"{path_of(space)}/activity").json()["items"][0]["activity_id"]
        for person in (ada, bob):
            person.request("PUT", f"{path_of(space)}/activity/{activity}/reactions/heart")
        run_background()

        assert told(bob) == [("reaction", ada.user_id, activity)]
        assert told(ada) == []

    def test_another_role_tells_who_has_it(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        for role in ("admin", "admin", "viewer"):
            ada.patch(f"{path_of(space)}/members/{bob.user_id}", {"role": role})
        run_background()

        assert told(bob) == [("role_changed", ada.user_id, space["space_id"])]  # one while it is unread
        assert told(ada) == []

    def test_ownership_tells_the_new_owner(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        ada.post(f"{path_of(space)}/ownership", {"user_id": bob.user_id})
        run_background()

        assert told(bob) == [("role_changed", ada.user_id, space["space_id"])]
        assert told(ada) == []

    def test_a_removal_tells_who_was_removed_and_a_leaving_nobody(
        self, ada: Person, bob: Person, eve: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        ada.delete(f"{path_of(space)}/members/{bob.user_id}")
        eve.delete(f"{path_of(space)}/members/{eve.user_id}")
        run_background()

        assert told(bob) == [("removed", ada.user_id, space["space_id"])]
        assert told(ada) == told(eve) == []


class TestNoNotification:
    @pytest.fixture
    def entry(self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground) -> str:
        """Bob's entry, on which Ada comments and where she mentions him, right now."""
        entry = write_entry(bob, space)
        run_background()
        comment(ada, space, entry)
        comment(ada, space, entry, mentions=[bob.user_id])
        ada.patch(f"{path_of(space)}/members/{bob.user_id}", {"role": "viewer"})
        return entry

    @pytest.mark.usefixtures("entry")
    def test_former_member_is_not_notified(
        self, bob: Person, space: dict[str, Any], run_background: RunBackground, inbox: list[dict[str, Any]]
    ) -> None:
        bob.delete(f"{path_of(space)}/members/{bob.user_id}")
        run_background()

        assert told(bob) == []
        assert inbox == []

    @pytest.mark.usefixtures("entry")
    def test_closed_account_is_not_notified(
        self, bob: Person, run_background: RunBackground, table: Table, inbox: list[dict[str, Any]]
    ) -> None:
        bob.delete(ME)
        run_background("activity.announced", "mention.mailed")

        assert table.page(notifications_of_user(bob.user_id), limit=1).items == []
        assert inbox == []

    @pytest.mark.usefixtures("entry")
    def test_account_closed_concurrently_is_not_notified(
        self, bob: Person, run_background: RunBackground, table: Table, before_commit: Callable[..., None]
    ) -> None:
        elsewhere = bob.elsewhere()
        before_commit(lambda: elsewhere.delete(ME))
        before_commit(lambda: None)  # the lease
        run_background("activity.announced", "mention.mailed")

        assert table.page(notifications_of_user(bob.user_id), limit=1).items == []

    @pytest.mark.usefixtures("entry")
    def test_members_of_a_deleted_space_are_not_notified(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        ada.delete(path_of(space))
        run_background("activity.announced")

        assert told(bob) == []

    @pytest.mark.usefixtures("entry")
    def test_declined_kind_is_not_notified(
        self, bob: Person, run_background: RunBackground, ada: Person
    ) -> None:
        declined = {"comment": False, "role_changed": False, "mention": True}
        bob.patch(ME, {"preferences": {"notifications": declined, "mail": {"mention": False}}})
        run_background()

        assert [kind for kind, _, _ in told(bob)] == ["mention"]
