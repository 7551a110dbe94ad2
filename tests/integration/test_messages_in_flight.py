"""Messages that the version before has written, in the shapes that it stored (release 35bbe93)."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.background.directory import Directory
from app.core.database import Table
from app.main import Backend
from app.models.access_patterns import OUTBOX_MESSAGES
from tests.factories import TABLE_NAME, Api, Person
from tests.integration.content_helpers import all_of
from tests.integration.table_helpers import kinds_that_name, rows
from tests.integration.user_pool_helpers import Pool

SPACES = "/api/v1/spaces"
MESSAGE_ID = "01JZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.fixture
def backend(backend: Backend, aws: None) -> Backend:
    """The one of all tests, with a user pool that there is."""
    pool = Pool()
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


def store(dynamodb: Any, kind: str, payload: dict[str, Any]) -> None:
    """Write the row of a message as that version did."""
    row = {
        "PK": {"S": "OUTBOX#1"},
        "SK": {"S": MESSAGE_ID},
        "entity_type": {"S": "OutboxMessage"},
        "version": {"N": "1"},
        "created_at": {"S": "2026-03-14T15:00:00.000Z"},
        "updated_at": {"S": "2026-03-14T15:00:00.000Z"},
        "data": {
            "M": {
                "shard": {"N": "1"},
                "message_id": {"S": MESSAGE_ID},
                "kind": {"S": kind},
                "payload": {"S": json.dumps(payload)},
                "attempts": {"N": "0"},
            }
        },
    }
    dynamodb.put_item(TableName=TABLE_NAME, Item=row)


def drop_messages(dynamodb: Any) -> None:
    """Take away what this version has enqueued, so that only the stored rows of the test run."""
    for row in rows():
        if row["entity_type"]["S"] == "OutboxMessage":
            dynamodb.delete_item(TableName=TABLE_NAME, Key={"PK": row["PK"], "SK": row["SK"]})


def count(kind: str) -> int:
    return [row["entity_type"]["S"] for row in rows()].count(kind)


class TestMessagesInFlight:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return api.person("Ada")

    @pytest.fixture
    def space_id(self, ada: Person) -> str:
        space_id: str = ada.make_space()["space_id"]
        return space_id

    @pytest.fixture
    def here(self, space_id: str) -> str:
        return f"{SPACES}/{space_id}"

    @pytest.fixture
    def execute(
        self, dynamodb: Any, table: Table, run_background: Callable[..., None]
    ) -> Callable[[str, dict[str, Any]], None]:
        """`execute(kind, payload)`: run a stored message; it is done afterwards."""

        def run(kind: str, payload: dict[str, Any]) -> None:
            drop_messages(dynamodb)
            store(dynamodb, kind, payload)
            run_background()
            assert table.get(OUTBOX_MESSAGES.key(shard="1", message_id=MESSAGE_ID)) is None

        return run

    def test_goal_deleted(self, ada: Person, here: str, execute: Any) -> None:
        goal_id = ada.post(f"{here}/goals", {"title": "Run", "kind": "milestone"}).json()["goal_id"]
        assert ada.post(f"{here}/goals/{goal_id}/check-ins", {}).status_code == 201
        assert ada.delete(f"{here}/goals/{goal_id}").status_code == 204

        execute("goal.deleted", {"goal_id": goal_id})

        assert count("GoalCheckIn") == 0

    def test_habit_deleted(self, ada: Person, here: str, execute: Any) -> None:
        habit = ada.post(f"{here}/habits", {"title": "Run", "cadence": {"kind": "daily"}}).json()
        path = f"{here}/habits/{habit['habit_id']}"
        assert ada.request("PUT", f"{path}/check-ins/2026-03-14", json={}).status_code == 200
        assert ada.delete(path).status_code == 204

        execute("habit.deleted", {"habit_id": habit["habit_id"]})

        assert count("HabitCheckIn") == 0

    def test_journal_deleted(self, ada: Person, here: str, space_id: str, execute: Any) -> None:
        entry_id = ada.post(f"{here}/journals", {"title": "Day", "content": "Text"}).json()["entry_id"]
        path = f"{here}/journals/{entry_id}"
        assert ada.post(f"{path}/comments", {"text": "Well"}).status_code == 201
        quoted = {"start": 0, "end": 4, "text": "Text", "color": "yellow"}
        assert ada.post(f"{path}/highlights", quoted).status_code == 201
        assert ada.delete(path).status_code == 204

        execute("journal.deleted", {"space_id": space_id, "entry_id": entry_id})

        assert count("Comment") == count("Highlight") == 0

    def test_comment_deleted(self, ada: Person, here: str, execute: Any) -> None:
        entry_id = ada.post(f"{here}/journals", {"title": "Day", "content": "Text"}).json()["entry_id"]
        comments = f"{here}/journals/{entry_id}/comments"
        root, other = (ada.post(comments, {"text": text}).json()["comment_id"] for text in "ab")
        for parent in (root, other):
            assert ada.post(comments, {"text": "Reply", "parent_id": parent}).status_code == 201

        execute("comment.deleted", {"entry_id": entry_id, "comment_id": root})

        left = [(comment["text"], comment["parent_id"]) for comment in all_of(ada, comments)]
        assert left == [("a", None), ("b", None), ("Reply", other)]

    def test_activity_deleted(
        self, ada: Person, here: str, execute: Any, run_background: Callable[..., None]
    ) -> None:
        ada.post(f"{here}/goals", {"title": "Run", "kind": "milestone"})
        run_background()
        (activity,) = all_of(ada, f"{here}/activity")
        path = f"{here}/activity/{activity['activity_id']}"
        assert ada.request("PUT", f"{path}/reactions/heart").status_code == 200

        execute("activity.deleted", {"activity_id": activity["activity_id"]})

        assert count("Reaction") == 0

    def test_activity_announced(self, api: Api, ada: Person, here: str, space_id: str, execute: Any) -> None:
        bob = api.member_of({"space_id": space_id}, ada, "member")
        payload = {
            "activity_id": "01JYYYYYYYYYYYYYYYYYYYYYYY",
            "happened_at": "2026-03-14T15:00:00.000Z",
            "space_id": space_id,
            "actor_id": ada.user_id,
            "kind": "comment_created",
            "subject_id": "C",
            "notify": {bob.user_id: "mention"},
        }

        execute("activity.announced", payload)

        assert [item["activity_id"] for item in all_of(ada, f"{here}/activity")] == [payload["activity_id"]]
        kinds = [notification["kind"] for notification in all_of(bob, "/api/v1/users/me/notifications")]
        assert "mention" in kinds

    def test_activity_announced_without_kind(
        self, api: Api, ada: Person, here: str, space_id: str, execute: Any
    ) -> None:
        bob = api.member_of({"space_id": space_id}, ada, "member")
        ids = {"activity_id": "01JYYYYYYYYYYYYYYYYYYYYYYY", "space_id": space_id, "actor_id": ada.user_id}
        rest = {"kind": None, "subject_id": space_id, "notify": {bob.user_id: "role_changed"}}

        execute("activity.announced", {**ids, **rest, "happened_at": "2026-03-14T15:00:00.000Z"})

        assert all_of(ada, f"{here}/activity") == []
        kinds = [notification["kind"] for notification in all_of(bob, "/api/v1/users/me/notifications")]
        assert "role_changed" in kinds

    def test_mention_mailed(
        self, api: Api, ada: Person, space_id: str, execute: Any, inbox: list[dict[str, Any]]
    ) -> None:
        bob = api.member_of({"space_id": space_id}, ada, "member")
        ids = {"user_id": bob.user_id, "actor_id": ada.user_id, "space_id": space_id, "subject_id": "C"}

        execute("mention.mailed", ids)

        assert [mail["Destination"]["ToAddresses"] for mail in inbox] == [[bob.email]]

    @pytest.mark.parametrize("kind", ["invitation.sent", "invitation.mailed"])
    def test_invitation_sent(
        self, ada: Person, here: str, execute: Any, inbox: list[dict[str, Any]], kind: str
    ) -> None:
        invitation = ada.post(f"{here}/invitations", {"email": "eve@example.com"}).json()
        ids = {"place_id": invitation["space_id"], "invitation_id": invitation["invitation_id"]}

        execute(kind, {**ids, "sent_at": invitation["created_at"]})

        assert [mail["Destination"]["ToAddresses"] for mail in inbox] == [["eve@example.com"]]

    def test_organization_deleted(self, ada: Person, execute: Any) -> None:
        organization = ada.post("/api/v1/organizations", {"name": "Engines"}).json()
        path = f"/api/v1/organizations/{organization['org_id']}"
        assert ada.post(f"{path}/invitations", {"email": "eve@example.com"}).status_code == 201
        assert ada.delete(path).status_code == 204

        execute("organization.deleted", {"org_id": organization["org_id"]})

        assert count("Invitation") == count("InvitationClaim") == 0

    @pytest.mark.parametrize("kind", ["reminders.hourly", "reminders.due"])
    def test_reminders(self, ada: Person, execute: Any, kind: str) -> None:
        changes = {"preferences": {"reminder_time": "15:30"}, "timezone": "UTC"}
        assert ada.patch("/api/v1/users/me", changes).status_code == 200
        zones = {"zones": ["UTC"]} if kind == "reminders.due" else {}

        execute(kind, {"hour": "2026-03-14T15:00:00.000Z", **zones})

        kinds = [notification["kind"] for notification in all_of(ada, "/api/v1/users/me/notifications")]
        assert kinds == ["reminder"]

    def test_space_deleted(self, ada: Person, here: str, space_id: str, execute: Any) -> None:
        operation = ada.delete(here).json()

        execute("space.deleted", {"operation_id": operation["operation_id"], "space_id": space_id})

        assert count("Space") == count("Membership") == 0
        done = ada.get(f"/api/v1/operations/{operation['operation_id']}").json()
        assert done["status"] == "done"

    @pytest.mark.parametrize("has_email", [True, False])
    def test_user_deleted(self, api: Api, execute: Any, has_email: bool) -> None:
        bob = api.person("Bob")
        operation = bob.delete("/api/v1/users/me").json()
        payload = {"operation_id": operation["operation_id"], "account_id": bob.user_id}

        execute("user.deleted", payload | {"email": bob.email if has_email else None})

        assert kinds_that_name(bob.email) == set()
