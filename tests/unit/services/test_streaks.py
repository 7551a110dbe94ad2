"""Streaks and rates by example: each case is a calendar that one can check by hand."""

import itertools
from datetime import date, timedelta
from typing import Literal, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.models.habits import Cadence, Daily, HabitStats, TimesPerWeek, Weekday, Weekly
from app.services.streaks import Days, Schedule, statistics

DAILY = Daily(kind="daily")
# A Wednesday; its week began on Monday, 9 March.
TODAY = date(2026, 3, 11)
LONG_AGO = date(2026, 1, 1)


def days_ago(*numbers: int) -> set[date]:
    return {TODAY - timedelta(days=number) for number in numbers}


def stats(cadence: Cadence, days: set[date], began: date = LONG_AGO, today: date = TODAY) -> HabitStats:
    return statistics(Schedule(cadence), Days(days), today=today, began=began)


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
    def test_weekly_only_scheduled_days_count(self) -> None:
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

    def test_a_day_that_has_not_come_is_ignored(self) -> None:
        with_tomorrow = {date(2026, 3, 9), date(2026, 3, 10), TODAY + timedelta(days=1)}
        assert stats(self.THREE, with_tomorrow).current_streak == 0

    def test_a_week_belongs_to_one_year_and_the_next(self) -> None:
        # From Monday, 28 December, to Sunday, 3 January.
        days = {date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3)}
        assert stats(self.THREE, days, today=date(2027, 1, 6)).current_streak == 1

    def test_a_week_that_fell_short_breaks_the_streak(self) -> None:
        result = stats(self.THREE, set(self.WEEK_BEFORE))
        assert (result.current_streak, result.longest_streak) == (0, 1)


class TestCompletionRate:
    def test_completion_rate_is_done_by_scheduled_over_thirty_days(self) -> None:
        assert stats(DAILY, days_ago(*range(1, 16))).completion_rate_30d == pytest.approx(15 / 29)

    def test_completion_rate_counts_today_once_it_is_done(self) -> None:
        assert stats(DAILY, days_ago(*range(15))).completion_rate_30d == pytest.approx(15 / 30)

    def test_completion_rate_looks_back_no_further_than_the_habit(self) -> None:
        assert stats(DAILY, days_ago(1, 2), began=TODAY - timedelta(days=2)).completion_rate_30d == 1

    def test_completion_rate_forgets_what_lies_further_back_than_thirty_days(self) -> None:
        assert stats(DAILY, days_ago(*range(30, 60))).completion_rate_30d == 0

    def test_completion_rate_is_unknown_while_nothing_was_scheduled(self) -> None:
        assert stats(DAILY, set(), began=TODAY).completion_rate_30d is None

    def test_completion_rate_takes_scheduled_days_alone_of_a_weekly_habit(self) -> None:
        # In the last 30 days, from 10 February on, there are four Mondays: 16, 23 February, 2 and 9 March.
        assert stats(weekly("monday"), {date(2026, 3, 9)}).completion_rate_30d == pytest.approx(1 / 4)

    def test_completion_rate_does_not_hold_the_week_of_its_beginning_against_a_habit(self) -> None:
        cadence = TimesPerWeek(kind="times_per_week", times=7)
        assert stats(cadence, set(), began=date(2026, 3, 5)).completion_rate_30d is None


class TestBackfilledDays:
    def test_backfilled_days_extend_the_rate_to_the_first_of_them(self) -> None:
        # Ten days before a new habit, all kept; today is still open.
        result = stats(DAILY, days_ago(*range(1, 11)), began=TODAY)
        assert (result.current_streak, result.completion_rate_30d) == (10, 1)

    def test_count_gaps_between_them_as_missed(self) -> None:
        # 8 of the 10 days from the first on: the third and the fifth are missing.
        days = days_ago(*(set(range(1, 11)) - {3, 5}))
        assert stats(DAILY, days, began=TODAY).completion_rate_30d == pytest.approx(8 / 10)


class TestPartlyKeptWeek:
    def test_partly_kept_week_counts_with_its_part(self) -> None:
        # Two of three in each of the last four whole weeks, from Monday, 9 February.
        mondays = [date(2026, 2, 9) + timedelta(days=7 * week) for week in range(4)]
        days = {day + timedelta(days=offset) for day in mondays for offset in (0, 2)}
        result = stats(TestTimesPerWeek.THREE, days, began=date(2026, 2, 9))
        assert result.completion_rate_30d == pytest.approx(2 / 3)
        assert (result.current_streak, result.longest_streak) == (0, 0)

    def test_partly_kept_week_counts_once_when_more_is_done_than_needed(self) -> None:
        week = {date(2026, 3, 2) + timedelta(days=offset) for offset in range(7)}
        result = stats(TestTimesPerWeek.THREE, week, began=date(2026, 3, 2))
        assert result.completion_rate_30d == 1


class TestSkippedDays:
    def skipping(self, kept: set[date], skipped: set[date], cadence: Cadence = DAILY) -> HabitStats:
        began = min(kept | skipped)
        return statistics(Schedule(cadence), Days(kept, skipped), today=TODAY, began=began)

    def test_skipped_days_do_not_break_a_streak(self) -> None:
        assert self.skipping(days_ago(1, 2, 5, 6), days_ago(3, 4)).current_streak == 4

    def test_skipped_days_are_left_out_of_the_rate(self) -> None:
        # Kept, skipped, missed, kept: two of three.
        assert self.skipping(days_ago(1, 4), days_ago(3)).completion_rate_30d == pytest.approx(2 / 3)

    def test_skipped_days_that_are_kept_all_the_same_count_as_kept(self) -> None:
        assert self.skipping(days_ago(1, 2), days_ago(2)).current_streak == 2

    def test_skipped_days_lower_what_a_week_needs_only_if_too_few_days_remain(self) -> None:
        monday = date(2026, 3, 2)
        week = [monday + timedelta(days=offset) for offset in range(7)]
        one_skipped = self.skipping({week[0], week[1]}, {week[2]}, TestTimesPerWeek.THREE)
        five_skipped = self.skipping({week[0], week[1]}, set(week[2:]), TestTimesPerWeek.THREE)
        assert (one_skipped.current_streak, five_skipped.current_streak) == (0, 1)

    def test_a_week_skipped_whole_is_left_out(self) -> None:
        week = {date(2026, 3, 2) + timedelta(days=offset) for offset in range(7)}
        kept = set(TestTimesPerWeek.WEEK_BEFORE)
        assert self.skipping(kept, week, TestTimesPerWeek.THREE).current_streak == 1


class TestChangedCadence:
    MWF = weekly("monday", "wednesday", "friday")

    def test_changed_cadence_leaves_the_streak_of_the_past_as_it_was(self) -> None:
        # Monday, Wednesday, Friday from 9 February to 9 March: 13 periods; daily from 10 March on.
        first = date(2026, 2, 9)
        days = {first + timedelta(days=7 * week + offset) for week in range(4) for offset in (0, 2, 4)}
        days |= {date(2026, 3, 9)}
        schedule = Schedule(DAILY, past=[(date(2026, 3, 9), self.MWF)])
        before = statistics(Schedule(self.MWF), Days(days), today=date(2026, 3, 9), began=first)
        after = statistics(schedule, Days(days), today=date(2026, 3, 10), began=first)
        kept_on = statistics(schedule, Days(days | {date(2026, 3, 10)}), today=date(2026, 3, 10), began=first)
        assert (before.current_streak, after.current_streak, kept_on.current_streak) == (13, 13, 14)

    def test_changed_cadence_judges_later_days_by_the_new_cadence(self) -> None:
        schedule = Schedule(DAILY, past=[(date(2026, 3, 6), self.MWF)])
        days = {date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 9)}
        # Saturday and Sunday, 7 and 8 March, are missed under the new cadence.
        result = statistics(schedule, Days(days), today=date(2026, 3, 9), began=date(2026, 3, 2))
        assert (result.current_streak, result.longest_streak) == (1, 3)

    def test_a_week_that_the_change_cuts_counts_only_if_it_is_done(self) -> None:
        three = TestTimesPerWeek.THREE
        schedule = Schedule(DAILY, past=[(date(2026, 3, 4), three)])
        began = date(2026, 2, 23)
        days = set(TestTimesPerWeek.WEEK_BEFORE) | {date(2026, 3, 2)}
        result = statistics(schedule, Days(days), today=date(2026, 3, 5), began=began)
        assert result.current_streak == 1

    def test_changed_cadence_from_before_the_first_day_is_ignored(self) -> None:
        schedule = Schedule(DAILY, past=[(date(2026, 2, 1), self.MWF)])
        result = statistics(schedule, Days(days_ago(1, 2)), today=TODAY, began=date(2026, 3, 9))
        assert (result.current_streak, result.completion_rate_30d) == (2, 1)


class TestWeekStart:
    def test_week_start_moves_a_sunday_into_the_week_that_it_begins(self) -> None:
        # Friday, Saturday and Sunday, 6 to 8 March: one week from Monday, two from Sunday.
        days = {date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)}
        three = TestTimesPerWeek.THREE
        by_monday = statistics(Schedule(three), Days(days), today=TODAY, began=date(2026, 2, 23))
        by_sunday = statistics(
            Schedule(three, week_start="sunday"), Days(days), today=TODAY, began=date(2026, 2, 23)
        )
        assert (by_monday.current_streak, by_sunday.current_streak) == (1, 0)


CADENCES: st.SearchStrategy[Cadence] = st.one_of(
    st.just(DAILY),
    st.builds(
        Weekly,
        kind=st.just("weekly"),
        days=st.lists(st.sampled_from(get_args(Weekday)), min_size=1, unique=True).map(tuple),
    ),
    st.builds(TimesPerWeek, kind=st.just("times_per_week"), times=st.integers(1, 7)),
)


def by_hand(cadence: Cadence, days: set[date], today: date, began: date) -> HabitStats:
    """The same, as one would do it with a pencil: a line of letters, one a period.

    `D` stands for done and `M` for missed; what is not over yet, or begins before the first day, leaves no
    letter unless it is done.
    """
    calendar = [began + timedelta(days=number) for number in range(-500, 500)]
    if isinstance(cadence, TimesPerWeek):
        weeks = itertools.groupby(calendar, key=lambda day: day.isocalendar()[:2])
        periods = [list(week) for _, week in weeks]
        needed = cadence.times
    else:
        wanted = cadence.days if isinstance(cadence, Weekly) else get_args(Weekday)
        periods = [[day] for day in calendar if f"{day:%A}".lower() in wanted]
        needed = 1
    begin = min({began, *(day for day in days if day <= today)})
    line = ""
    recent: list[float] = []
    for period in periods:
        kept = sum(day in days and day <= today for day in period)
        done = kept >= needed
        if (
            period[-1] < begin
            or period[0] > today
            or (not done and (period[-1] >= today or period[0] < begin))
        ):
            continue
        line += "D" if done else "M"
        if today - period[-1] < timedelta(days=30):
            recent.append(min(kept, needed) / needed)
    return HabitStats(
        current_streak=len(line) - len(line.rstrip("D")),
        longest_streak=max(map(len, line.split("M"))),
        completion_rate_30d=sum(recent) / len(recent) if recent else None,
    )


@given(
    cadence=CADENCES,
    age=st.integers(0, 120),
    kept=st.lists(st.booleans(), max_size=90),
    today=st.dates(date(2023, 6, 1), date(2029, 1, 31)),
)
@settings(max_examples=300)
@example(cadence=TestTimesPerWeek.THREE, age=3, kept=[True, True, True, False, True], today=date(2028, 3, 1))
def test_statistics_match_counting_by_hand(cadence: Cadence, age: int, kept: list[bool], today: date) -> None:
    # From three days that have not come on, backwards.
    days = {today - timedelta(days=number - 3) for number, is_kept in enumerate(kept) if is_kept}
    began = today - timedelta(days=age)
    assert statistics(Schedule(cadence), Days(days), today=today, began=began) == by_hand(
        cadence, days, today, began
    )


@given(st.sets(st.integers(0, 400)), st.integers(0, 400))
def test_one_more_day_never_shortens_a_streak(numbers: set[int], another: int) -> None:
    before, after = stats(DAILY, days_ago(*numbers)), stats(DAILY, days_ago(*numbers, another))
    assert after.longest_streak >= before.longest_streak
    assert after.current_streak >= before.current_streak
