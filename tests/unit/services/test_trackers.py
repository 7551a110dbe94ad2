"""Days as they begin and end where one lives."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DateOutOfRange
from app.services import trackers
from tests.unit.services.user_helpers import profile

ZONES = ["UTC", "Europe/Zurich", "America/Havana", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestLocalDay:
    @pytest.mark.parametrize(
        ("zone", "now", "day"),
        [
            # Clocks go forward at 2: that Sunday has 23 hours.
            ("Europe/Zurich", "2026-03-28T22:59:59", "2026-03-28"),
            ("Europe/Zurich", "2026-03-28T23:00:00", "2026-03-29"),
            ("Europe/Zurich", "2026-03-29T21:59:59", "2026-03-29"),
            ("Europe/Zurich", "2026-03-29T22:00:00", "2026-03-30"),
            # They go back at 3: that one has 25.
            ("Europe/Zurich", "2026-10-24T22:00:00", "2026-10-25"),
            ("Europe/Zurich", "2026-10-25T22:59:59", "2026-10-25"),
            ("Europe/Zurich", "2026-10-25T23:00:00", "2026-10-26"),
            # There is no midnight: it goes from 23:59 to 1:00.
            ("America/Havana", "2026-03-08T04:59:59", "2026-03-07"),
            ("America/Havana", "2026-03-08T05:00:00", "2026-03-08"),
            # There is midnight, and an hour later again.
            ("America/Havana", "2026-11-01T03:59:59", "2026-10-31"),
            ("America/Havana", "2026-11-01T05:30:00", "2026-11-01"),
            # A quarter of an hour beside the others; the first to begin a day; one of the last.
            ("Asia/Kathmandu", "2026-03-14T18:15:00", "2026-03-15"),
            ("Pacific/Kiritimati", "2026-03-14T10:00:00", "2026-03-15"),
            ("Pacific/Pago_Pago", "2026-03-14T10:59:59", "2026-03-13"),
            ("UTC", "2028-02-28T23:59:59", "2028-02-28"),
            ("UTC", "2028-02-29T00:00:00", "2028-02-29"),
        ],
    )
    def test_local_day_is_the_calendars(self, zone: str, now: str, day: str) -> None:
        user = profile(moment(now), timezone=zone)
        assert trackers.local_day(moment(now), user).isoformat() == day

    @given(
        zone=st.sampled_from(ZONES),
        now=st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1)),  # noqa: DTZ001 - given one below
        hours=st.integers(0, 400),
    )
    def test_local_day_never_goes_back_and_leaves_no_day_out(
        self, zone: str, now: datetime, hours: int
    ) -> None:
        user = profile(now.replace(tzinfo=UTC), timezone=zone)
        moments = [now.replace(tzinfo=UTC) + timedelta(hours=hour) for hour in range(hours)]
        days = [trackers.local_day(moment, user) for moment in moments]
        steps = {after - before for before, after in itertools.pairwise(days)}
        assert steps <= {timedelta(0), timedelta(days=1)}


class TestRequireInRange:
    @pytest.mark.parametrize("zone", ZONES)
    def test_require_in_range_accepts_a_day_from_its_first_moment_on(self, zone: str) -> None:
        day = date(2026, 3, 29)
        begins = datetime(2026, 3, 29, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        user = profile(begins, timezone=zone)
        trackers.require_in_range(day, user, now=begins, created_at=begins, field="path.date")
        before = begins - timedelta(milliseconds=1)
        with pytest.raises(DateOutOfRange) as refused:
            trackers.require_in_range(day, user, now=before, created_at=begins, field="path.date")
        assert set(refused.value.fields) == {"path.date"}

    @pytest.mark.parametrize("zone", ZONES)
    def test_require_in_range_accepts_366_days_before_the_day_of_creation_and_no_more(
        self, zone: str
    ) -> None:
        created_at = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        user = profile(created_at, timezone=zone)
        first = date(2025, 3, 28)  # no leap day between
        trackers.require_in_range(first, user, now=created_at, created_at=created_at, field="body.date")
        earlier = first - timedelta(days=1)
        with pytest.raises(DateOutOfRange) as refused:
            trackers.require_in_range(earlier, user, now=created_at, created_at=created_at, field="body.date")
        assert set(refused.value.fields) == {"body.date"}
