"""`docs/scale.md`: the first limits in keys, quotas and cost at 10 thousand, 1 million and 100 million users.

A seeded simulation of the busiest seconds: users send requests, distributed over spaces by Zipf's law, and
each request adds its units (docs/capacity.md) to the partitions that it touches.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.services.outbox import SHARDS
from codegen.templates import table
from review.prices import PRICES

PATH = Path(__file__).parent.parent / "docs" / "scale.md"
USERS = (10_000, 1_000_000, 100_000_000)
SEED, SECONDS = 2026, 3
# DynamoDB's limits of one partition, per second.
PARTITION_READS, PARTITION_WRITES = 3_000, 1_000

ACTIVE_A_DAY = 0.3
REQUESTS_A_DAY = 40  # of an active user
PEAK = 4  # the busiest minute against the day's average
SPACES_A_USER = 0.5  # made; each is in two on average
ZIPF = 1.05  # of spaces by their requests
LARGEST_SPACE = 1_000  # members
REQUEST_S, BACKGROUND_S, MEMORY_GB = 0.04, 0.06, 1.0
REMINDED, IN_ONE_ZONE, AT_EIGHT = 0.2, 0.15, 0.4


@dataclass(frozen=True)
class Operation:
    """A kind of request: its share of all, and its units on each kind of partition."""

    name: str
    share: float
    reads: dict[str, float]
    writes: dict[str, float]
    background_reads: float = 0
    background_writes: float = 0


_ACCESS = {"SPACE": 2.0, "USER": 1.0}
_OUTBOX = 5.0  # put in a transaction 2, lease 1, delete in a transaction 2
OPERATIONS = (
    Operation("read an item", 0.34, {**_ACCESS, "SPACE": 3.0}, {}),
    Operation("read a list", 0.30, {**_ACCESS, "SPACE": 4.5}, {}),
    Operation("read the feed", 0.10, {**_ACCESS, "ACTIVITIES": 0.5}, {}),
    Operation("list the public spaces", 0.01, {"PUBLIC": 1.5, "USER": 1.0}, {}),
    Operation(
        "check in",
        0.15,
        {**_ACCESS, "SPACE": 3.0, "HABIT": 1.0},
        {"SPACE": 4.0, "HABIT": 2.0, "CHECKINS": 1.0, "OUTBOX": _OUTBOX, "ACTIVITIES": 2.0, "AUTHOR": 1.0},
        3.0,
        10.0,
    ),
    Operation(
        "write in a space",
        0.095,
        {**_ACCESS, "SPACE": 3.0},
        {"SPACE": 4.0, "AUTHOR": 2.0, "OUTBOX": _OUTBOX, "ACTIVITIES": 2.0},
        3.0,
        10.0,
    ),
    Operation("join or change a public space", 0.005, _ACCESS, {"SPACE": 4.0, "USER": 2.0, "PUBLIC": 1.0}),
)
WHAT = {
    "SPACE": "one space: its item, members and content (`SPACE#…`)",
    "ACTIVITIES": "one space's feed (`ACTIVITIES#…`)",
    "HABIT": "one habit's days (`HABIT#…`)",
    "USER": "one user (`USER#…`)",
    "CHECKINS": "GSI1: one user's check-ins (`CHECKINS#…`)",
    "AUTHOR": "GSI1: one user's content (`AUTHOR#…`)",
    "PUBLIC": "GSI1: all public spaces (`PUBLIC`)",
    "OUTBOX": f"one of {SHARDS} outbox shards (`OUTBOX#…`)",
}


def peak_rate(users: int) -> float:
    """Requests per second in the busiest minute."""
    return users * ACTIVE_A_DAY * REQUESTS_A_DAY / 86_400 * PEAK


def hottest(users: int) -> dict[str, tuple[float, float]]:
    """Read and write units per second of the hottest partition of each kind."""
    draw = random.Random(SEED)  # noqa: S311 - reproducible
    reads: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    writes: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    spaces = int(users * SPACES_A_USER)
    # A space's members bound its requests: all of the largest one send as users do at the peak.
    most = LARGEST_SPACE * REQUESTS_A_DAY / 86_400 * PEAK * SECONDS
    sent: Counter[int] = Counter()
    drawn = int(peak_rate(users) * SECONDS)
    for operation in draw.choices(OPERATIONS, [each.share for each in OPERATIONS], k=drawn):
        space = _zipf(draw, spaces)
        while sent[space] and sent[space] + 1 > most:
            space = draw.randrange(spaces)
        sent[space] += 1
        user = draw.randrange(users)
        where = {"SPACE": space, "ACTIVITIES": space, "HABIT": space, "PUBLIC": 0}
        where |= {"USER": user, "CHECKINS": user, "AUTHOR": user, "OUTBOX": draw.randrange(SHARDS)}
        for kind, units in operation.reads.items():
            reads[kind][where[kind]] += units
        for kind, units in operation.writes.items():
            writes[kind][where[kind]] += units
    return {
        kind: (
            max(reads[kind].values(), default=0) / SECONDS,
            max(writes[kind].values(), default=0) / SECONDS,
        )
        for kind in WHAT
    }


def users_at(limit: float, units_a_request: float) -> str:
    """The number of users at whose peak a partition reaches half of this limit."""
    millions = limit / 2 / (units_a_request * peak_rate(1)) / 1e6
    return f"about {millions:,.0f} million users"


def _share(kind: str, *, write: bool) -> float:
    """The units of an average request on partitions of this kind."""
    return sum(each.share * (each.writes if write else each.reads).get(kind, 0.0) for each in OPERATIONS)


def _zipf(draw: random.Random, count: int) -> int:
    """A rank from 0, by the inverse of the integral of Zipf's law."""
    exponent = 1 - ZIPF
    return int((draw.random() * (count**exponent - 1) + 1) ** (1 / exponent)) - 1


def monthly_cost() -> dict[str, float]:
    """Dollars per user and month by component, at list prices without free tier."""
    requests = ACTIVE_A_DAY * REQUESTS_A_DAY * 30
    reads = sum(each.share * (sum(each.reads.values()) + each.background_reads) for each in OPERATIONS)
    writes = sum(each.share * _writes(each) for each in OPERATIONS)
    changes = sum(each.share for each in OPERATIONS if each.background_writes)
    seconds = REQUEST_S + changes * BACKGROUND_S
    parts = {
        "API Gateway": requests * _price("api_request"),
        "Lambda": requests
        * (_price("lambda_request") * (1 + changes) + seconds * MEMORY_GB * _price("lambda_arm64")),
        "DynamoDB reads": requests * reads * _price("table_read"),
        "DynamoDB writes": requests * writes * _price("table_write"),
        "DynamoDB storage (1 MB)": 0.001 * _price("table_storage"),
        "Logs (1.6 KB a request)": requests * 1.6e-6 * _price("log_written"),
        "Cognito": _price("user"),
    }
    return parts | {"all": sum(parts.values())}


def _writes(operation: Operation) -> float:
    # Background units include the message's lease and deletion, the activity and its index entry.
    foreground = sum(
        units for kind, units in operation.writes.items() if kind not in ("OUTBOX", "ACTIVITIES")
    )
    message = 2.0 if "OUTBOX" in operation.writes else 0.0
    return foreground + message + operation.background_writes


def _price(name: str) -> float:
    listed = PRICES["prices"][name]
    return float(listed["usd"]) / float(listed["per"])


def _quotas() -> Iterator[tuple[str, ...]]:
    rates = [peak_rate(users) for users in USERS]
    changes = sum(each.share for each in OPERATIONS if each.background_writes)
    writes = sum(each.share * _writes(each) for each in OPERATIONS)
    eight = [users * REMINDED * IN_ONE_ZONE * AT_EIGHT for users in USERS]
    rows = (
        ("requests a second at the peak", rates, "API Gateway: 10,000 for the account"),
        (
            "environments for requests",
            [r * REQUEST_S for r in rates],
            "Lambda: 1,000 for the account",
        ),
        (
            "environments for background work",
            [r * changes * BACKGROUND_S for r in rates],
            "10 for each shard of the stream",
        ),
        ("write units per second", [r * writes for r in rates], "DynamoDB: 40,000 for a table"),
        ("reminders of one zone at 08:00", eight, "read 50 at a time, one after another"),
        (
            "minutes until the last of them",
            [n / 50 * 0.05 / 60 for n in eight],
            "one message has the zone's shards",
        ),
    )
    for what, values, quota in rows:
        yield (what, *(f"{value:,.0f}" for value in values), quota)


_HEAD = """\
# Scale

Generated by `make pages` from `codegen/scale.py`; do not edit. A simulation with a fixed seed: 30 % of
users are active a day and send 40 requests each, the busiest minute has four times the day's average,
spaces get requests by Zipf's law (exponent 1.05) up to what 1,000 members send. Units are those of
[capacity](capacity.md). One DynamoDB partition has 3,000 read and 1,000 write units per second,
independent of the table's settings.

## The hottest partition of each kind

Read / write units a second.

"""
_LIMITS = """
A space is bounded by its 1,000 members and a user by one person's pace, so neither grows with the number
of users. Two keys do: `PUBLIC`, which all users read and every change of a public space writes, and the
outbox, which every change in a space writes. ULIDs rise with time, so DynamoDB cannot split these by
their sort key.

## Quotas at the peak

"""
_COST = """
## Dollars per user and month

List prices of eu-central-1, 360 requests per user and month, without the free tier. The cost per user is
the same at every size, but below ten thousand users the free tier covers most of it.

"""
_PLAN = """
## Limits, triggers and plans

No key has to change now: at a million users no partition is above a third of its limit, which a test asserts.
A trigger is half a partition's limit, or 70 % of a quota.

"""


def _plans() -> list[tuple[str, ...]]:
    outbox = users_at(PARTITION_WRITES * SHARDS, _share("OUTBOX", write=True))
    public_writes = users_at(PARTITION_WRITES, _share("PUBLIC", write=True))
    public_reads = users_at(PARTITION_READS, _share("PUBLIC", write=False))
    return [
        (
            "outbox shards",
            f"500 write units a second on one: {outbox}",
            "`SHARDS` from 4 to 64: only the sweep reads the number, so stored messages stay where they are",
        ),
        (
            "`PUBLIC`, writes",
            f"500 write units a second: {public_writes}",
            "counters move out of the card, so joins skip the index; then `PUBLIC#{shard}`, pages merged",
        ),
        (
            "`PUBLIC`, reads",
            f"1,500 read units a second: {public_reads}",
            "cache the first page, which is the same for all users, in the environment for 5 seconds",
        ),
        (
            "one zone's reminders at 08:00",
            "the last is 5 minutes late: about 25 million users",
            "a message for each zone and shard; then 64 shards, and a task that moves stored reminders",
        ),
        (
            "a space's or a habit's item",
            "`TransactionConflict` above 1 % of the writes to it",
            "counters in items of their own; a check-in checks that its habit has no tombstone",
        ),
        (
            "stream",
            "iterator age above 1 minute",
            "a higher parallelization factor; DynamoDB splits its shards with the table's partitions",
        ),
        (
            "Lambda concurrency",
            "70 % of 1,000: about 23 million users",
            "raise the quota, and the reserved concurrency of prod with it",
        ),
        (
            "API Gateway's rate",
            "70 % of 10,000: about 13 million users",
            "raise the quota; above 100,000 a second cells by region",
        ),
        (
            "table's write quota",
            "70 % of 40,000: about 11 million users",
            "raise the quota; warm throughput before a launch",
        ),
        ("mail", "SES's sending rate", "raise the quota; until then messages wait in the outbox"),
        (
            "one table for all",
            "100 million users",
            "cells: a user pool, an API and a table for each region; ids are unique across them",
        ),
    ]


_LARGE = """
## A large space at its busiest

1,000 members open it within ten seconds (the space and three lists each), then all check in on one habit
within a minute. Read / write units a second on its partition.

"""


def _large_space() -> list[tuple[str, ...]]:
    opening = LARGEST_SPACE * (3.0 + 3 * 4.5) / 10
    checking = next(each for each in OPERATIONS if each.name == "check in")
    reads, writes = (LARGEST_SPACE / 60 * units["SPACE"] for units in (checking.reads, checking.writes))
    return [
        ("all open it within 10 seconds", f"{_round(opening)} / 0"),
        ("all check in within a minute", f"{_round(reads)} / {_round(writes)}"),
    ]


def render() -> str:
    """Return the page's text."""
    found = {users: hottest(users) for users in USERS}
    columns = tuple(f"{users:,} users" for users in USERS)
    partitions: list[tuple[str, ...]] = [
        (what, *(f"{_round(found[users][kind][0])} / {_round(found[users][kind][1])}" for users in USERS))
        for kind, what in WHAT.items()
    ]
    costs: list[tuple[str, ...]] = [(what, f"{dollars:.5f}") for what, dollars in monthly_cost().items()]
    return "".join(
        (
            _HEAD,
            table(("partition", *columns), partitions),
            _LARGE,
            table(("what", "units"), _large_space()),
            _LIMITS,
            table(("what", *columns, "quota"), list(_quotas())),
            _COST,
            table(("component", "$"), costs),
            _PLAN,
            table(("what", "trigger", "plan"), _plans()),
        )
    )


def _round(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004 - three digits
