"""`/spaces/{space_id}/habits`: beginning, changing and deleting habits."""

from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import DAILY, begin, habits_of, path_of


class TestCreateHabit:
    def test_create_habit_begins_a_habit(self, api: Api) -> None:
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
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made

    @pytest.mark.parametrize(
        "cadence",
        [{"kind": "weekly", "days": ["monday", "sunday"]}, {"kind": "times_per_week", "times": 7}],
    )
    def test_create_habit_takes_each_cadence(self, api: Api, cadence: dict[str, Any]) -> None:
        ada = api.person()

        assert begin(ada, ada.make_space(), cadence=cadence)["cadence"] == cadence

    @pytest.mark.parametrize(
        ("cadence", "field"),
        [
            ({"kind": "hourly"}, "body.cadence"),
            ({"kind": "weekly", "days": []}, "body.cadence.days"),
            ({"kind": "weekly", "days": ["noday"]}, "body.cadence.days.0"),
            ({"kind": "weekly", "days": ["monday", "monday"]}, "body.cadence.days"),
            ({"kind": "times_per_week", "times": 0}, "body.cadence.times"),
            ({"kind": "times_per_week", "times": 8}, "body.cadence.times"),
            ({"kind": "daily", "days": ["monday"]}, "body.cadence.days"),
        ],
    )
    def test_create_habit_rejects_a_cadence_that_is_none(
        self, api: Api, cadence: dict[str, Any], field: str
    ) -> None:
        ada = api.person()

        response = ada.post(habits_of(ada.make_space()), DAILY | {"cadence": cadence})

        assert_problem(response, 422, "validation_failed", field=field)

    def test_create_habit_is_rejected_at_the_limit_for_two_at_once(
        self, api: Api, set_parameter: Any, before_commit: Any
    ) -> None:
        set_parameter("max_trackers_per_space", "1")
        ada = api.person()
        space = ada.make_space()
        before_commit(lambda: begin(ada.elsewhere(), space))

        assert_problem(ada.post(habits_of(space), DAILY), 409, "too_many_trackers")


class TestArchiveHabit:
    def test_active_habit_stays_as_it_is(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        response = ada.patch(path_of(habit), {"archived": False})

        assert (response.status_code, response.json()) == (200, habit)


class TestUpdateHabit:
    def test_update_habit_changes_what_is_sent(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        changed = ada.patch(
            path_of(habit), {"archived": True, "cadence": {"kind": "times_per_week", "times": 2}}
        )

        assert changed.json() == habit | {
            "archived": True,
            "cadence": {"kind": "times_per_week", "times": 2},
            "version": 2,
            "etag": ANY_ETAG,
        }


class TestDeleteHabit:
    def test_delete_habit_frees_its_slot(self, api: Api, set_parameter: Any) -> None:
        set_parameter("max_trackers_per_space", "1")
        ada = api.person()
        space = ada.make_space()
        assert ada.delete(path_of(begin(ada, space))).status_code == 204

        begin(ada, space)
