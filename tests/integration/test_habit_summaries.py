"""Each user's summary of a habit holds what their check-ins say, whatever happens to these."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.database import Table
from app.models.access_patterns import HABIT_CHECK_INS, HABIT_SUMMARIES, HABITS, check_ins_of_habit
from app.models.habit_summaries import HabitSummary
from app.models.habits import Habit, HabitCheckIn
from tests.factories import Api, Person
from tests.integration.table_helpers import kinds_that_name
from tests.integration.tracker_helpers import begin, check_in, path_of

DAYS = [str(date(2026, 3, 1) + timedelta(days=number)) for number in range(14)]
BODIES: list[dict[str, Any] | None] = [{}, {"note": "Well"}, {"value": 0}, {"skipped": True}, None]


def summary_of(table: Table, person: Person, habit: dict[str, Any]) -> HabitSummary | None:
    return table.get(HABIT_SUMMARIES.key(habit_id=habit["habit_id"], user_id=person.user_id))


def require_equal_to_check_ins(table: Table, person: Person, habit: dict[str, Any]) -> None:
    """Check the stored summary against the stored check-ins, which it must follow."""
    stored = table.first(check_ins_of_habit(habit["habit_id"], person.user_id), at_most=1000)
    found = summary_of(table, person, habit)
    assert (found.kept_days if found else set()) == {one.date for one in stored if one.kept}
    assert (found.skipped_days if found else set()) == {one.date for one in stored if one.skipped}


def make_former(table: Table, habit: dict[str, Any]) -> Habit:
    """Store the habit as a version before summaries has stored it."""
    stored = table.get(HABITS.key(space_id=habit["space_id"], habit_id=habit["habit_id"]))
    assert stored is not None
    former = stored.model_copy(update={"summarized": False})
    table.write([HABITS.update(stored, former)])
    return former


def put_former_check_in(table: Table, person: Person, habit: Habit, day: str) -> None:
    """Store a check-in as a version before summaries has stored it."""
    stamps = {"created_at": habit.created_at, "updated_at": habit.created_at}
    ids = {"habit_id": habit.habit_id, "space_id": habit.space_id, "user_id": person.user_id}
    table.write([HABIT_CHECK_INS.create(HabitCheckIn(date=date.fromisoformat(day), **ids, **stamps))])


@given(st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from(BODIES)), max_size=12))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_summary_follows_any_check_ins(
    api: Api, table: Table, changes: list[tuple[str, dict[str, Any] | None]]
) -> None:
    ada = api.person()
    habit = begin(ada, ada.make_space())
    for day, body in changes:
        path = f"{path_of(habit)}/check-ins/{day}"
        if body is None:
            assert ada.delete(path).status_code in {204, 404}
        else:
            assert ada.request("PUT", path, json=body).status_code == 200
        require_equal_to_check_ins(table, ada, habit)


class TestEarlierCheckIns:
    def test_are_counted_by_statistics_without_a_summary(self, api: Api, table: Table) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        former = make_former(table, habit)
        put_former_check_in(table, ada, former, "2026-03-13")

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 1
        assert summary_of(table, ada, habit) is None

    def test_are_in_the_summary_that_the_next_check_in_creates(self, api: Api, table: Table) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        former = make_former(table, habit)
        put_former_check_in(table, ada, former, "2026-03-12")
        put_former_check_in(table, ada, former, "2026-03-13")

        check_in(ada, habit, "2026-03-14")

        require_equal_to_check_ins(table, ada, habit)
        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 3

    def test_can_be_changed_and_deleted_without_a_summary(self, api: Api, table: Table) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        former = make_former(table, habit)
        put_former_check_in(table, ada, former, "2026-03-12")
        put_former_check_in(table, ada, former, "2026-03-13")

        check_in(ada, habit, "2026-03-13", note="Changed")
        assert ada.delete(f"{path_of(habit)}/check-ins/2026-03-12").status_code == 204

        assert ada.get(f"{path_of(habit)}/stats").json()["longest_streak"] == 1
        check_in(ada, habit, "2026-03-14")
        require_equal_to_check_ins(table, ada, habit)


class TestRaces:
    def test_two_first_check_ins_are_both_in_the_summary(
        self, api: Api, table: Table, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        before_commit(lambda: check_in(ada.elsewhere(), habit, "2026-03-13"))

        check_in(ada, habit, "2026-03-14")

        require_equal_to_check_ins(table, ada, habit)

    def test_two_later_check_ins_are_both_in_the_summary(
        self, api: Api, table: Table, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-12")
        before_commit(lambda: check_in(ada.elsewhere(), habit, "2026-03-13"))

        check_in(ada, habit, "2026-03-14")

        require_equal_to_check_ins(table, ada, habit)


class TestDeletion:
    def test_of_the_habit_deletes_summary_and_check_ins(
        self, api: Api, table: Table, run_background: Callable[..., None]
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-13", "2026-03-14")

        assert ada.delete(path_of(habit)).status_code == 204
        run_background()

        assert summary_of(table, ada, habit) is None
        assert kinds_that_name(habit["habit_id"]) <= {"Activity"}

    @pytest.mark.parametrize("earlier", [(), ("2026-03-13",)])
    def test_of_the_habit_during_a_check_in_leaves_no_check_in(
        self,
        api: Api,
        earlier: tuple[str, ...],
        before_commit: Callable[..., None],
        run_background: Callable[..., None],
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, *earlier)

        def delete_habit() -> None:
            ada.elsewhere().delete(path_of(habit))
            run_background()

        before_commit(delete_habit)
        response = ada.request("PUT", f"{path_of(habit)}/check-ins/2026-03-14", json={})
        run_background()

        assert response.status_code == 404
        assert kinds_that_name(habit["habit_id"]) <= {"Activity"}

    def test_of_the_space_deletes_summaries(
        self, api: Api, table: Table, run_background: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        check_in(ada, habit, "2026-03-14")

        assert ada.delete(f"/api/v1/spaces/{space['space_id']}").status_code == 202
        run_background()

        assert summary_of(table, ada, habit) is None
