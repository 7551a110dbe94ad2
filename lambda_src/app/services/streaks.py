"""Streaks and completion rates, computed from calendar days alone.

Check-ins are stored under the calendar day of their user, so neither clock changes nor travel move them.
A *period* is what a cadence counts: a day, a scheduled day, or a week. A period that has not ended neither
breaks a streak nor counts, unless it is done. A change of cadence applies from its day on; a week that it
cuts counts only if it is done.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.habits import Cadence, HabitStats, TimesPerWeek, Weekday, Weekly

RATE_DAYS = 30
_WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """The cadences of a habit: each of `past` until its last day, then `current`."""

    current: Cadence
    past: Sequence[tuple[date, Cadence]] = ()
    week_start: Weekday = "monday"


@dataclass(frozen=True)
class Days:
    """The days on which a user kept a habit, and those that they skipped: neither kept nor missed."""

    kept: Set[date]
    skipped: Set[date] = frozenset()


@dataclass(frozen=True)
class _Period:
    first: date
    last: date
    needed: int
    kept: int
    whole: bool = True

    @property
    def done(self) -> bool:
        return self.kept >= self.needed

    @property
    def part(self) -> float:
        return min(self.kept / self.needed, 1.0)


def statistics(schedule: Schedule, days: Days, *, today: date, began: date) -> HabitStats:
    """Compute how well a user keeps a habit.

    `today` and `began` are calendar days in the user's time zone. `began` is the day from which days count as
    missed: the later of the habit's creation and the user's joining. Days that were checked in on before it
    extend it.
    """
    # A user who moved west may have checked in on a day that is still to come.
    kept = {day for day in days.kept if day <= today}
    start = min([*kept, began, today])
    periods = [
        period
        for period in _periods(schedule, Days(kept, days.skipped - kept), start, today)
        if period.done or (period.last < today and period.whole)
    ]
    longest = current = 0
    for period in periods:
        current = current + 1 if period.done else 0
        longest = max(longest, current)
    window = today - (RATE_DAYS - 1) * _DAY
    # A week counts in the window in which it ends.
    counted = [period.part for period in periods if period.last >= window]
    rate = sum(counted) / len(counted) if counted else None
    return HabitStats(current_streak=current, longest_streak=longest, completion_rate_30d=rate)


def _periods(schedule: Schedule, days: Days, start: date, today: date) -> Iterator[_Period]:
    """The periods that touch `start` to `today`, in order, without those that were skipped whole."""
    first = start
    for last, cadence in (*schedule.past, (date.max, schedule.current)):
        if first <= min(last, today):
            if isinstance(cadence, TimesPerWeek):
                yield from _weeks(cadence, schedule.week_start, days, first=first, last=last, today=today)
            else:
                yield from _scheduled_days(cadence, days, first, min(last, today))
            first = last + _DAY if last < today else today + _DAY


def _scheduled_days(cadence: Cadence, days: Days, first: date, last: date) -> Iterator[_Period]:
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        scheduled = not isinstance(cadence, Weekly) or _WEEKDAYS[day.weekday()] in cadence.days
        if scheduled and day not in days.skipped:
            yield _Period(day, day, needed=1, kept=int(day in days.kept))


def _weeks(
    cadence: TimesPerWeek, week_start: Weekday, days: Days, *, first: date, last: date, today: date
) -> Iterator[_Period]:
    """Weeks of a cadence that holds from `first` to `last`; those that either cuts are not whole."""
    week = first - (first.weekday() - _WEEKDAYS.index(week_start)) % 7 * _DAY
    while week <= min(last, today):
        end = week + 6 * _DAY
        inside = [day for day in (week + n * _DAY for n in range(7)) if first <= day <= last]
        # Skipped days lower what is needed only where too few days remain.
        needed = min(cadence.times, sum(day not in days.skipped for day in inside))
        if needed:
            kept = sum(day in days.kept for day in inside)
            whole = first <= week and end <= last
            yield _Period(week, end, needed if whole else cadence.times, kept, whole)
        week = end + _DAY
