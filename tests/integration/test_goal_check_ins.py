"""`/spaces/{space_id}/goals/{goal_id}/check-ins`: the steps towards a goal, and how they move it."""

from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import check_ins_of_goal
from tests.assertions import assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import goals_of, path_of, progress, set_goal, step

NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class TestGoalCheckIns:
    def test_a_step_moves_the_progress(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())

        step = ada.post(f"{path_of(goal)}/check-ins", {"value": 5.5, "note": "Along the river"})

        assert step.status_code == 201
        assert (step.json()["value"], step.json()["date"]) == (5.5, "2026-03-14")
        assert progress(ada, goal) == 0.055

    def test_decimals_add_up_exactly(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space(), target_value=0.3)
        for _ in range(3):
            ada.post(f"{path_of(goal)}/check-ins", {"value": 0.1})

        assert progress(ada, goal) == 1

    @pytest.mark.parametrize(("value", "expected"), [(250, 1), (-5, 0)])
    def test_progress_stays_between_0_and_1(self, api: Api, value: int, expected: int) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        ada.post(f"{path_of(goal)}/check-ins", {"value": value})

        assert progress(ada, goal) == expected

    def test_a_milestone_is_done_by_one_step(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space(), kind="milestone", target_value=None, unit=None)
        ada.post(f"{path_of(goal)}/check-ins", {})

        assert progress(ada, goal) == 1

    def test_goal_check_in_is_allowed_to_other_members(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        goal = set_goal(ada, space)
        bob = api.member_of(space, ada, "member")

        assert bob.post(f"{path_of(goal)}/check-ins", {"value": 10}).json()["user_id"] == bob.user_id

    def test_goal_check_in_is_of_today_in_the_callers_time_zone(self, api: Api) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Auckland"})
        goal = set_goal(ada, ada.make_space())

        assert ada.post(f"{path_of(goal)}/check-ins", {}).json()["date"] == "2026-03-15"

    def test_goal_check_ins_rejects_a_day_that_has_not_begun(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())

        response = ada.post(f"{path_of(goal)}/check-ins", {"date": "2026-03-15"})

        assert_problem(response, 422, "date_out_of_range")

    @pytest.mark.parametrize("status", ["active", "achieved", "abandoned"])
    def test_goal_check_ins_do_not_change_the_status(self, api: Api, status: str) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        ada.patch(path_of(goal), {"status": status})

        assert ada.post(f"{path_of(goal)}/check-ins", {"value": 100}).status_code == 201
        now = ada.get(path_of(goal)).json()
        assert (now["status"], now["progress"]) == (status, 1)

    def test_goal_check_ins_leave_nothing_behind_of_a_goal_that_is_deleted_concurrently(
        self, api: Api, table: Table, before_commit: Any
    ) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        before_commit(lambda: ada.elsewhere().delete(path_of(goal)))

        assert_problem(ada.post(f"{path_of(goal)}/check-ins", {"value": 1}), 404, "not_found")
        assert table.page(check_ins_of_goal(goal["goal_id"]), limit=9).items == []

    def test_goal_check_ins_leave_nothing_behind_of_a_member_who_is_removed_concurrently(
        self, api: Api, before_commit: Any
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        goal = set_goal(ada, space)
        bob = api.member_of(space, ada, "member")
        member = f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}"
        before_commit(lambda: ada.elsewhere().delete(member))

        assert_problem(bob.post(f"{path_of(goal)}/check-ins", {"value": 50}), 404, "not_found")
        assert progress(ada, goal) == 0

    def test_goal_check_ins_are_listed_newest_first(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        for value in (1, 2, 3):
            ada.post(f"{path_of(goal)}/check-ins", {"value": value})

        items = ada.get(f"{path_of(goal)}/check-ins").json()["items"]

        assert [item["value"] for item in items] == [3, 2, 1]

    def test_goal_check_ins_are_404_without_the_goal(self, api: Api) -> None:
        ada = api.person()
        path = f"{goals_of(ada.make_space())}/{NOWHERE}/check-ins"

        assert_problem(ada.get(path), 404, "not_found")
        assert_problem(ada.post(path, {}), 404, "not_found")


class TestGoalRange:
    @pytest.mark.parametrize(
        ("day", "status"), [("2025-03-13", 201), ("2025-03-12", 422), ("0001-01-01", 422)]
    )
    def test_step_reaches_back_366_days_before_the_goal(self, api: Api, day: str, status: int) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())

        assert ada.post(f"{path_of(goal)}/check-ins", {"date": day}).status_code == status

    def test_sum_reached_is_shown_past_the_target(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space(), target_value=10)
        step(ada, goal, value=25)

        shown = ada.get(path_of(goal)).json()

        assert (shown["reached"], shown["progress"]) == (25, 1)


class TestUpdateGoalCheckIn:
    def test_update_goal_check_in_moves_the_sum_by_the_difference(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        made = step(ada, goal, value=1000)

        changed = ada.patch(f"{path_of(goal)}/check-ins/{made['check_in_id']}", {"value": 10, "note": "Typo"})

        assert (changed.status_code, changed.json()["value"], changed.json()["note"]) == (200, 10, "Typo")
        assert ada.get(path_of(goal)).json()["reached"] == 10

    def test_update_goal_check_in_without_a_change_writes_nothing(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        made = step(ada, goal, value=2)

        same = ada.patch(f"{path_of(goal)}/check-ins/{made['check_in_id']}", {"value": 2})

        assert same.json()["version"] == 1

    @pytest.mark.parametrize("day", ["2026-03-15", "2025-03-12"])
    def test_update_goal_check_in_rejects_day_out_of_range(self, api: Api, day: str) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        made = step(ada, goal)

        response = ada.patch(f"{path_of(goal)}/check-ins/{made['check_in_id']}", {"date": day})

        assert_problem(response, 422, "date_out_of_range", field="body.date")

    def test_update_goal_check_in_rejects_stale_version(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        made = step(ada, goal)
        path = f"{path_of(goal)}/check-ins/{made['check_in_id']}"
        stale = ada.patch(path, {"note": "First"}).headers["ETag"]
        ada.patch(path, {"note": "Second"})

        assert_problem(ada.patch(path, {"note": "Third"}, if_match=stale), 412, "precondition_failed")
        assert_problem(ada.delete(path, if_match=stale), 412, "precondition_failed")

    def test_update_goal_check_in_rejects_unknown_step(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())

        assert_problem(ada.patch(f"{path_of(goal)}/check-ins/{NOWHERE}", {"value": 1}), 404, "not_found")


class TestDeleteGoalCheckIn:
    def test_delete_goal_check_in_takes_its_value_from_the_sum(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        made = step(ada, goal, value=1000)
        step(ada, goal, value=4)

        response = ada.delete(f"{path_of(goal)}/check-ins/{made['check_in_id']}")

        assert response.status_code == 204
        assert ada.get(path_of(goal)).json()["reached"] == 4
