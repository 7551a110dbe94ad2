"""`/spaces/{space_id}/habits`: beginning habits and keeping them."""

from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person

DAILY = {"title": "Morning stretch", "cadence": {"kind": "daily"}}


def habits_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}/habits"


def path_of(habit: dict[str, Any]) -> str:
    return f"{habits_of(habit)}/{habit['habit_id']}"


def begin(person: Person, space: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = person.post(habits_of(space), {**DAILY, **fields})
    assert response.status_code == 201, response.text
    habit: dict[str, Any] = response.json()
    return habit


def check_in(person: Person, habit: dict[str, Any], *days: str, **fields: Any) -> None:
    for day in days:
        response = person.request("PUT", f"{path_of(habit)}/check-ins/{day}", json=fields)
        assert response.status_code == 200, response.text


class TestCreateHabit:
    def test_begins_a_habit(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        response = ada.post(habits_of(space), DAILY)

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "habit_id": made["habit_id"],
            "space_id": space["space_id"],
            "author_id": ada.user_id,
            "title": "Morning stretch",
            "description": None,
            "cadence": {"kind": "daily"},
            "archived": False,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made

    @pytest.mark.parametrize(
        "cadence",
        [{"kind": "weekly", "days": ["monday", "sunday"]}, {"kind": "times_per_week", "times": 7}],
    )
    def test_takes_each_cadence(self, api: Api, cadence: dict[str, Any]) -> None:
        ada = api.person()

        assert begin(ada, ada.make_space(), cadence=cadence)["cadence"] == cadence

    @pytest.mark.parametrize(
        ("cadence", "field"),
        [
            ({"kind": "hourly"}, "body.cadence"),
            ({"kind": "weekly", "days": []}, "body.cadence.weekly.days"),
            ({"kind": "weekly", "days": ["noday"]}, "body.cadence.weekly.days.0"),
            ({"kind": "weekly", "days": ["monday", "monday"]}, "body.cadence.weekly.days"),
            ({"kind": "times_per_week", "times": 0}, "body.cadence.times_per_week.times"),
            ({"kind": "times_per_week", "times": 8}, "body.cadence.times_per_week.times"),
            ({"kind": "daily", "days": ["monday"]}, "body.cadence.daily.days"),
        ],
    )
    def test_refuses_a_cadence_that_is_none(self, api: Api, cadence: dict[str, Any], field: str) -> None:
        ada = api.person()

        response = ada.post(habits_of(ada.make_space()), DAILY | {"cadence": cadence})

        assert_problem(response, 422, "validation_failed", field=field)

    def test_stops_at_the_limit_for_two_at_once(self, api: Api, set_parameter: Any, meanwhile: Any) -> None:
        set_parameter("max_trackers_per_space", "1")
        ada = api.person()
        space = ada.make_space()
        meanwhile(lambda: begin(ada.elsewhere(), space))

        assert_problem(ada.post(habits_of(space), DAILY), 409, "too_many_trackers")


class TestListHabits:
    def test_shows_the_newest_first(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        made = [begin(ada, space, title=f"Habit {number}") for number in range(2)]

        assert ada.get(habits_of(space)).json() == {"items": made[::-1], "next_cursor": None}


class TestUpdateHabit:
    def test_changes_what_is_sent(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        changed = ada.patch(
            path_of(habit), {"archived": True, "cadence": {"kind": "times_per_week", "times": 2}}
        )

        assert changed.json() == habit | {
            "archived": True,
            "cadence": {"kind": "times_per_week", "times": 2},
            "version": 2,
        }


class TestDeleteHabit:
    def test_makes_room_for_another(self, api: Api, set_parameter: Any) -> None:
        set_parameter("max_trackers_per_space", "1")
        ada = api.person()
        space = ada.make_space()
        assert ada.delete(path_of(begin(ada, space))).status_code == 204

        begin(ada, space)


class TestPutCheckIn:
    def test_notes_the_day(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.request(
            "PUT", f"{path_of(habit)}/check-ins/2026-03-14", json={"note": "Ten minutes", "value": 10}
        )

        assert response.status_code == 200
        assert response.json() == {
            "habit_id": habit["habit_id"],
            "space_id": habit["space_id"],
            "user_id": ada.user_id,
            "date": "2026-03-14",
            "note": "Ten minutes",
            "value": 10,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
        }

    def test_again_changes_the_day_and_stays_one(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", note="First")
        check_in(ada, habit, "2026-03-14", note="Second")

        items = ada.get(f"{path_of(habit)}/check-ins").json()["items"]

        assert [(item["note"], item["version"]) for item in items] == [("Second", 2)]

    def test_again_the_same_changes_nothing(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", "2026-03-14", note="Same")

        assert ada.get(f"{path_of(habit)}/check-ins").json()["items"][0]["version"] == 1

    def test_each_member_has_days_of_their_own(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        bob = api.member_of(space, ada, "member")
        check_in(ada, habit, "2026-03-14")
        check_in(bob, habit, "2026-03-13")

        mine = ada.get(f"{path_of(habit)}/check-ins").json()["items"]
        his = ada.get(f"{path_of(habit)}/check-ins?user_id={bob.user_id}").json()["items"]

        assert [item["date"] for item in mine] == ["2026-03-14"]
        assert [item["date"] for item in his] == ["2026-03-13"]

    @pytest.mark.parametrize(
        ("zone", "day", "status"),
        [
            ("UTC", "2026-03-15", 422),
            ("Pacific/Auckland", "2026-03-15", 200),
            ("Pacific/Auckland", "2026-03-16", 422),
            ("Pacific/Honolulu", "2026-03-14", 200),
        ],
    )
    def test_a_day_begins_where_the_user_lives(self, api: Api, zone: str, day: str, status: int) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": zone})
        habit = begin(ada, ada.make_space())

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})

        assert response.status_code == status

    @pytest.mark.parametrize(("day", "status"), [("2025-03-13", 200), ("2025-03-12", 422)])
    def test_reaches_back_366_days_before_the_habit(self, api: Api, day: str, status: int) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        assert ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={}).status_code == status

    @pytest.mark.parametrize("day", ["2026-02-29", "yesterday", "2026-3-1", "20260301"])
    def test_refuses_what_is_no_day(self, api: Api, day: str) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})

        assert_problem(response, 422, "validation_failed", field="path.date")

    def test_honours_if_match(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        path = f"{path_of(habit)}/check-ins/2026-03-14"
        stale = ada.request("PUT", path, json={}).headers["ETag"]
        ada.request("PUT", path, json={"note": "Changed"})

        assert_problem(ada.request("PUT", path, json={}, if_match=stale), 412, "precondition_failed")

    def test_of_two_at_once_both_are_kept_as_one_day(self, api: Api, meanwhile: Any) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        meanwhile(lambda: check_in(ada.elsewhere(), habit, "2026-03-14", note="First"))

        check_in(ada, habit, "2026-03-14", note="Second")

        items = ada.get(f"{path_of(habit)}/check-ins").json()["items"]
        assert [(item["note"], item["version"]) for item in items] == [("Second", 2)]

    def test_does_not_outlive_its_habit(self, api: Api, meanwhile: Any) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        meanwhile(lambda: ada.elsewhere().delete(path_of(habit)))

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/2026-03-14", json={})

        assert_problem(response, 404, "not_found")


class TestDeleteCheckIn:
    def test_takes_the_day_away(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14")

        assert ada.delete(f"{path_of(habit)}/check-ins/2026-03-14").status_code == 204
        assert ada.get(f"{path_of(habit)}/check-ins").json()["items"] == []
        assert_problem(ada.delete(f"{path_of(habit)}/check-ins/2026-03-14"), 404, "not_found")


class TestListCheckIns:
    @pytest.mark.parametrize(
        ("query", "days"),
        [
            ("", ["2026-03-10", "2026-03-12", "2026-03-14"]),
            ("?from=2026-03-12", ["2026-03-12", "2026-03-14"]),
            ("?to=2026-03-12", ["2026-03-10", "2026-03-12"]),
            ("?from=2026-03-11&to=2026-03-13", ["2026-03-12"]),
        ],
    )
    def test_shows_the_days_asked_for_in_order(self, api: Api, query: str, days: list[str]) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-12", "2026-03-14", "2026-03-10")

        items = ada.get(f"{path_of(habit)}/check-ins{query}").json()["items"]

        assert [item["date"] for item in items] == days

    def test_refuses_days_in_the_wrong_order(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.get(f"{path_of(habit)}/check-ins?from=2026-03-14&to=2026-03-13")

        assert_problem(response, 422, "date_out_of_range")

    def test_goes_on_behind_a_cursor_within_the_days_asked_for(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13")
        path = f"{path_of(habit)}/check-ins?from=2026-03-11&to=2026-03-12&limit=1"

        first = ada.get(path).json()
        second = ada.get(f"{path}&cursor={first['next_cursor']}").json()

        assert [item["date"] for page in (first, second) for item in page["items"]] == [
            "2026-03-11",
            "2026-03-12",
        ]


class TestStats:
    def test_counts_by_the_calendar_of_the_member(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", "2026-03-13", "2026-03-12", "2026-03-10")

        assert ada.get(f"{path_of(habit)}/stats").json() == {
            "current_streak": 3,
            "longest_streak": 3,
            "completion_rate_30d": 1,
        }

    def test_can_be_read_of_another_member(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        check_in(ada, habit, "2026-03-14")
        bob = api.member_of(space, ada, "viewer")

        path = f"{path_of(habit)}/stats"

        assert bob.get(f"{path}?user_id={ada.user_id}").json()["current_streak"] == 1
        assert bob.get(path).json()["current_streak"] == 0

    def test_is_404_of_someone_who_is_not_in_the_space(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        path = f"{path_of(habit)}/stats?user_id={api.person().user_id}"

        assert_problem(ada.get(path), 404, "not_found")

    def test_a_clock_change_costs_no_day(self, api: Api) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": "Europe/Zurich"})
        habit = begin(ada, ada.make_space())
        # On 29 March the clocks there go forward; it is 30 March, half past midnight, summer time.
        api.clock.advance(days=15, hours=7, minutes=20)
        assert api.clock.now.isoformat(timespec="minutes") == "2026-03-29T22:29+00:00"
        check_in(ada, habit, "2026-03-28", "2026-03-29", "2026-03-30")

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 3
