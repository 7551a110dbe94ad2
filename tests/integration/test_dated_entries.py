"""Entries dated by their authors: the day is the author's, and lists find it."""

from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.models.access_patterns import JOURNAL_ENTRIES
from tests.assertions import assert_problem
from tests.factories import TABLE_NAME, Api, Person
from tests.integration.journal_helpers import at, listed, path_of, write_entry

# The clock of the tests stands at 2026-03-14T15:09:26.535Z.
ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Asia/Kathmandu")


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


def live_in(person: Person, zone: str) -> None:
    assert person.patch("/api/v1/users/me", {"timezone": zone}).status_code == 200


class TestDatedEntry:
    @pytest.mark.parametrize("zone", ZONES)
    def test_dated_entry_is_listed_on_its_day_alone(
        self, ada: Person, space: dict[str, Any], zone: str
    ) -> None:
        live_in(ada, zone)
        made = write_entry(ada, space, date="2026-03-10")

        assert made["date"] == "2026-03-10"
        assert ada.get(path_of(made)).json()["date"] == "2026-03-10"
        for path in (f"{at(space)}/journals", "/api/v1/users/me/journals"):
            days = ("2026-03-09", "2026-03-10", "2026-03-11")
            assert [len(listed(ada, f"{path}?from={day}&to={day}")) for day in days] == [0, 1, 0]

    @pytest.mark.parametrize(
        ("zone", "today"),
        [("UTC", "2026-03-14"), ("Pacific/Kiritimati", "2026-03-15"), ("Etc/GMT+12", "2026-03-14")],
    )
    def test_entry_is_dated_the_authors_today_by_default(
        self, ada: Person, space: dict[str, Any], zone: str, today: str
    ) -> None:
        live_in(ada, zone)

        assert write_entry(ada, space)["date"] == today
        assert write_entry(ada, space, date=today)["date"] == today

    @pytest.mark.parametrize(
        ("zone", "first", "last"),
        [
            ("UTC", "2025-03-13", "2026-03-14"),
            ("Pacific/Kiritimati", "2025-03-14", "2026-03-15"),
            ("Etc/GMT+12", "2025-03-13", "2026-03-14"),
        ],
    )
    def test_entry_is_dated_from_366_days_ago_to_today(
        self, ada: Person, space: dict[str, Any], zone: str, first: str, last: str
    ) -> None:
        live_in(ada, zone)
        for day in (first, last):
            assert write_entry(ada, space, date=day)["date"] == day
        before, after = (f"{first[:-2]}{int(first[-2:]) - 1}", f"{last[:-2]}{int(last[-2:]) + 1}")
        for day in (before, after, "0001-01-01", "9999-12-31"):
            response = ada.post(f"{at(space)}/journals", {"title": "Then", "date": day})
            assert_problem(response, 422, "date_out_of_range", field="body.date")

    @pytest.mark.parametrize("day", ["2026-02-30", "10.03.2026", "2026-03-10T12:00:00Z", 20260310, True])
    def test_entry_rejects_what_is_no_day(self, ada: Person, space: dict[str, Any], day: object) -> None:
        response = ada.post(f"{at(space)}/journals", {"title": "Then", "date": day})

        assert_problem(response, 422, "validation_failed", field="body.date")

    def test_entries_are_listed_in_the_order_of_their_days(self, ada: Person, space: dict[str, Any]) -> None:
        days = ["2026-03-10", "2026-03-12", "2026-03-09", "2026-03-11"]
        for day in days:
            write_entry(ada, space, date=day)

        assert [item["date"] for item in listed(ada, f"{at(space)}/journals")] == sorted(days, reverse=True)

    def test_date_cannot_be_changed(self, ada: Person, space: dict[str, Any]) -> None:
        response = ada.patch(path_of(write_entry(ada, space)), {"date": "2026-03-10"})

        assert_problem(response, 422, "validation_failed", field="body.date")

    def test_entry_stored_without_a_day_has_that_of_its_creation(
        self, ada: Person, space: dict[str, Any], dynamodb: DynamoDBClient
    ) -> None:
        entry = write_entry(ada, space, date="2026-03-10")
        dynamodb.update_item(
            TableName=TABLE_NAME,
            Key=JOURNAL_ENTRIES.key(space_id=space["space_id"], entry_id=entry["entry_id"]).attributes,
            UpdateExpression="REMOVE #data.#date",
            ExpressionAttributeNames={"#data": "data", "#date": "date"},
        )

        assert ada.get(path_of(entry)).json()["date"] == "2026-03-14"


class TestFilteredTrackers:
    def test_list_goals_by_status(self, ada: Person, space: dict[str, Any]) -> None:
        path = f"{at(space)}/goals"
        for title in ("Read", "Swim"):
            assert ada.post(path, {"title": title, "kind": "milestone"}).status_code == 201
        (swim, _) = listed(ada, path)
        ada.patch(f"{path}/{swim['goal_id']}", {"status": "achieved"})

        titles = {
            status: [goal["title"] for goal in listed(ada, f"{path}?status={status}")]
            for status in ("active", "achieved", "abandoned")
        }
        assert titles == {"active": ["Read"], "achieved": ["Swim"], "abandoned": []}
        assert_problem(ada.get(f"{path}?status=done"), 422, "validation_failed", field="query.status")

    def test_list_habits_by_archived(self, ada: Person, space: dict[str, Any]) -> None:
        path = f"{at(space)}/habits"
        for title in ("Read", "Swim"):
            assert ada.post(path, {"title": title, "cadence": {"kind": "daily"}}).status_code == 201
        (swim, _) = listed(ada, path)
        ada.patch(f"{path}/{swim['habit_id']}", {"archived": True})

        assert [habit["title"] for habit in listed(ada, f"{path}?archived=true")] == ["Swim"]
        assert [habit["title"] for habit in listed(ada, f"{path}?archived=false")] == ["Read"]
