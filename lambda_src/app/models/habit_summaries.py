"""The days on which a user kept a habit, in one item: what statistics are computed from."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self

from app.core.records import Record
from app.models.fields import Day
from app.models.habits import HabitCheckIn

# Ten years: what statistics look back on from the latest day, so that a summary stays below 2 KB.
SUMMARY_DAYS = 3660
_DAY = timedelta(days=1)


class HabitSummary(Record):
    """One user's days of a habit as stored: one item for a habit and user, who has checked in once.

    `kept` and `skipped` are bitmaps in base64: bit n, from the lowest bit of the first byte on, is the day n
    days after `first`. A check-in that is neither kept nor skipped has no bit.
    """

    habit_id: str
    space_id: str
    user_id: str
    first: Day
    kept: str = ""
    skipped: str = ""

    @property
    def kept_days(self) -> frozenset[date]:
        """The days that count as kept."""
        return frozenset(self._days(self.kept))

    @property
    def skipped_days(self) -> frozenset[date]:
        """The days that neither count as kept nor break a streak."""
        return frozenset(self._days(self.skipped))

    def with_day(self, day: date, check_in: HabitCheckIn | None, *, now: datetime) -> Self:
        """The summary once the day has this check-in, or none; itself if that changes nothing."""
        first = min(self.first, day)
        bit = 1 << (day - first).days
        bitmaps = {}
        for name in ("kept", "skipped"):
            bits = _bits(getattr(self, name)) << (self.first - first).days
            bitmaps[name] = bits | bit if check_in and getattr(check_in, name) else bits & ~bit
        surplus = max(0, *(bits.bit_length() - SUMMARY_DAYS for bits in bitmaps.values()))
        texts = {name: _text(bits >> surplus) for name, bits in bitmaps.items()}
        return self.patched(now, {"first": first + surplus * _DAY, **texts})

    def _days(self, text: str) -> Iterable[date]:
        bits = _bits(text)
        return (self.first + number * _DAY for number in range(bits.bit_length()) if bits >> number & 1)


def _bits(text: str) -> int:
    return int.from_bytes(b64decode(text), "little")


def _text(bits: int) -> str:
    return b64encode(bits.to_bytes((bits.bit_length() + 7) // 8, "little")).decode()
