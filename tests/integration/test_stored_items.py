"""Items that the release 35bbe93 has stored, before fields and entities were renamed: all are still readable.

`stored_rows.json` are the rows of that release, one a line: Ada's space with Bob in it, and her organization.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.attribute_values import deserialize
from app.models.access_patterns import ENTITIES
from tests.assertions import assert_problem
from tests.factories import TABLE_NAME, Api, Person

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("stored_rows.json").read_text())
SPACE, ORGANIZATION = "01M8AM63GAQ3CNY622JYMWXFWW", "01M8AM63QKZW1A33JPFXCTKQMZ"
ENTRY, HABIT, GOAL = (
    "01M8AM63KHDRJF89X9751E8T5B",
    "01M8AM645R7MNEYBYKMH92N98T",
    "01M8AM6473Z9S79X7JT5RFH6CW",
)
HERE = f"/api/v1/spaces/{SPACE}"


def stored(entity: str, **keys: str) -> list[dict[str, Any]]:
    """The data of the rows of an entity whose fields have these values."""
    items = [deserialize(row["data"]) for row in ROWS if row["entity_type"]["S"] == entity]
    return [item for item in items if all(item[name] == value for name, value in keys.items())]


def is_shown(stored: Any, shown: Any) -> bool:
    """Whether the answer has the stored value, in objects that of each field which it has at all."""
    if isinstance(stored, dict):
        common = stored.keys() & shown.keys()
        return bool(common) == bool(stored) and all(is_shown(stored[name], shown[name]) for name in common)
    if isinstance(stored, list):
        return len(stored) == len(shown) and all(map(is_shown, stored, shown))
    return bool(stored == shown)


@pytest.fixture
def ada(api: Api, dynamodb: Any) -> Person:
    """The owner, with all of those rows in the table."""
    for row in ROWS:
        dynamodb.put_item(TableName=TABLE_NAME, Item=row)
    return api.user()


def test_stored_rows_have_every_entity_of_that_release() -> None:
    assert len({row["entity_type"]["S"] for row in ROWS}) == 27


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['PK']['S']}/{row['SK']['S']}")
def test_stored_row_is_loaded_with_its_key(row: dict[str, Any]) -> None:
    (entity,) = (entity for entity in ENTITIES if entity.name == row["entity_type"]["S"])
    item = entity.load(row)
    assert entity.key_of(item).attributes == {"PK": row["PK"], "SK": row["SK"]}


@pytest.mark.parametrize(
    ("path", "id_name", "items"),
    [
        ("/api/v1/users/me/spaces", "space_id", stored("Space", space_id=SPACE)),
        (f"{HERE}/members", "user_id", stored("Membership", space_id=SPACE)),
        (f"{HERE}/invitations", "invitation_id", stored("Invitation", place_id=SPACE)),
        (f"{HERE}/templates", "template_id", stored("Template")),
        (f"{HERE}/journals", "entry_id", stored("JournalEntry")),
        (f"{HERE}/journals/{ENTRY}/highlights", "highlight_id", stored("Highlight")),
        (f"{HERE}/journals/{ENTRY}/comments", "comment_id", stored("Comment")),
        (f"{HERE}/goals", "goal_id", stored("Goal")),
        (f"{HERE}/goals/{GOAL}/check-ins", "check_in_id", stored("GoalCheckIn", goal_id=GOAL)),
        (f"{HERE}/habits", "habit_id", stored("Habit")),
        (f"{HERE}/activity", "activity_id", stored("Activity")),
        (f"{HERE}/audit", "event_id", stored("AuditEvent")),
        (
            f"/api/v1/organizations/{ORGANIZATION}/invitations",
            "invitation_id",
            stored("Invitation", place_id=ORGANIZATION),
        ),
    ],
)
def test_list_shows_stored_items(ada: Person, path: str, id_name: str, items: list[dict[str, Any]]) -> None:
    response = ada.get(path)

    assert response.status_code == 200, response.text
    shown = {view[id_name]: view for view in response.json()["items"]}
    assert items
    assert shown.keys() == {item[id_name] for item in items}
    for item in items:
        assert is_shown(item, shown[item[id_name]])


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/api/v1/users/me", stored("UserProfile")[0]),
        (f"/api/v1/organizations/{ORGANIZATION}", stored("Organization")[0]),
        (HERE, stored("Space", space_id=SPACE)[0]),
        (f"{HERE}/invite-code", stored("InviteCodePointer")[0]),
        (f"{HERE}/journals/{ENTRY}", stored("JournalEntry", entry_id=ENTRY)[0]),
        (f"{HERE}/goals/{GOAL}", stored("Goal", goal_id=GOAL)[0]),
        (f"{HERE}/habits/{HABIT}", stored("Habit", habit_id=HABIT)[0]),
        (f"/api/v1/operations/{stored('Operation')[0]['operation_id']}", stored("Operation")[0]),
    ],
)
def test_get_shows_stored_item(ada: Person, path: str, item: dict[str, Any]) -> None:
    response = ada.get(path)

    assert response.status_code == 200, response.text
    assert is_shown(item, response.json())


def test_stored_check_ins_are_listed_by_user(ada: Person) -> None:
    days = [view["date"] for view in ada.get("/api/v1/users/me/check-ins").json()["items"]]

    assert days == sorted(item["date"] for item in stored("GoalCheckIn") + stored("HabitCheckIn"))


def test_stored_items_are_exported(ada: Person) -> None:
    kinds: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        page = ada.get(f"/api/v1/users/me/export?limit=100&cursor={cursor}").json()
        kinds |= {item["kind"] for item in page["items"]}
        cursor = page["next_cursor"]

    assert kinds >= {"user_profile", "membership", "journal_entry", "comment", "goal", "habit", "invitation"}


def test_stored_items_are_updated_and_deleted(ada: Person) -> None:
    goal, habit, entry = f"{HERE}/goals/{GOAL}", f"{HERE}/habits/{HABIT}", f"{HERE}/journals/{ENTRY}"
    invitation = stored("Invitation", place_id=SPACE)[0]["invitation_id"]

    assert ada.patch(goal, {"title": "Swim"}).json()["title"] == "Swim"
    assert ada.patch(habit, {"archived": False}).json()["archived"] is False
    assert ada.patch(entry, {"title": "Evening"}).json()["title"] == "Evening"
    assert ada.delete(f"{HERE}/invitations/{invitation}").status_code == 204
    assert ada.delete(entry).status_code == 204
    assert_problem(ada.get(entry), 404, "not_found")
