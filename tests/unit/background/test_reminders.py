from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.background.reminders import times_passed

# By whole hours, halves and quarters; set back and forward by one hour, by half and by two; at midnight, in
# the middle of an hour in UTC, in both halves of the year.
ZONES = [
    "UTC",
    "Europe/Zurich",
    "America/New_York",
    "America/Havana",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]


def minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


class TestTimesPassed:
    @pytest.mark.parametrize("name", ZONES)
    def test_times_passed_are_in_a_year_all_of_each_day_and_each_once(self, name: str) -> None:
        zone = ZoneInfo(name)
        hour = datetime(2026, 1, 1, tzinfo=UTC)
        first = hour.astimezone(zone)
        next_minute = first.hour * 60 + first.minute
        passed = 0

        while hour.year == 2026:
            for begin, end in times_passed(hour, zone):
                assert minutes(begin) == next_minute % 1440, hour
                assert minutes(begin) <= minutes(end), hour
                passed += minutes(end) - minutes(begin) + 1
                next_minute = minutes(end) + 1
            hour += timedelta(hours=1)

        assert passed == 365 * 1440

    def test_times_passed_are_two_ranges_if_a_day_ends_within_the_hour(self) -> None:
        hour = datetime(2026, 1, 1, 18, tzinfo=UTC)

        assert list(times_passed(hour, ZoneInfo("Asia/Kathmandu"))) == [
            ("23:45", "23:59"),
            ("00:00", "00:44"),
        ]

    def test_times_passed_hold_those_that_clocks_skip(self) -> None:
        hour = datetime(2026, 3, 29, 0, tzinfo=UTC)

        assert list(times_passed(hour, ZoneInfo("Europe/Zurich"))) == [("01:00", "02:59")]

    def test_times_passed_are_none_while_clocks_show_again_what_they_have_shown(self) -> None:
        hour = datetime(2026, 10, 25, 0, tzinfo=UTC)

        assert list(times_passed(hour, ZoneInfo("Europe/Zurich"))) == []
