"""What goals and habits have besides text: days, quantities, cadences."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.security.conftest import DAY, GOAL, HABIT, SPACE, Target, assert_refused

NOT_A_NUMBER: list[Any] = ["", "1", "one", "NaN", True, [], [1], {}]
NOT_FINITE = [float("nan"), float("inf"), float("-inf")]
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

DAYS = [
    (f"POST {SPACE}/goals", "due_on"),
    (f"PATCH {GOAL}", "due_on"),
    (f"POST {GOAL}/check-ins", "date"),
]
# The field with its lowest and highest value.
QUANTITIES = [
    (f"POST {SPACE}/goals", "target_value", (0.000001, 1e9)),
    (f"PATCH {GOAL}", "target_value", (0.000001, 1e9)),
    (f"POST {GOAL}/check-ins", "value", (-1e9, 1e9)),
    (f"PUT {DAY}", "value", (-1e9, 1e9)),
]


class TestDays:
    @pytest.mark.parametrize(("name", "field"), DAYS)
    def test_days_are_calendar_days(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str
    ) -> None:
        never = ["2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00"]
        far = ["0000-12-31", "10000-01-01", "-0001-01-01", "+2026-01-01"]
        otherwise = ["2026-3-1", "20260301", "2026-W11-6", "14.03.2026", "today", "2026-03-14T00:00:00Z"]
        untidy = [
            "",
            " 2026-03-14",
            "2026-03-14 ",
            "2026-03-14\n",
            "\u0662\u0660\u0662\u0666-03-14",
            "\ud800",
        ]
        no_text = [0, 1_773_446_400, 1.5, True, [], ["2026-03-14"], {}]

        assert_refused(target(name), field, [*never, *far, *otherwise, *untidy, *no_text], calls)

    @pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2000-02-29", "2028-02-29", "9999-12-31"])
    def test_days_of_which_a_goal_is_due_come_back_as_they_were(
        self, target: Callable[[str], Target], day: str
    ) -> None:
        request = target(f"PATCH {GOAL}")

        assert request.send(due_on=day).json()["due_on"] == day
        assert request.person.get(request.path).json()["due_on"] == day

    @pytest.mark.parametrize("day", ["2026-03-15", "9999-12-31"])
    def test_days_of_steps_have_begun(self, target: Callable[[str], Target], day: str) -> None:
        response = target(f"POST {GOAL}/check-ins").send(date=day)

        assert_problem(response, 422, "date_out_of_range", field="body.date")

    @pytest.mark.parametrize(
        ("day", "status"), [("0001-01-01", 422), ("9999-12-31", 422), ("2026-03-14", 200)]
    )
    def test_days_of_habits_lie_between_a_year_before_them_and_today(
        self, target: Callable[[str], Target], day: str, status: int
    ) -> None:
        request = target(f"PUT {DAY}")
        request.path = request.path.replace("2026-03-14", day)

        assert request.send().status_code == status


class TestQuantities:
    @pytest.mark.parametrize(("name", "field", "limits"), QUANTITIES)
    def test_quantities_are_numbers_within_their_limits(
        self,
        target: Callable[[str], Target],
        calls: list[str],
        name: str,
        field: str,
        limits: tuple[float, float],
    ) -> None:
        lowest, highest = limits
        beyond = [lowest - 0.000001, highest + 0.000001, highest + 1, -1e300, 1e300, 10**400, -(10**400)]
        too_fine = [1.0000001, 1e-7, 1e-300]

        assert_refused(target(name), field, [*beyond, *too_fine, *NOT_FINITE, *NOT_A_NUMBER], calls)

    @pytest.mark.parametrize(("name", "field", "limits"), QUANTITIES)
    def test_quantities_at_their_limits_come_back_as_they_were(
        self, target: Callable[[str], Target], name: str, field: str, limits: tuple[float, float]
    ) -> None:
        request = target(name)

        for value in (*limits, 1, 0.1, 999_999_999.999999, 123_456.789012):
            assert request.send(**{field: value}).json()[field] == value

    def test_quantities_of_steps_may_add_up_to_more_than_one_step_may_be(
        self, target: Callable[[str], Target]
    ) -> None:
        request = target(f"POST {GOAL}/check-ins")
        goal = request.path.removesuffix("/check-ins")

        for value, progress in [(1e9, 1), (1e9, 1), (-1e9, 1), (-1e9, 0), (-1e9, 0), (-1e9, 0)]:
            assert request.send(value=value).status_code == 201
            assert request.person.get(goal).json()["progress"] == progress
        assert request.person.patch(goal, {"title": "Walk"}).status_code == 200
        assert request.person.get(goal).json()["progress"] == 0


@pytest.mark.parametrize("name", [f"POST {SPACE}/habits", f"PATCH {HABIT}"])
class TestCadence:
    def test_cadence_is_one_of_three_kinds(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        no_object: list[Any] = [None, 0, True, "daily", [], ["daily"], {}]
        kinds: list[Any] = ["", "Daily", "hourly", "\ud800", None, 0, [], {}]
        unknown = [{"kind": kind} for kind in kinds]
        mixed = [
            {"kind": "daily", "times": 3},
            {"kind": "weekly", "days": ["monday"], "times": 3},
            {"kind": "times_per_week", "times": 3, "days": ["monday"]},
            {"kind": "daily", "a" * 10_000: True},
        ]

        assert_refused(target(name), "cadence", [*no_object, *unknown, *mixed], calls)

    def test_cadence_names_each_day_once(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        wrong: list[Any] = [
            None,
            0,
            True,
            "monday",
            {},
            [],
            ["Monday"],
            ["monday "],
            ["noday"],
            [0],
            [None],
            [["monday"]],
        ]
        many = [["monday", "monday"], [*WEEK, "monday"], ["monday"] * 50_000]
        cadences = [{"kind": "weekly"}] + [{"kind": "weekly", "days": days} for days in [*wrong, *many]]

        assert_refused(target(name), "cadence", cadences, calls)

    def test_cadence_has_one_to_seven_times(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        wrong: list[Any] = [None, 0, 8, -1, 10**400, 1.5, float("nan"), True, "3", "", [], [3], {}]
        cadences = [{"kind": "times_per_week"}] + [
            {"kind": "times_per_week", "times": times} for times in wrong
        ]

        assert_refused(target(name), "cadence", cadences, calls)

    def test_cadence_at_its_limits_comes_back_as_it_was(
        self, target: Callable[[str], Target], name: str
    ) -> None:
        weekly = [{"kind": "weekly", "days": days} for days in (["monday"], WEEK, WEEK[::-1])]
        times = [{"kind": "times_per_week", "times": times} for times in (1, 7)]
        request = target(name)

        for cadence in [{"kind": "daily"}, *weekly, *times]:
            assert request.send(cadence=cadence).json()["cadence"] == cadence


def test_archived_is_yes_or_no(target: Callable[[str], Target], calls: list[str]) -> None:
    wrong: list[Any] = [None, "yes", "true", 1, 0, "", [], {}]

    assert_refused(target(f"PATCH {HABIT}"), "archived", wrong, calls)
