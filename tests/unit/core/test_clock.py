from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from ulid import ULID

from app.core.clock import Timestamp, new_ulid, rfc3339, ulid_of, ulid_time, utc_now

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 3),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.timezones(),
)


class TestUtcNow:
    def test_utc_now_is_now_in_utc(self) -> None:
        before = datetime.now(UTC)
        now = utc_now()
        assert before - timedelta(milliseconds=1) < now <= datetime.now(UTC)
        assert now.tzinfo is UTC

    def test_utc_now_knows_nothing_finer_than_a_millisecond(self) -> None:
        assert {utc_now().microsecond % 1000 for _ in range(50)} == {0}


class TestNewUlid:
    def test_new_ulid_is_a_ulid_of_this_moment(self) -> None:
        before = utc_now()
        made = ULID.from_str(new_ulid())
        assert before <= made.datetime <= datetime.now(UTC)

    def test_new_ulid_sorts_as_it_was_made_and_is_never_the_same(self) -> None:
        made = [new_ulid() for _ in range(1000)]
        assert made == sorted(set(made))


class TestUlidOf:
    @given(MOMENTS, st.text())
    def test_ulid_of_is_a_ulid_of_that_moment_and_always_the_same(self, moment: datetime, what: str) -> None:
        made = ulid_of(moment, what)
        assert made == ulid_of(moment, what)
        assert made == str(ULID.from_str(made))
        assert made.startswith(ulid_time(moment))

    def test_ulid_of_is_another_one_of_something_else_and_of_another_moment(self) -> None:
        moment = utc_now()
        later = moment + timedelta(milliseconds=1)
        assert len({ulid_of(moment, "ada"), ulid_of(moment, "bob"), ulid_of(later, "ada")}) == 3


class TestUlidTime:
    @given(MOMENTS, MOMENTS)
    def test_ulid_time_is_how_the_ulids_of_that_millisecond_begin(
        self, one: datetime, other: datetime
    ) -> None:
        made = str(ULID.from_datetime(one.astimezone(UTC)))
        assert made.startswith(ulid_time(one))
        assert (ulid_time(other) <= made) is (rfc3339(other) <= rfc3339(one))

    @pytest.mark.parametrize("year", [1, 1969])
    def test_ulid_time_begins_in_1970(self, year: int) -> None:
        assert ulid_time(datetime(year, 1, 1, tzinfo=UTC)) == "0" * 10


class TestRfc3339:
    def test_rfc3339_is_utc_with_three_decimals(self) -> None:
        noon_in_tokyo = datetime(2026, 1, 2, 12, 0, 0, tzinfo=timezone(timedelta(hours=9)))
        assert rfc3339(noon_in_tokyo) == "2026-01-02T03:00:00.000Z"

    @given(MOMENTS, MOMENTS)
    def test_rfc3339_sorts_as_text_as_the_moments_do(self, one: datetime, other: datetime) -> None:
        one, other = (moment.replace(microsecond=0) for moment in (one, other))
        assert (rfc3339(one) < rfc3339(other)) is (one.astimezone(UTC) < other.astimezone(UTC))

    @given(MOMENTS)
    def test_rfc3339_reads_back_as_the_same_millisecond(self, moment: datetime) -> None:
        lost = moment.astimezone(UTC) - datetime.fromisoformat(rfc3339(moment))
        assert timedelta() <= lost < timedelta(milliseconds=1)


class TestTimestamp:
    class Seen(BaseModel):
        at: Timestamp

    def test_timestamp_goes_out_as_rfc3339(self) -> None:
        seen = self.Seen(at=datetime(2026, 1, 2, 3, 4, 5, 678000, UTC))
        assert seen.model_dump_json() == '{"at":"2026-01-02T03:04:05.678Z"}'

    def test_timestamp_rejects_a_moment_without_a_zone(self) -> None:
        with pytest.raises(ValidationError, match="timezone"):
            self.Seen.model_validate({"at": "2026-01-02T03:04:05"})
