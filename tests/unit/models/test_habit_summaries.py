"""A summary says of each day what its check-in says, in whatever order they came, changed and went."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.models.habit_summaries import SUMMARY_DAYS, HabitSummary
from app.models.habits import HabitCheckIn
from app.services.streaks import Days, Schedule, statistics
from tests.unit.services.test_streaks import CADENCES

NOW = datetime(2026, 3, 14, 8, tzinfo=UTC)
FIRST = date(2026, 3, 1)
IDS = {"habit_id": "H", "space_id": "S", "user_id": "U", "created_at": NOW, "updated_at": NOW}
KEPT: dict[str, Any] = {}
SKIPPED = {"skipped": True}
NOT_KEPT = {"value": 0}


def check_in(day: date, **fields: Any) -> HabitCheckIn:
    return HabitCheckIn(date=day, **IDS, **fields)


def summary(*changes: tuple[date, dict[str, Any] | None]) -> HabitSummary:
    """The summary after these changes: a day with the fields of its check-in, or None where it is deleted."""
    made = HabitSummary(first=FIRST, **IDS)
    for day, fields in changes:
        made = made.with_day(day, None if fields is None else check_in(day, **fields), now=NOW)
    return made


class TestWithDay:
    @pytest.mark.parametrize(
        ("fields", "kept", "skipped"),
        [(KEPT, {FIRST}, set()), (SKIPPED, set(), {FIRST}), (NOT_KEPT, set(), set()), (None, set(), set())],
    )
    def test_records_what_the_check_in_says(
        self, fields: dict[str, Any] | None, kept: set[date], skipped: set[date]
    ) -> None:
        made = summary((FIRST, fields))
        assert [made.kept_days, made.skipped_days] == [kept, skipped]

    def test_reaches_back_to_an_earlier_day(self) -> None:
        earlier = FIRST - timedelta(days=9)
        assert summary((FIRST, KEPT), (earlier, KEPT)).kept_days == {earlier, FIRST}

    def test_returns_itself_where_nothing_changes(self) -> None:
        made = summary((FIRST, KEPT))
        assert made.with_day(FIRST, check_in(FIRST, note="Again"), now=NOW) is made

    def test_raises_the_version_where_something_changes(self) -> None:
        assert summary((FIRST, KEPT)).version == 2

    def test_forgets_what_is_ten_years_before_the_latest_day(self) -> None:
        latest = FIRST + timedelta(days=SUMMARY_DAYS)
        made = summary((FIRST, KEPT), (FIRST + timedelta(days=1), SKIPPED), (latest, KEPT))
        assert made.kept_days == {latest}
        assert made.skipped_days == {FIRST + timedelta(days=1)}

    def test_stays_below_two_kilobytes_after_ten_years_of_days(self) -> None:
        days = [FIRST + timedelta(days=number) for number in range(SUMMARY_DAYS)]
        made = summary(*((day, SKIPPED if day.day % 2 else KEPT) for day in days))
        assert len(made.model_dump_json()) < 2_000
        assert len(made.kept_days | made.skipped_days) == SUMMARY_DAYS


@given(
    changes=st.lists(
        st.tuples(
            st.integers(-400, 400).map(lambda number: FIRST + timedelta(days=number)),
            st.sampled_from([KEPT, SKIPPED, NOT_KEPT, None]),
        ),
        max_size=60,
    ),
    cadence=CADENCES,
    today=st.integers(-10, 410).map(lambda number: FIRST + timedelta(days=number)),
)
@example(changes=[(FIRST, KEPT), (FIRST, None), (date(2025, 3, 1), SKIPPED)], cadence=None, today=FIRST)
def test_summary_equals_recomputation_from_the_check_ins(
    changes: list[tuple[date, dict[str, Any] | None]], cadence: Any, today: date
) -> None:
    stored = {day: check_in(day, **fields) for day, fields in dict(changes).items() if fields is not None}
    recomputed = Days(
        kept={day for day, one in stored.items() if one.kept},
        skipped={day for day, one in stored.items() if one.skipped},
    )
    made = summary(*changes)
    summarized = Days(made.kept_days, made.skipped_days)

    assert summarized == recomputed
    if cadence is not None:
        schedule = Schedule(cadence)
        assert statistics(schedule, summarized, today=today, began=FIRST) == statistics(
            schedule, recomputed, today=today, began=FIRST
        )
