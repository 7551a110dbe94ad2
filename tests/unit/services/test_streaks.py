"""Streaks and rates by example: each case is a calendar that one can check by hand."""

from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.habits import Cadence, Daily, HabitStats, TimesPerWeek, Weekly
from app.services.streaks import statistics

DAILY = Daily(kind="daily")
# A Wednesday; its week began on Monday, 9 March.
TODAY = date(2026, 3, 11)
LONG_AGO = date(2026, 1, 1)


def days_ago(*numbers: int) -> set[date]:
    return {TODAY - timedelta(days=number) for number in numbers}


def stats(cadence: Cadence, days: set[date], began: date = LONG_AGO, today: date = TODAY) -> HabitStats:
    return statistics(cadence, days, today=today, began=began)


def weekly(*days: Literal["monday", "wednesday", "friday", "sunday"]) -> Weekly:
    return Weekly(kind="weekly", days=days)


class TestDaily:
    def test_nothing_done_is_no_streak(self) -> None:
        assert stats(DAILY, set()) == HabitStats(current_streak=0, longest_streak=0, completion_rate_30d=0)

    def test_today_not_done_yet_does_not_break_the_streak(self) -> None:
        assert stats(DAILY, days_ago(1, 2, 3)).current_streak == 3

    def test_today_counts_as_soon_as_it_is_done(self) -> None:
        assert stats(DAILY, days_ago(0, 1, 2, 3)).current_streak == 4

    def test_a_missed_yesterday_breaks_the_streak(self) -> None:
        result = stats(DAILY, days_ago(2, 3, 4))
        assert (result.current_streak, result.longest_streak) == (0, 3)

    def test_a_late_check_in_closes_the_gap(self) -> None:
        assert stats(DAILY, days_ago(1, 3, 4)).current_streak == 1
        assert stats(DAILY, days_ago(1, 2, 3, 4)).current_streak == 4

    def test_a_streak_runs_over_a_leap_day(self) -> None:
        days = {date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)}
        assert stats(DAILY, days, today=date(2028, 3, 1)).current_streak == 3

    def test_days_from_before_the_habit_was_made_count_for_the_streak(self) -> None:
        assert stats(DAILY, days_ago(1, 2, 3), began=TODAY).current_streak == 3

    def test_a_day_that_has_not_come_is_ignored(self) -> None:
        assert stats(DAILY, days_ago(-1, 0)).current_streak == 1


class TestWeekly:
    def test_only_scheduled_days_count(self) -> None:
        monday_and_friday_before = {date(2026, 3, 9), date(2026, 3, 6)}
        assert stats(weekly("monday", "friday"), monday_and_friday_before).current_streak == 2

    def test_a_day_that_is_not_scheduled_adds_nothing(self) -> None:
        assert stats(weekly("monday"), {date(2026, 3, 9), date(2026, 3, 10)}).current_streak == 1

    def test_a_missed_scheduled_day_breaks_the_streak(self) -> None:
        result = stats(weekly("monday"), {date(2026, 3, 2), date(2026, 2, 23)})
        assert (result.current_streak, result.longest_streak) == (0, 2)

    def test_a_scheduled_today_is_awaited(self) -> None:
        assert stats(weekly("wednesday"), {date(2026, 3, 4)}).current_streak == 1


class TestTimesPerWeek:
    THREE = TimesPerWeek(kind="times_per_week", times=3)
    LAST_WEEK = frozenset({date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 8)})
    WEEK_BEFORE = frozenset({date(2026, 2, 23), date(2026, 2, 24), date(2026, 3, 1)})

    def test_a_week_that_reached_its_times_counts_once(self) -> None:
        assert stats(self.THREE, set(self.LAST_WEEK)).current_streak == 1

    def test_weeks_begin_on_monday(self) -> None:
        sunday_belongs_to_the_week_before = set(self.WEEK_BEFORE | self.LAST_WEEK)
        assert stats(self.THREE, sunday_belongs_to_the_week_before).current_streak == 2

    def test_the_running_week_counts_only_once_it_is_reached(self) -> None:
        running = {date(2026, 3, 9), date(2026, 3, 10)}
        assert stats(self.THREE, set(self.LAST_WEEK) | running).current_streak == 1
        assert stats(self.THREE, set(self.LAST_WEEK) | running | {TODAY}).current_streak == 2

    def test_a_week_that_fell_short_breaks_the_streak(self) -> None:
        result = stats(self.THREE, set(self.WEEK_BEFORE))
        assert (result.current_streak, result.longest_streak) == (0, 1)


class TestCompletionRate:
    def test_is_done_by_scheduled_over_thirty_days(self) -> None:
        assert stats(DAILY, days_ago(*range(1, 16))).completion_rate_30d == pytest.approx(15 / 29)

    def test_counts_today_once_it_is_done(self) -> None:
        assert stats(DAILY, days_ago(*range(15))).completion_rate_30d == pytest.approx(15 / 30)

    def test_looks_back_no_further_than_the_habit(self) -> None:
        assert stats(DAILY, days_ago(1, 2), began=TODAY - timedelta(days=2)).completion_rate_30d == 1

    def test_forgets_what_lies_further_back_than_thirty_days(self) -> None:
        assert stats(DAILY, days_ago(*range(30, 60))).completion_rate_30d == 0

    def test_is_unknown_while_nothing_was_scheduled(self) -> None:
        assert stats(DAILY, set(), began=TODAY).completion_rate_30d is None

    def test_takes_scheduled_days_alone_of_a_weekly_habit(self) -> None:
        # In the last 30 days, from 10 February on, there are four Mondays: 16, 23 February, 2 and 9 March.
        assert stats(weekly("monday"), {date(2026, 3, 9)}).completion_rate_30d == pytest.approx(1 / 4)

    def test_does_not_hold_the_week_of_its_beginning_against_a_habit(self) -> None:
        cadence = TimesPerWeek(kind="times_per_week", times=7)
        assert stats(cadence, set(), began=date(2026, 3, 5)).completion_rate_30d is None


@given(
    st.sets(st.integers(0, 400)),
    st.sampled_from([DAILY, weekly("monday", "sunday"), TestTimesPerWeek.THREE]),
)
def test_the_longest_streak_is_at_least_the_current_one(numbers: set[int], cadence: Cadence) -> None:
    result = stats(cadence, days_ago(*numbers))
    assert result.longest_streak >= result.current_streak


@given(st.sets(st.integers(0, 400)), st.integers(0, 400))
def test_one_more_day_never_shortens_a_streak(numbers: set[int], another: int) -> None:
    before, after = stats(DAILY, days_ago(*numbers)), stats(DAILY, days_ago(*numbers, another))
    assert after.longest_streak >= before.longest_streak
    assert after.current_streak >= before.current_streak
