"""What a page costs does not grow with the data behind it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.api.openapi import document
from app.api.routing import all_routes
from app.core.entities import Entity
from app.core.records import Record
from app.models.access_patterns import (
    ACTIVITIES,
    AUDIT_EVENTS,
    COMMENTS,
    GOAL_CHECK_INS,
    GOALS,
    HABIT_CHECK_INS,
    HABIT_SUMMARIES,
    HABITS,
    HIGHLIGHTS,
    INVITATIONS,
    JOURNAL_ENTRIES,
    MEMBERSHIPS,
    NOTIFICATIONS,
    SPACES,
    TEMPLATES,
    USER_PROFILES,
)
from app.models.habit_summaries import SUMMARY_DAYS
from tests.database.conftest import Bill
from tests.factories import TABLE_NAME, Api, FrozenClock, Person

pytestmark = pytest.mark.long

FEW, MANY = 10, 2_000
EXPORT = "/users/me/export"
ENTRY = {
    "content": "By the river",
    "excerpt": "By the river",
    "word_count": 3,
    "template_sections": [],
    "sections": [],
    "tags": ["river"],
    "tag_keys": ["river"],
    "emotions": ["calm"],
    "pinned": False,
}

# As many of each as it takes. What a row does not say is `World.usual`; what it says in braces is another
# one for each item. An item below another lies below the first of its kind.
ITEMS: list[tuple[Entity[Any], Mapping[str, Any]]] = [
    (USER_PROFILES, {"user_id": "{user}", "org_role": "member"}),
    (MEMBERSHIPS, {"user_id": "{user}", "role": "member"}),
    (MEMBERSHIPS, {"space_id": "{ulid}", "role": "member"}),
    (SPACES, {"space_id": "{ulid}", "visibility": "public", "member_count": 1}),
    (TEMPLATES, {"template_id": "{ulid}", "sections": []}),
    (JOURNAL_ENTRIES, {"entry_id": "{ulid}", **ENTRY}),
    (
        HIGHLIGHTS,
        {"highlight_id": "{ulid}", "entry_version": 1, "start": 0, "end": 2, "color": "blue", "text": "By"},
    ),
    (COMMENTS, {"comment_id": "{ulid}", "text": "Well done", "mentions": []}),
    (GOALS, {"goal_id": "{ulid}", "kind": "milestone"}),
    (GOAL_CHECK_INS, {"check_in_id": "{ulid}", "date": "{day}", "value": 1}),
    (HABITS, {"habit_id": "{ulid}", "cadence": {"kind": "daily"}, "summarized": True}),
    (HABIT_SUMMARIES, {"habit_id": "{ulid}", "first": "{day}"}),
    (HABIT_CHECK_INS, {"date": "{day}"}),
    (ACTIVITIES, {"activity_id": "{ulid}", "kind": "goal_created"}),
    (NOTIFICATIONS, {"notification_id": "{ulid}", "kind": "mention"}),
    (AUDIT_EVENTS, {"event_id": "{ulid}", "kind": "space_changed"}),
    (INVITATIONS, {"invitation_id": "{ulid}", "place": "space", "role": "member"}),
    (
        INVITATIONS,
        {"invitation_id": "{ulid}", "place": "organization", "role": "member", "target_id": "{org_id}"},
    ),
]

# Every list with `limit=5`. A filter that no key serves reads 5 x limit items, so it is asked for 2.
LISTS = [
    "/spaces?limit=5",
    "/spaces/{space_id}/members?limit=5",
    "/spaces/{space_id}/templates?limit=5",
    "/spaces/{space_id}/journals?limit=5",
    "/spaces/{space_id}/journals?limit=5&from=2020-01-01",
    "/spaces/{space_id}/journals?limit=2&author_id={user_id}&tag=river&pinned=false",
    "/spaces/{space_id}/journals/{entry_id}/highlights?limit=5",
    "/spaces/{space_id}/journals/{entry_id}/comments?limit=5",
    "/spaces/{space_id}/goals?limit=5",
    "/spaces/{space_id}/goals/{goal_id}/check-ins?limit=5",
    "/spaces/{space_id}/habits?limit=5",
    "/spaces/{space_id}/habits/{habit_id}/check-ins?limit=5",
    "/spaces/{space_id}/activity?limit=5",
    "/spaces/{space_id}/audit?limit=5",
    "/spaces/{space_id}/invitations?limit=5",
    "/spaces/{space_id}/invitations?limit=2&status=pending",
    "/organizations/{org_id}/users?limit=5",
    "/organizations/{org_id}/invitations?limit=5",
    "/organizations/{org_id}/invitations?limit=2&status=pending",
    "/users/me/check-ins?limit=5",
    "/users/me/spaces?limit=5",
    "/users/me/spaces?limit=2&role=member",
    "/users/me/invitations?limit=2",
    "/users/me/journals?limit=5",
    "/users/me/journals?limit=5&from=2020-01-01",
    "/users/me/notifications?limit=5",
]


@dataclass
class World:
    """One person in spaces and an organization among others, as many as it takes, all of the same size."""

    ada: Person
    client: DynamoDBClient
    usual: dict[str, Any]

    def grow(self, to: int, *entities: Entity[Any]) -> None:
        """Have `to` of everything, or of these alone."""
        for entity, fields in ITEMS:
            if entities and entity not in entities:
                continue
            items = [self._item(entity, fields, number) for number in range(to)]
            for start in range(0, to, 25):
                puts: Any = [
                    {"PutRequest": {"Item": entity.create(item).request["Item"]}}
                    for item in items[start : start + 25]
                ]
                self.client.batch_write_item(RequestItems={TABLE_NAME: puts})

    def _item(self, entity: Entity[Any], fields: Mapping[str, Any], number: int) -> Record:
        each = {
            "ulid": f"7{number:025}",
            "user": f"ffffffff-0000-4000-8000-{number:012}",
            "day": (date(2026, 3, 14) - timedelta(days=number)).isoformat(),
        }
        said = {k: v.format(**each, **self.usual) if isinstance(v, str) else v for k, v in fields.items()}
        values = {name: value for name, value in self.usual.items() if name in entity.model.model_fields}
        item: Record = entity.model.model_validate(values | said)
        return item

    def address(self, path: str) -> str:
        """The path with the ids of what is there."""
        return "/api/v1" + path.format(**self.usual)


@pytest.fixture
def world(api: Api, clock: FrozenClock, dynamodb: DynamoDBClient) -> World:
    ada = api.person("Somebody")
    first = f"7{0:025}"
    usual = {
        "space_id": ada.make_space(visibility="public")["space_id"],
        "org_id": ada.post("/api/v1/organizations", {"name": "Engines"}).json()["org_id"],
        **dict.fromkeys(
            ("user_id", "author_id", "owner_id", "actor_id", "subject_id", "invited_by"), ada.user_id
        ),
        **dict.fromkeys(("goal_id", "habit_id", "entry_id"), first),
        **dict.fromkeys(("name", "title", "target_name"), "Somebody"),
        **dict.fromkeys(("created_at", "updated_at", "sent_at"), clock.now),
        **dict.fromkeys(("expires_at", "purge_at"), clock.now + timedelta(days=7)),
        "email": ada.email,
    }
    return World(ada, dynamodb, usual | {"target_id": usual["space_id"]})


def pages(world: World, bill: Bill, path: str) -> Iterator[list[tuple[str, float]]]:
    """What each page of a list costs; they are full, and the list goes on."""
    cursor = ""
    while True:
        bill.charges.clear()
        page = world.ada.get(world.address(path) + cursor).json()
        assert len(page["items"]) == int(path.split("limit=")[1][0])
        cursor = f"&cursor={page['next_cursor']}"
        yield list(bill.charges)


def export_pages(world: World, bill: Bill) -> Iterator[list[tuple[str, float]]]:
    """What each page of an export costs, to its end."""
    cursor: str | None = ""
    while cursor is not None:
        bill.charges.clear()
        page = world.ada.get(f"/api/v1{EXPORT}?limit=5{cursor and f'&cursor={cursor}'}").json()
        cursor = page["next_cursor"]
        yield list(bill.charges)


def units(cost: list[tuple[str, float]]) -> float:
    return sum(charge for _, charge in cost)


def test_cost_of_a_page_does_not_grow_with_the_list(world: World, bill: Bill) -> None:
    world.grow(FEW)
    costs = {path: next(pages(world, bill, path)) for path in LISTS}

    world.grow(MANY)

    for path, cost in costs.items():
        first, second, third = (page for page, _ in zip(pages(world, bill, path), range(3), strict=False))
        assert first == cost, path
        assert second == third, path
        # Who asks, what the list belongs to, the list itself, and at most one batch of what belongs to it.
        assert [name for name, _ in first].count("Query") == 1, path
        assert len(first) <= 3, path
        assert {name for name, _ in second} == {name for name, _ in first}, path


def test_cost_of_every_list_is_tested() -> None:
    paths: dict[str, Any] = document(all_routes())["paths"]
    lists = {
        path.removeprefix("/api/v1")
        for path, methods in paths.items()
        if any(parameter["name"] == "cursor" for parameter in methods.get("get", {}).get("parameters", []))
    }

    # The built-in templates are in the code; an export is many lists in one.
    assert {path.split("?")[0] for path in LISTS} | {"/templates", EXPORT} == lists


def test_cost_of_an_export_page_does_not_grow_with_the_export(world: World, bill: Bill) -> None:
    world.grow(FEW)
    few = [cost for cost, _ in zip(export_pages(world, bill), range(100), strict=False)]

    world.grow(MANY)

    many = [cost for cost, _ in zip(export_pages(world, bill), range(100), strict=False)]
    for cost in (*few, *many):
        assert [name for name, _ in cost] in (["GetItem", "Query"], ["GetItem", "Query", "BatchGetItem"])
    assert len(few) < len(many)
    assert max(units(cost) for cost in many) <= max(units(cost) for cost in few)


def test_statistics_without_summary_read_at_most_ten_years(world: World, bill: Bill) -> None:
    world.usual["note"] = "a" * 100
    world.grow(1, HABITS)
    world.client.update_item(  # as an earlier version has stored it
        TableName=TABLE_NAME,
        Key=HABITS.key(space_id=world.usual["space_id"], habit_id=world.usual["habit_id"]).attributes,
        UpdateExpression="REMOVE #data.summarized",
        ExpressionAttributeNames={"#data": "data"},
    )
    costs = []
    for days in (SUMMARY_DAYS, SUMMARY_DAYS + 1_000):
        world.grow(days, HABIT_CHECK_INS)
        bill.charges.clear()
        response = world.ada.get(world.address("/spaces/{space_id}/habits/{habit_id}/stats"))
        assert response.json()["current_streak"] == SUMMARY_DAYS
        costs.append(list(bill.charges))

    assert costs[0] == costs[1]
    # Caller, space and habit; the days, 1 MB at a time.
    assert Counter(name for name, _ in costs[0]) == {"BatchGetItem": 1, "Query": 2}


def test_get_user_costs_one_query_and_one_batch(world: World, bill: Bill) -> None:
    world.grow(50)
    bill.charges.clear()

    response = world.ada.get("/api/v1/users/ffffffff-0000-4000-8000-000000000000")

    assert response.status_code == 200
    assert [name for name, _ in bill.charges] == ["GetItem", "Query", "BatchGetItem"]


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("/spaces/{space_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/members/{user_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/journals/{entry_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/goals/{goal_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/habits/{habit_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/habits/{habit_id}/stats", ["BatchGetItem"]),
        ("/spaces/{space_id}/habits/{habit_id}/stats?user_id={user_id}", ["BatchGetItem"]),
        ("/spaces/{space_id}/journals/{entry_id}/comments", ["BatchGetItem", "Query"]),
        ("/users/me/spaces", ["Query", "BatchGetItem"]),
        ("/users/me/journals/{entry_id}", ["GetItem", "Query", "GetItem"]),
    ],
)
def test_authorize_reads_all_items_of_the_path_in_one_call(
    world: World, bill: Bill, path: str, calls: list[str]
) -> None:
    world.grow(FEW)
    bill.charges.clear()

    assert world.ada.get(world.address(path)).status_code == 200

    assert [name for name, _ in bill.charges] == calls


def test_habit_check_in_costs_two_calls(world: World, bill: Bill) -> None:
    world.grow(1, HABITS)
    path = world.address("/spaces/{space_id}/habits/{habit_id}/check-ins/2026-03-14")
    for note in ("First", "Again"):
        bill.charges.clear()
        assert world.ada.request("PUT", path, json={"note": note}).status_code == 200
        assert [name for name, _ in bill.charges] == ["BatchGetItem", "TransactWriteItems"]
