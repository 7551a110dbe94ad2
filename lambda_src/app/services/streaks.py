"""Streaks and completion rates, from nothing but days.

Check-ins are stored under the calendar day of whoever made them, so neither clock changes nor travel
move them. A *period* is what a cadence counts: a day, a scheduled day, or a week from Monday. The
period that is not over yet neither breaks a streak nor counts, unless it is done. The current cadence
holds for the past too.
"""

from collections.abc import Iterator, Set
from datetime import date, timedelta

from app.models.habits import Cadence, HabitStats, TimesPerWeek, Weekly

RATE_DAYS = 30
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def statistics(cadence: Cadence, days: Set[date], *, today: date, began: date) -> HabitStats:
    """How well these days keep the cadence.

    `today` and `began`, the day the habit was made, are calendar days where the user lives.
    """
    # Who has moved west may have checked in on a day that is still to come.
    kept = {day for day in days if day <= today}
    periods = list(_periods(cadence, min([*kept, began, today]), today))
    done = {period for period in periods if _is_done(cadence, period, kept)}
    over = [period for period in periods if period in done or _end(cadence, period) < today]
    longest = current = 0
    for period in over:
        current = current + 1 if period in done else 0
        longest = max(longest, current)
    window = max(began, today - (RATE_DAYS - 1) * _DAY)
    # A week counts where it ends. The one in which the habit was made is not whole, so it counts only if it
    # is done all the same.
    counted = [p for p in over if _end(cadence, p) >= window and (p >= began or p in done)]
    rate = sum(period in done for period in counted) / len(counted) if counted else None
    return HabitStats(current_streak=current, longest_streak=longest, completion_rate_30d=rate)


def _periods(cadence: Cadence, first: date, last: date) -> Iterator[date]:
    """The first days of all periods that touch `first` to `last`, in order."""
    step, day = _DAY, first
    if isinstance(cadence, TimesPerWeek):
        step, day = _WEEK, first - first.weekday() * _DAY
    while day <= last:
        if not isinstance(cadence, Weekly) or _WEEKDAYS[day.weekday()] in cadence.days:
            yield day
        day += step


def _is_done(cadence: Cadence, period: date, days: Set[date]) -> bool:
    if isinstance(cadence, TimesPerWeek):
        return sum(period + offset * _DAY in days for offset in range(7)) >= cadence.times
    return period in days


def _end(cadence: Cadence, period: date) -> date:
    return period + 6 * _DAY if isinstance(cadence, TimesPerWeek) else period
