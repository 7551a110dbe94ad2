"""`/spaces/{space_id}/habits/{habit_id}/stats`: streaks and rates by the calendar of who they are of."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import HABITS
from tests.assertions import assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import begin, check_in, path_of


class TestStats:
    def test_stats_counts_by_the_calendar_of_the_member(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", "2026-03-13", "2026-03-12", "2026-03-10")

        assert ada.get(f"{path_of(habit)}/stats").json() == {
            "current_streak": 3,
            "longest_streak": 3,
            "completion_rate_30d": 0.8,  # four of the five days from the first on
        }

    def test_stats_follow_days_that_come_late_change_or_go(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", "2026-03-12")

        def streak() -> int:
            return int(ada.get(f"{path_of(habit)}/stats").json()["current_streak"])

        assert streak() == 1
        check_in(ada, habit, "2026-03-13")  # late
        assert streak() == 3
        check_in(ada, habit, "2026-03-13", note="After all")
        assert streak() == 3
        ada.delete(f"{path_of(habit)}/check-ins/2026-03-14")
        assert streak() == 2  # today is not over yet
        ada.delete(f"{path_of(habit)}/check-ins/2026-03-13")
        assert streak() == 0

    def test_new_cadence_leaves_the_past_as_it_was(self, api: Api) -> None:
        ada = api.person()
        weekly = {"kind": "weekly", "days": ["monday", "wednesday", "friday"]}
        habit = begin(ada, ada.make_space(), cadence=weekly)
        # 13 Mondays, Wednesdays and Fridays from Monday, 16 March, to Monday, 13 April.
        first = date(2026, 3, 16)
        days = [first + timedelta(days=7 * week + offset) for week in range(4) for offset in (0, 2, 4)]
        api.clock.advance(days=31)  # Tuesday, 14 April
        check_in(ada, habit, *map(str, [*days, date(2026, 4, 13)]))
        path = f"{path_of(habit)}/stats"

        assert ada.get(path).json()["current_streak"] == 13
        ada.patch(path_of(habit), {"cadence": {"kind": "daily"}})
        assert ada.get(path).json()["current_streak"] == 13
        check_in(ada, habit, "2026-04-14")
        assert ada.get(path).json()["current_streak"] == 14
        api.clock.advance(days=2)  # the 15th was missed
        assert ada.get(path).json()["current_streak"] == 0

    def test_cadence_that_held_for_no_day_is_forgotten(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        api.clock.advance(days=10)
        check_in(ada, habit, *(f"2026-03-{day}" for day in range(14, 25)))

        for cadence in ({"kind": "times_per_week", "times": 7}, {"kind": "daily"}):
            ada.patch(path_of(habit), {"cadence": cadence})

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 11

    def test_rate_counts_from_the_day_of_joining(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        api.clock.advance(days=60)
        bob = api.member_of(space, ada, "member")  # on 13 May
        api.clock.advance(days=1)
        check_in(bob, habit, "2026-05-13", "2026-05-14")

        assert bob.get(f"{path_of(habit)}/stats").json()["completion_rate_30d"] == 1

    def test_archived_habit_keeps_its_statistics(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        api.clock.advance(days=59)
        days = [str(date(2026, 3, 14) + timedelta(days=number)) for number in range(60)]
        check_in(ada, habit, *days)
        ada.patch(path_of(habit), {"archived": True})
        before = ada.get(f"{path_of(habit)}/stats").json()
        api.clock.advance(days=20)

        assert before["current_streak"] == 60
        assert ada.get(f"{path_of(habit)}/stats").json() == before

    def test_days_in_the_archive_count_as_skipped(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14")
        ada.patch(path_of(habit), {"archived": True})
        api.clock.advance(days=20)
        ada.patch(path_of(habit), {"archived": False})
        check_in(ada, habit, "2026-04-03")

        assert ada.get(f"{path_of(habit)}/stats").json() == {
            "current_streak": 2,
            "longest_streak": 2,
            "completion_rate_30d": 1,
        }

    def test_habit_archived_by_an_earlier_version_stops_at_its_last_change(
        self, api: Api, table: Table
    ) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-13", "2026-03-14")
        ids = {name: habit[name] for name in ("space_id", "habit_id")}
        stored = table.get(HABITS.key(**ids))
        assert stored is not None
        table.write([HABITS.update(stored, stored.patched(api.clock.now, {"archived": True}))])
        api.clock.advance(days=20)

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 2

    @pytest.mark.parametrize("fields", [{"value": 0}, {"value": -3}, {"skipped": True}])
    def test_day_without_a_positive_value_is_not_kept(self, api: Api, fields: dict[str, Any]) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-14", **fields)

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 0

    def test_week_begins_as_the_user_prefers(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space(), cadence={"kind": "times_per_week", "times": 3})
        check_in(ada, habit, "2026-03-06", "2026-03-07", "2026-03-08")  # Friday to Sunday
        path = f"{path_of(habit)}/stats"

        assert ada.get(path).json()["current_streak"] == 1
        ada.patch("/api/v1/users/me", {"preferences": {"week_start": "sunday"}})
        assert ada.get(path).json()["current_streak"] == 0

    def test_stats_wait_for_a_day_after_a_move_west(self, api: Api) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Auckland"})
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-03-13", "2026-03-14", "2026-03-15")
        path = f"{path_of(habit)}/stats"

        assert ada.get(path).json()["current_streak"] == 3
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Honolulu"})  # where it is still the 14th
        assert ada.get(path).json()["current_streak"] == 2
        api.clock.advance(days=1)
        assert ada.get(path).json()["current_streak"] == 3

    def test_stats_can_be_read_of_another_member(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        habit = begin(ada, space)
        check_in(ada, habit, "2026-03-14")
        bob = api.member_of(space, ada, "viewer")

        path = f"{path_of(habit)}/stats"

        assert bob.get(f"{path}?user_id={ada.user_id}").json()["current_streak"] == 1
        assert bob.get(path).json()["current_streak"] == 0

    def test_stats_of_a_non_member_returns_404(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())

        path = f"{path_of(habit)}/stats?user_id={api.person().user_id}"

        assert_problem(ada.get(path), 404, "not_found")

    def test_stats_lose_no_day_at_a_clock_change(self, api: Api) -> None:
        ada = api.person()
        ada.patch("/api/v1/users/me", {"timezone": "Europe/Zurich"})
        habit = begin(ada, ada.make_space())
        # On 29 March the clocks there go forward; it is 30 March, half past midnight, summer time.
        api.clock.advance(days=15, hours=7, minutes=20)
        assert api.clock.now.isoformat(timespec="minutes") == "2026-03-29T22:29+00:00"
        check_in(ada, habit, "2026-03-28", "2026-03-29", "2026-03-30")

        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 3
