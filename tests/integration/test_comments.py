"""`/spaces/{space_id}/journals/{entry_id}/comments`: talking about an entry."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.lifecycle import NO_AUTHOR
from app.models.access_patterns import COMMENTS
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import TABLE_NAME, Api, Person
from tests.integration.journal_helpers import NOWHERE, at, comment, highlight, path_of, write_entry
from tests.integration.table_helpers import kinds_that_name

STRANGER = str(uuid.UUID(int=999))
RunBackground = Callable[[], None]


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def entry(ada: Person, space: dict[str, Any]) -> dict[str, Any]:
    return write_entry(ada, space, content="By the river")


@pytest.fixture
def bob(api: Api, ada: Person, space: dict[str, Any]) -> Person:
    return api.member_of(space, ada, "viewer")


def path_to(made: dict[str, Any]) -> str:
    return f"{path_of(made)}/comments/{made['comment_id']}"


def told(person: Person) -> list[tuple[str, str, str]]:
    """What a person is notified of, the latest first: kind, by whom, about what."""
    items = person.get("/api/v1/users/me/notifications").json()["items"]
    kinds = ("comment", "mention")
    return [(item["kind"], item["actor_id"], item["subject_id"]) for item in items if item["kind"] in kinds]


class TestCreateComment:
    def test_create_comment_returns_the_comment(self, bob: Person, entry: dict[str, Any]) -> None:
        response = bob.post(f"{path_of(entry)}/comments", {"text": " Well\n\ndone \U0001f989 "})

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "comment_id": made["comment_id"],
            "entry_id": entry["entry_id"],
            "space_id": entry["space_id"],
            "author_id": bob.user_id,
            "text": "Well\n\ndone \U0001f989",
            "highlight_id": None,
            "parent_id": None,
            "mentions": [],
            "reply_count": 0,
            "deleted": False,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_to(made)

    def test_create_comment_is_about_a_highlight_of_the_entry(
        self, ada: Person, space: dict[str, Any], entry: dict[str, Any]
    ) -> None:
        made = highlight(ada, entry)["highlight_id"]
        other = write_entry(ada, space)

        assert comment(ada, entry, highlight_id=made)["highlight_id"] == made
        for place, highlight_id in ((other, made), (entry, NOWHERE)):
            body = {"text": "What?", "highlight_id": highlight_id}
            response = ada.post(f"{path_of(place)}/comments", body)
            assert_problem(response, 422, "validation_failed", field="body.highlight_id")

    def test_create_comment_replies_on_one_level(
        self, ada: Person, space: dict[str, Any], entry: dict[str, Any]
    ) -> None:
        parent = comment(ada, entry)["comment_id"]
        reply = comment(ada, entry, parent_id=parent)
        other = write_entry(ada, space)

        assert reply["parent_id"] == parent
        for place, parent_id in ((entry, reply["comment_id"]), (entry, NOWHERE), (other, parent)):
            body = {"text": "What?", "parent_id": parent_id}
            response = ada.post(f"{path_of(place)}/comments", body)
            assert_problem(response, 422, "validation_failed", field="body.parent_id")

    def test_create_comment_rejects_a_reply_to_a_comment_deleted_concurrently(
        self, ada: Person, entry: dict[str, Any], before_commit: Any
    ) -> None:
        parent = comment(ada, entry)
        before_commit(lambda: ada.elsewhere().delete(path_to(parent)))

        response = ada.post(f"{path_of(entry)}/comments", {"text": "Yes", "parent_id": parent["comment_id"]})

        assert_problem(response, 422, "validation_failed", field="body.parent_id")
        assert ada.get(f"{path_of(entry)}/comments").json()["items"] == []

    def test_create_comment_mentions_members_alone(
        self, ada: Person, bob: Person, entry: dict[str, Any]
    ) -> None:
        body = {"text": "Look", "mentions": [bob.user_id, STRANGER]}

        response = ada.post(f"{path_of(entry)}/comments", body)

        problem = assert_problem(response, 422, "validation_failed", field="body.mentions")
        assert STRANGER in problem["errors"][0]["message"]
        assert bob.user_id not in problem["errors"][0]["message"]

    def test_create_comment_checks_twenty_mentions_by_one_read(
        self, ada: Person, entry: dict[str, Any], calls: list[str]
    ) -> None:
        body = {"text": "Look", "mentions": [str(uuid.UUID(int=number)) for number in range(500, 520)]}
        calls.clear()

        ada.post(f"{path_of(entry)}/comments", body)

        # The caller's access; the entry; the mentions.
        assert calls == ["BatchGetItem"] * 3

    def test_create_comment_returns_404_without_the_entry(self, ada: Person, entry: dict[str, Any]) -> None:
        for path in (
            f"{at(entry)}/journals/{NOWHERE}",
            f"{at(ada.make_space())}/journals/{entry['entry_id']}",
        ):
            assert_problem(ada.post(f"{path}/comments", {"text": "Hello"}), 404, "not_found")
            assert_problem(ada.get(f"{path}/comments"), 404, "not_found")

    def test_create_on_an_entry_deleted_concurrently_is_rejected(
        self, ada: Person, bob: Person, entry: dict[str, Any], before_commit: Any
    ) -> None:
        before_commit(lambda: ada.elsewhere().delete(path_of(entry)))

        assert_problem(bob.post(f"{path_of(entry)}/comments", {"text": "Hello"}), 404, "not_found")


class TestCommentNotification:
    def test_comment_notification_of_a_comment_the_entrys_author(
        self, ada: Person, bob: Person, entry: dict[str, Any], run_background: RunBackground
    ) -> None:
        comment(bob, entry)
        run_background()

        assert told(ada) == [("comment", bob.user_id, entry["entry_id"])]
        assert told(bob) == []
        activity = ada.get(f"{at(entry)}/activity").json()["items"]
        assert ("comment_created", bob.user_id, entry["entry_id"]) in [
            (item["kind"], item["actor_id"], item["subject_id"]) for item in activity
        ]

    def test_comment_notification_of_a_reply_the_authors_of_entry_and_comment(
        self, api: Api, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        carol = api.member_of(space, ada, "member")
        entry = write_entry(carol, space)
        parent = comment(bob, entry)["comment_id"]
        comment(ada, entry, parent_id=parent)
        run_background()

        by_ada = ("comment", ada.user_id, entry["entry_id"])
        assert told(bob) == [by_ada]
        assert by_ada in told(carol)

    def test_comment_notification_of_a_mention_whoever_is_mentioned_and_of_nothing_else(
        self, ada: Person, bob: Person, entry: dict[str, Any], run_background: RunBackground
    ) -> None:
        comment(bob, entry, mentions=[ada.user_id, bob.user_id])
        run_background()

        assert told(ada) == [("mention", bob.user_id, entry["entry_id"])]
        assert told(bob) == []

    def test_comment_notification_of_a_change_whoever_is_mentioned_again(
        self, api: Api, ada: Person, bob: Person, entry: dict[str, Any], run_background: RunBackground
    ) -> None:
        carol = api.member_of(entry, ada, "member")
        made = comment(ada, entry, mentions=[bob.user_id])
        ada.patch(path_to(made), {"mentions": [carol.user_id, bob.user_id]})
        run_background()

        assert told(bob) == told(carol) == [("mention", ada.user_id, entry["entry_id"])]
        kinds = [item["kind"] for item in ada.get(f"{at(entry)}/activity").json()["items"]]
        assert kinds.count("comment_created") == 1


class TestUpdateComment:
    def test_update_comment_changes_text_and_mentions(
        self, api: Api, ada: Person, bob: Person, entry: dict[str, Any]
    ) -> None:
        made = comment(bob, entry)
        api.clock.advance(minutes=1)

        changed = bob.patch(path_to(made), {"text": "Better", "mentions": [ada.user_id]}).json()

        assert changed == made | {
            "text": "Better",
            "mentions": [ada.user_id],
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(f"{path_of(entry)}/comments").json()["items"] == [changed]

    def test_update_comment_mentions_nobody_again_who_is_no_member(
        self, ada: Person, entry: dict[str, Any]
    ) -> None:
        made = comment(ada, entry)

        response = ada.patch(path_to(made), {"mentions": [STRANGER]})

        assert_problem(response, 422, "validation_failed", field="body.mentions")

    def test_update_comment_keeps_mentions_of_former_members(
        self, ada: Person, bob: Person, entry: dict[str, Any]
    ) -> None:
        made = comment(ada, entry, mentions=[bob.user_id])
        bob.delete(f"{at(entry)}/members/{bob.user_id}")

        response = ada.patch(path_to(made), {"text": "Bye", "mentions": [bob.user_id]})

        assert response.json()["mentions"] == [bob.user_id]

    def test_update_comment_by_another_does_not_tell_who_is_a_member(
        self, ada: Person, bob: Person, entry: dict[str, Any]
    ) -> None:
        made = comment(bob, entry)

        assert_problem(ada.patch(path_to(made), {"mentions": [STRANGER]}), 403, "forbidden")


class TestDeleteComment:
    @pytest.mark.parametrize("by", ["author", "moderator"])
    def test_delete_comment_with_replies_leaves_them_and_no_text(
        self, ada: Person, bob: Person, entry: dict[str, Any], run_background: RunBackground, by: str
    ) -> None:
        parent = comment(bob, entry, text="Bob was here", mentions=[ada.user_id])
        replies = [comment(ada, entry, text=text, parent_id=parent["comment_id"]) for text in ("1", "2")]

        assert {"author": bob, "moderator": ada}[by].delete(path_to(parent)).status_code == 204
        run_background()

        empty = {"author_id": NO_AUTHOR, "text": "", "mentions": [], "reply_count": 2, "deleted": True}
        changed = {"version": 2, "etag": ANY_ETAG}
        assert ada.get(f"{path_of(entry)}/comments").json()["items"] == [parent | empty | changed, *replies]
        assert kinds_that_name("Bob was here") == set()

    def test_delete_comment_without_replies_leaves_nothing(self, bob: Person, entry: dict[str, Any]) -> None:
        made = comment(bob, entry)
        reply = comment(bob, entry, parent_id=made["comment_id"])

        assert bob.delete(path_to(reply)).status_code == 204
        assert bob.delete(path_to(made)).status_code == 204

        assert bob.get(f"{path_of(entry)}/comments").json()["items"] == []

    def test_delete_comment_keeps_a_reply_made_concurrently(
        self, ada: Person, bob: Person, entry: dict[str, Any], before_commit: Any
    ) -> None:
        parent = comment(bob, entry)
        before_commit(lambda: comment(ada.elsewhere(), entry, parent_id=parent["comment_id"]))

        assert bob.delete(path_to(parent)).status_code == 204

        left = ada.get(f"{path_of(entry)}/comments").json()["items"]
        assert [item["deleted"] for item in left] == [True, False]

    def test_deleted_comment_is_changed_by_nobody_and_takes_replies(
        self, ada: Person, bob: Person, entry: dict[str, Any]
    ) -> None:
        parent = comment(bob, entry)
        comment(ada, entry, parent_id=parent["comment_id"])
        assert bob.delete(path_to(parent)).status_code == 204

        assert_problem(bob.patch(path_to(parent), {"text": "Back"}), 403, "forbidden")
        assert_problem(bob.delete(path_to(parent)), 403, "forbidden")
        assert ada.delete(path_to(parent)).status_code == 204
        comment(ada, entry, parent_id=parent["comment_id"])
        counts = [item["reply_count"] for item in ada.get(f"{path_of(entry)}/comments").json()["items"]]
        assert counts == [2, 0, 0]

    def test_delete_of_a_comment_stored_before_replies_were_counted_keeps_its_replies(
        self, ada: Person, bob: Person, entry: dict[str, Any], dynamodb: DynamoDBClient
    ) -> None:
        parent = comment(bob, entry)
        reply = comment(ada, entry, parent_id=parent["comment_id"])
        dynamodb.update_item(
            TableName=TABLE_NAME,
            Key=COMMENTS.key(entry_id=entry["entry_id"], comment_id=parent["comment_id"]).attributes,
            UpdateExpression="REMOVE #data.reply_count",
            ExpressionAttributeNames={"#data": "data"},
        )

        assert bob.delete(path_to(parent)).status_code == 204

        left = ada.get(f"{path_of(entry)}/comments").json()["items"]
        assert [item["comment_id"] for item in left] == [parent["comment_id"], reply["comment_id"]]

    def test_delete_of_a_reply_keeps_the_other_comments(
        self, ada: Person, entry: dict[str, Any], run_background: RunBackground
    ) -> None:
        parent = comment(ada, entry)
        reply = comment(ada, entry, parent_id=parent["comment_id"])

        assert ada.delete(path_to(reply)).status_code == 204
        run_background()

        assert ada.get(f"{path_of(entry)}/comments").json()["items"] == [parent]
