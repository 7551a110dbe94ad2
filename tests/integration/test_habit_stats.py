"""`/spaces/{space_id}/habits/{habit_id}/stats`: streaks and rates by the calendar of who they are of."""

from tests.assertions import assert_problem
from tests.factories import Api
from tests.integration.tracker_helpers import begin, check_in, path_of


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

    def test_follow_days_that_come_late_change_or_go(self, api: Api) -> None:
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

    def test_hold_the_cadence_of_now_for_the_past(self, api: Api) -> None:
        ada = api.person()
        habit = begin(ada, ada.make_space())
        check_in(ada, habit, "2026-02-23", "2026-03-02", "2026-03-09")  # Mondays; it is Saturday

        assert ada.get(f"{path_of(habit)}/stats").json()["longest_streak"] == 1
        ada.patch(path_of(habit), {"cadence": {"kind": "weekly", "days": ["monday"]}})
        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 3

    def test_wait_for_a_day_that_one_had_before_one_moved_west(self, api: Api) -> None:
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
