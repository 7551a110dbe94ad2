"""`/users/me/check-ins`: everything that one has checked in on, by day."""

from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.tracker_helpers import begin, check_in, path_of, set_goal, step

MINE = "/api/v1/users/me/check-ins"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def goal(ada: Person) -> dict[str, Any]:
    return set_goal(ada, ada.make_space())


@pytest.fixture
def habit(ada: Person) -> dict[str, Any]:
    return begin(ada, ada.make_space())


class TestListMyCheckIns:
    def test_list_my_check_ins_shows_both_kinds_over_all_spaces_by_day(
        self, ada: Person, goal: dict[str, Any], habit: dict[str, Any]
    ) -> None:
        check_in(ada, habit, "2026-03-14", note="Ten minutes", value=10)
        made = step(ada, goal, date="2026-03-13", value=5.5)
        check_in(ada, habit, "2026-03-12")

        items = ada.get(MINE).json()["items"]

        assert [(item["kind"], item["date"]) for item in items] == [
            ("habit", "2026-03-12"),
            ("goal", "2026-03-13"),
            ("habit", "2026-03-14"),
        ]
        day = ada.get(f"{path_of(habit)}/check-ins").json()["items"][1]
        assert items[1:] == [made | {"kind": "goal"}, day | {"kind": "habit"}]

    def test_list_my_check_ins_shows_none_of_other_users(self, api: Api, ada: Person) -> None:
        space = ada.make_space()
        habit = begin(ada, space)
        bob = api.member_of(space, ada, "member")
        check_in(bob, habit, "2026-03-14")

        assert ada.get(MINE).json() == {"items": [], "next_cursor": None}

    def test_list_my_check_ins_keeps_what_one_did_in_a_space_that_one_has_left(
        self, api: Api, ada: Person
    ) -> None:
        space = ada.make_space()
        habit = begin(ada, space)
        bob = api.member_of(space, ada, "member")
        check_in(bob, habit, "2026-03-14")
        bob.delete(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}")

        assert [item["habit_id"] for item in bob.get(MINE).json()["items"]] == [habit["habit_id"]]

    @pytest.mark.parametrize(
        ("query", "days"),
        [
            ("from=2026-03-12", ["2026-03-12", "2026-03-13", "2026-03-14"]),
            ("to=2026-03-12", ["2026-03-11", "2026-03-12"]),
            ("from=2026-03-12&to=2026-03-13", ["2026-03-12", "2026-03-13"]),
            ("from=2026-03-13&to=2026-03-13", ["2026-03-13"]),
            ("from=0001-01-01&to=9999-12-31", ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14"]),
            ("from=2026-03-15", []),
        ],
    )
    def test_list_my_check_ins_shows_the_days_asked_for_both_included(
        self, ada: Person, goal: dict[str, Any], habit: dict[str, Any], query: str, days: list[str]
    ) -> None:
        check_in(ada, habit, "2026-03-11", "2026-03-13")
        step(ada, goal, date="2026-03-12")
        step(ada, goal, date="2026-03-14")

        assert [item["date"] for item in ada.get(f"{MINE}?{query}").json()["items"]] == days

    def test_list_my_check_ins_continues_after_a_cursor_within_the_days_asked_for(
        self, ada: Person, goal: dict[str, Any], habit: dict[str, Any]
    ) -> None:
        check_in(ada, habit, "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14")
        made = step(ada, goal, date="2026-03-12")
        path = f"{MINE}?from=2026-03-12&to=2026-03-13&limit=2"

        first = ada.get(path).json()
        second = ada.get(f"{path}&cursor={first['next_cursor']}").json()

        dates = [item["date"] for page in (first, second) for item in page["items"]]
        assert dates == ["2026-03-12", "2026-03-12", "2026-03-13"]
        assert made | {"kind": "goal"} in first["items"]
        elsewhere = ada.get(f"{MINE}?from=2026-03-11&cursor={first['next_cursor']}")
        assert_problem(elsewhere, 400, "invalid_cursor")

    @pytest.mark.parametrize(
        ("query", "code", "field"),
        [
            ("from=2026-03-14&to=2026-03-13", "date_out_of_range", "query.to"),
            ("from=2026-02-29", "validation_failed", "query.from"),
            ("to=20260314", "validation_failed", "query.to"),
        ],
    )
    def test_list_my_check_ins_rejects_what_is_no_span_of_days(
        self, ada: Person, query: str, code: str, field: str
    ) -> None:
        assert_problem(ada.get(f"{MINE}?{query}"), 422, code, field=field)

    def test_list_my_check_ins_costs_one_query(
        self, ada: Person, habit: dict[str, Any], calls: list[str]
    ) -> None:
        check_in(ada, habit, "2026-03-14")
        calls.clear()

        ada.get(f"{MINE}?to=2026-03-14")

        assert calls == ["GetItem", "Query"]
