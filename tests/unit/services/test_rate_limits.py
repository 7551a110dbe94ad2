import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.database import Session, Table
from app.core.errors import TooManyRequests
from app.services.rate_limits import count_join_try
from tests.factories import FrozenClock

WINDOW = timedelta(seconds=60)
# What is close to the edges of a window, of a second and of a millisecond, and anything else.
GAPS = st.sampled_from([0, 1, 499, 500, 999, 1000, 5000, 6000, 6001, 59_999, 60_000, 60_001]) | st.integers(
    0, 62_000
)
NAMES = itertools.count()


def try_once(table: Table, user_id: str = "ada") -> int | None:
    """One try: None if it was let through, else the seconds to wait."""
    try:
        count_join_try(Session(table), user_id=user_id)
    except TooManyRequests as refusal:
        return refusal.retry_after_s or 0
    return None


class TestCountJoinTry:
    def test_count_join_try_lets_ten_through(self, table: Table) -> None:
        assert [try_once(table) for _ in range(10)] == [None] * 10
        assert try_once(table) == 60

    def test_count_join_try_says_when_the_next_is_let_through(self, table: Table, clock: FrozenClock) -> None:
        for _ in range(10):
            assert try_once(table) is None
            clock.advance(seconds=2.5)
        assert try_once(table) == 35
        clock.advance(seconds=34.999)
        assert try_once(table) == 1
        clock.advance(seconds=0.001)
        assert try_once(table) is None
        assert try_once(table) == 3

    @pytest.mark.parametrize("milliseconds", [0, 1, 465, 999])
    def test_count_join_try_counts_for_the_whole_minute_wherever_in_a_second_it_began(
        self, table: Table, clock: FrozenClock, milliseconds: int
    ) -> None:
        clock.advance(milliseconds=milliseconds)
        for _ in range(10):
            try_once(table)
        clock.advance(seconds=59.999)
        assert try_once(table) == 1

    def test_count_join_try_does_not_count_what_it_rejected(self, table: Table, clock: FrozenClock) -> None:
        for _ in range(30):
            try_once(table)
        clock.advance(minutes=1)
        assert try_once(table) is None

    def test_count_join_try_counts_for_each_user_apart(self, table: Table) -> None:
        for _ in range(10):
            try_once(table, "ada")
        assert try_once(table, "bob") is None

    def test_count_join_try_comes_to_an_end_if_others_count_in_between(
        self, table: Table, before_commit: Callable[..., None]
    ) -> None:
        before_commit(lambda: try_once(table), times=9, counting=True)
        assert try_once(table) is None
        assert try_once(table) is not None

    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(gaps=st.lists(GAPS, min_size=11, max_size=20))
    def test_count_join_try_lets_as_many_through_as_it_may_and_never_more(
        self, table: Table, clock: FrozenClock, gaps: list[int]
    ) -> None:
        user_id, passed = f"user-{next(NAMES)}", list[datetime]()
        for gap in gaps:
            clock.advance(milliseconds=gap)
            recent = [moment for moment in passed if clock.now - moment < WINDOW]
            wait = try_once(table, user_id)
            assert (wait is None) is (len(recent) < 10)
            if wait is None:
                passed.append(clock.now)
            else:
                free_at = recent[0] + WINDOW
                assert free_at <= clock.now + timedelta(seconds=wait) < free_at + timedelta(seconds=1)
