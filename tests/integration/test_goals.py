"""`/spaces/{space_id}/goals`: setting, changing and deleting goals."""

from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import MILESTONE, NUMERIC, goals_of, path_of, progress, set_goal


class TestCreateGoal:
    def test_create_goal_returns_an_active_goal_without_progress(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        response = ada.post(goals_of(space), {**NUMERIC, "due_on": "2028-02-29"})

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "goal_id": made["goal_id"],
            "space_id": space["space_id"],
            "author_id": ada.user_id,
            "title": "Run 100 km",
            "description": None,
            "kind": "numeric",
            "target_value": 100,
            "unit": "km",
            "due_on": "2028-02-29",
            "status": "active",
            "reached": 0,
            "progress": 0,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made

    @pytest.mark.parametrize("missing", ["target_value", "unit"])
    def test_create_goal_rejects_numeric_goal_without_target_or_unit(self, api: Api, missing: str) -> None:
        ada = api.person()
        body = {name: value for name, value in NUMERIC.items() if name != missing}

        assert_problem(ada.post(goals_of(ada.make_space()), body), 422, "validation_failed", field="body")

    @pytest.mark.parametrize("extra", [{"target_value": 5}, {"unit": "km"}])
    def test_create_goal_rejects_milestone_with_target_or_unit(self, api: Api, extra: dict[str, Any]) -> None:
        ada = api.person()

        response = ada.post(goals_of(ada.make_space()), MILESTONE | extra)

        assert_problem(response, 422, "validation_failed", field="body")

    def test_create_goal_is_rejected_at_the_limit_of_goals_and_habits_a_space(
        self, api: Api, set_parameter: Any
    ) -> None:
        set_parameter("max_trackers_per_space", "1")
        ada = api.person()
        space = ada.make_space()
        goal = set_goal(ada, space)

        assert_problem(ada.post(goals_of(space), NUMERIC), 409, "too_many_trackers")
        assert ada.delete(path_of(goal)).status_code == 204
        set_goal(ada, space)


class TestUpdateGoal:
    def test_update_goal_changes_what_is_sent_and_clears_by_null(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space(), description="By foot", due_on="2026-12-31")
        api.clock.advance(minutes=1)

        changed = ada.patch(path_of(goal), {"description": None, "status": "abandoned"}).json()

        assert changed == goal | {
            "description": None,
            "status": "abandoned",
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }

    def test_a_new_target_moves_the_progress(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        ada.post(f"{path_of(goal)}/check-ins", {"value": 25})

        assert ada.patch(path_of(goal), {"target_value": 50}).json()["progress"] == 0.5

    def test_update_goal_keeps_the_steps_that_came_concurrently(self, api: Api, before_commit: Any) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space())
        before_commit(lambda: ada.elsewhere().post(f"{path_of(goal)}/check-ins", {"value": 25}))

        assert ada.patch(path_of(goal), {"title": "Run"}).status_code == 200
        assert progress(ada, goal) == 0.25

    def test_update_goal_rejects_a_target_of_a_milestone(self, api: Api) -> None:
        ada = api.person()
        goal = set_goal(ada, ada.make_space(), kind="milestone", target_value=None, unit=None)

        assert_problem(ada.patch(path_of(goal), {"unit": "km"}), 422, "goal_kind_mismatch")
