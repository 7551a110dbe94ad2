"""What becomes of a goal or a habit that is deleted: no step and no day of it is left."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import (
    GOAL_CHECK_INS,
    HABIT_CHECK_INS,
    check_ins_of_goal,
)
from tests.assertions import assert_problem
from tests.factories import Api, Person

GOAL = {"title": "Run", "kind": "numeric", "target_value": 100, "unit": "km"}
HABIT = {"title": "Stretch", "cadence": {"kind": "daily"}}
RunBackground = Callable[..., None]


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def here(ada: Person) -> str:
    """The path of Ada's space."""
    return f"/api/v1/spaces/{ada.make_space()['space_id']}"


def make(person: Person, path: str, body: dict[str, Any], id_name: str) -> str:
    response = person.post(path, body)
    assert response.status_code == 201, response.text
    made: str = response.json()[id_name]
    return made


class TestDeleteGoal:
    @pytest.fixture
    def goals(self, ada: Person, here: str) -> list[str]:
        """Two goals with a step each."""
        ids = [make(ada, f"{here}/goals", GOAL, "goal_id") for _ in range(2)]
        for goal_id in ids:
            assert ada.post(f"{here}/goals/{goal_id}/check-ins", {"value": 1}).status_code == 201
        return ids

    def steps(self, table: Table, goal_id: str) -> int:
        return len(table.first(check_ins_of_goal(goal_id), at_most=1000))

    def test_delete_goal_leaves_no_step_of_it_and_all_of_others(
        self, ada: Person, here: str, goals: list[str], table: Table, run_background: RunBackground
    ) -> None:
        assert ada.delete(f"{here}/goals/{goals[0]}").status_code == 204
        run_background()

        assert [self.steps(table, goal_id) for goal_id in goals] == [0, 1]

    def test_delete_goal_leaves_none_of_more_than_a_page(
        self, ada: Person, here: str, goals: list[str], table: Table, run_background: RunBackground
    ) -> None:
        (step,) = table.first(check_ins_of_goal(goals[0]), at_most=1)
        for number in range(100):
            another = step.model_copy(update={"check_in_id": f"7{number:025}"})
            table.write([GOAL_CHECK_INS.create(another)])
        ada.delete(f"{here}/goals/{goals[0]}")
        run_background()

        assert self.steps(table, goals[0]) == 0

    def test_delete_goal_leaves_no_step_that_was_under_way(
        self,
        ada: Person,
        here: str,
        goals: list[str],
        table: Table,
        before_commit: Callable[..., None],
    ) -> None:
        elsewhere = ada.elsewhere()
        before_commit(lambda: elsewhere.delete(f"{here}/goals/{goals[0]}"))

        assert_problem(ada.post(f"{here}/goals/{goals[0]}/check-ins", {}), 404, "not_found")
        assert self.steps(table, goals[0]) == 1

    def test_delete_goal_announces_no_activity(
        self, ada: Person, here: str, goals: list[str], run_background: RunBackground
    ) -> None:
        run_background()
        before = ada.get(f"{here}/activity").json()
        ada.delete(f"{here}/goals/{goals[0]}")
        run_background()

        assert ada.get(f"{here}/activity").json() == before


class TestDeleteHabit:
    @pytest.fixture
    def habits(self, ada: Person, here: str) -> list[str]:
        """Two habits with a day each."""
        ids = [make(ada, f"{here}/habits", HABIT, "habit_id") for _ in range(2)]
        for habit_id in ids:
            path = f"{here}/habits/{habit_id}/check-ins/2026-03-14"
            assert ada.request("PUT", path, json={}).status_code == 200
        return ids

    @pytest.fixture
    def habit_path(self, here: str, habits: list[str]) -> str:
        """The path of the first."""
        return f"{here}/habits/{habits[0]}"

    @pytest.fixture
    def count_days(self, table: Table, habits: list[str]) -> Callable[[], list[int]]:
        """How many days each of the habits has."""

        def count() -> list[int]:
            queries = [HABIT_CHECK_INS.within(habit_id=habit_id) for habit_id in habits]
            return [len(table.first(query, at_most=1000)) for query in queries]

        return count

    def test_delete_habit_leaves_no_day_of_anybody_and_all_of_others(
        self, ada: Person, here: str, habits: list[str], table: Table, run_background: RunBackground
    ) -> None:
        (day,) = table.first(HABIT_CHECK_INS.within(habit_id=habits[0]), at_most=1)
        for number in range(100):
            before = {"user_id": "somebody else", "date": date(2026, 3, 14) - timedelta(days=number)}
            table.write([HABIT_CHECK_INS.create(day.model_copy(update=before))])
        assert ada.delete(f"{here}/habits/{habits[0]}").status_code == 204
        run_background()

        queries = [HABIT_CHECK_INS.within(habit_id=habit_id) for habit_id in habits]
        assert [len(table.first(query, at_most=1000)) for query in queries] == [0, 1]

    def test_delete_habit_leaves_no_day_that_was_under_way(
        self,
        ada: Person,
        habit_path: str,
        count_days: Callable[[], list[int]],
        before_commit: Callable[..., None],
        run_background: RunBackground,
    ) -> None:
        elsewhere = ada.elsewhere()
        before_commit(lambda: elsewhere.delete(habit_path))

        ada.request("PUT", f"{habit_path}/check-ins/2026-03-13", json={})
        run_background()

        assert count_days() == [0, 1]
