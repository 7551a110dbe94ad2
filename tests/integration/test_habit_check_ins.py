"""`/spaces/{space_id}/habits/{habit_id}/check-ins`: the days on which one kept a habit."""

from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import begin, check_in, path_of


class TestPutCheckIn:
    def test_put_check_in_stores_the_day(self, api: Api) -> None:
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
            "skipped": False,
            "backfilled": False,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }

    def test_put_check_in_again_changes_the_day_and_stays_one(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", note="First")
        check_in(ada, habit, "2026-03-14", note="Second")

        items = ada.get(f"{path_of(habit)}/check-ins").json()["items"]

        assert [(item["note"], item["version"]) for item in items] == [("Second", 2)]

    def test_put_check_in_with_a_version_makes_nothing_new(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14")
        path = f"{path_of(habit)}/check-ins/2026-03-14"
        seen = ada.request("PUT", path, json={}).headers["ETag"]
        ada.delete(path)

        response = ada.request("PUT", path, json={"note": "Still there?"}, if_match=seen)

        assert_problem(response, 412, "precondition_failed")
        assert ada.get(f"{path_of(habit)}/check-ins").json()["items"] == []

    def test_put_check_in_again_the_same_changes_nothing(self, api: Api) -> None:
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
    def test_check_in_day_begins_in_the_users_time_zone(
        self, api: Api, zone: str, day: str, status: int
    ) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": zone})
        habit = begin(ada, ada.make_space())

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})

        assert response.status_code == status

    @pytest.mark.parametrize(("day", "status"), [("2025-03-13", 200), ("2025-03-12", 422)])
    def test_put_check_in_reaches_back_366_days_before_the_habit(
        self, api: Api, day: str, status: int
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        assert ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={}).status_code == status

    @pytest.mark.parametrize("day", ["2026-02-29", "yesterday", "2026-3-1", "20260301"])
    def test_put_check_in_rejects_what_is_no_day(self, api: Api, day: str) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})

        assert_problem(response, 422, "validation_failed", field="path.date")

    def test_put_check_in_honours_if_match(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        path = f"{path_of(habit)}/check-ins/2026-03-14"
        stale = ada.request("PUT", path, json={}).headers["ETag"]
        ada.request("PUT", path, json={"note": "Changed"})

        assert_problem(ada.request("PUT", path, json={}, if_match=stale), 412, "precondition_failed")

    def test_put_check_in_of_two_at_once_both_are_kept_as_one_day(self, api: Api, before_commit: Any) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        before_commit(lambda: check_in(ada.elsewhere(), habit, "2026-03-14", note="First"))

        check_in(ada, habit, "2026-03-14", note="Second")

        items = ada.get(f"{path_of(habit)}/check-ins").json()["items"]
        assert [(item["note"], item["version"]) for item in items] == [("Second", 2)]

    def test_put_check_in_of_a_habit_deleted_concurrently_is_rejected(
        self, api: Api, before_commit: Any
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        before_commit(lambda: ada.elsewhere().delete(path_of(habit)))

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/2026-03-14", json={})

        assert_problem(response, 404, "not_found")

    @pytest.mark.parametrize(("day", "backfilled"), [("2026-03-07", False), ("2026-03-06", True)])
    def test_put_check_in_marks_days_more_than_seven_days_ago(
        self, api: Api, day: str, backfilled: bool
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})

        assert response.json()["backfilled"] is backfilled

    def test_put_check_in_rejects_backfilled_days_if_the_space_forbids_them(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space(allow_backfill=False))
        path = f"{path_of(habit)}/check-ins"

        assert ada.request("PUT", f"{path}/2026-03-07", json={}).status_code == 200
        refused = ada.request("PUT", f"{path}/2026-03-06", json={})
        assert_problem(refused, 422, "date_out_of_range", field="path.date")

    def test_put_check_in_of_an_archived_habit_is_rejected(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14")
        ada.patch(path_of(habit), {"archived": True})

        for day in ("2026-03-13", "2026-03-14"):
            response = ada.request("PUT", f"{path_of(habit)}/check-ins/{day}", json={})
            assert_problem(response, 409, "habit_archived")

        ada.patch(path_of(habit), {"archived": False})
        check_in(ada, habit, "2026-03-13")

    def test_own_check_in_can_be_changed_and_deleted_after_demotion(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        bob = api.member_of(space, ada, "member")
        check_in(bob, habit, "2026-03-14")
        ada.patch(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}", {"role": "viewer"})

        path = f"{path_of(habit)}/check-ins"
        assert bob.request("PUT", f"{path}/2026-03-14", json={"note": "Slowly"}).status_code == 200
        assert_problem(bob.request("PUT", f"{path}/2026-03-13", json={}), 403, "forbidden")
        assert bob.delete(f"{path}/2026-03-14").status_code == 204

    def test_own_check_in_can_be_changed_after_a_move_west(self, api: Api) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Auckland"})
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-15")
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Honolulu"})  # where it is still the 14th

        check_in(ada, habit, "2026-03-15", note="Changed")

        (item,) = ada.get(f"{path_of(habit)}/check-ins").json()["items"]
        assert item["note"] == "Changed"

    def test_skipped_day_is_no_activity(self, api: Api, run_background: Any) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        check_in(ada, habit, "2026-03-14", skipped=True)
        run_background()

        feed = ada.get(f"/api/v1/spaces/{space['space_id']}/activity").json()["items"]

        assert [item["kind"] for item in feed] == ["habit_created"]


class TestDeleteCheckIn:
    def test_delete_check_in_deletes_the_day(self, api: Api) -> None:
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
    def test_list_check_ins_shows_the_days_asked_for_in_order(
        self, api: Api, query: str, days: list[str]
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-12", "2026-03-14", "2026-03-10")

        items = ada.get(f"{path_of(habit)}/check-ins{query}").json()["items"]

        assert [item["date"] for item in items] == days

    def test_list_check_ins_rejects_days_in_the_wrong_order(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.get(f"{path_of(habit)}/check-ins?from=2026-03-14&to=2026-03-13")

        assert_problem(response, 422, "date_out_of_range")

    def test_list_check_ins_continues_after_a_cursor_within_the_days_asked_for(self, api: Api) -> None:
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
