"""Time and ids. Both are injected, so that tests can set them."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer, WithJsonSchema
from ulid import ULID

Clock = Callable[[], datetime]
IdSource = Callable[[], str]
_FIRST_ULID = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """The current time in UTC, to the millisecond: the precision that is stored and answered."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def new_ulid() -> str:
    """A new ULID: 26 characters, sorted by time, with a random part from the operating system."""
    return str(ULID())


def ulid_of(moment: datetime, what: str) -> str:
    """The ULID of a text and a time, the same at each call: the id of an item that must be created once."""
    return str(ULID(ULID.from_datetime(moment).bytes[:6] + sha256(what.encode()).digest()[:10]))


def ulid_time(moment: datetime) -> str:
    """The prefix that all ULIDs of this millisecond have. There are none before 1970."""
    return str(ULID.from_datetime(max(moment, _FIRST_ULID)))[:10]


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with exactly three decimals, so that the text sorts as the time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[
    AwareDatetime,
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
