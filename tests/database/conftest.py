"""Fixtures for races and for measuring capacity. The table waits between its retries, as it does in AWS."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.database import Session, Table
from app.core.dynamodb import DynamoDB
from app.core.errors import Problem, StaleRead
from tests.factories import TABLE_NAME, FrozenClock
from tests.sizes import size

THREADS, ROUNDS = 16, size(bounded=200, whole=500)
Action = Callable[[Session, int, int], object]
AtOnce = Callable[[Sequence[Callable[[], Response]]], list[Response]]


@dataclass
class Bill:
    """What DynamoDB charged: each operation with its capacity units."""

    charges: list[tuple[str, float]] = field(default_factory=list)


class MeteredClient:
    """The app's own DynamoDB client; each call is charged to the bill."""

    def __init__(self, client: DynamoDB, bill: Bill) -> None:
        self._client = client
        self._bill = bill

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            answer = method(**parameters, ReturnConsumedCapacity="TOTAL")
            consumed = answer.get("ConsumedCapacity", [])
            each = consumed if isinstance(consumed, list) else [consumed]
            operation = "".join(word.capitalize() for word in name.split("_"))
            self._bill.charges.append((operation, sum(one["CapacityUnits"] for one in each)))
            return answer

        return call


@pytest.fixture
def bill() -> Bill:
    return Bill()


@pytest.fixture
def table(dynamodb: DynamoDBClient, clock: FrozenClock, bill: Bill) -> Table:
    """The table over the app's own client, as it is deployed."""
    url = dynamodb.meta.endpoint_url
    client = DynamoDB(region="eu-central-1", endpoint_url=url, max_connections=2 * THREADS)
    metered: Any = MeteredClient(client, bill)
    return Table(metered, TABLE_NAME, clock=clock, sleep=time.sleep)


@pytest.fixture
def at_once() -> AtOnce:
    """`at_once(actions)`: all of them, each in a thread of its own, from one starting shot."""

    def run(actions: Sequence[Callable[[], Response]]) -> list[Response]:
        shot = threading.Barrier(len(actions))

        def wait_and(action: Callable[[], Response]) -> Response:
            shot.wait(timeout=10)
            return action()

        with ThreadPoolExecutor(len(actions)) as pool:
            return list(pool.map(wait_and, actions))

    return run


class Rounds:
    """The closest race there is, again and again, on services alone.

    `run(action)` has each of 16 threads do `action(session, round, thread)`; once all have read what they
    read, they commit at once; then comes the next round. It tells of each round how often it ended how:
    `done`, `stale` (a request would try again), or the code of a problem.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._shot = threading.Barrier(THREADS, timeout=60)

    def run(self, action: Action) -> list[Counter[str]]:
        def work(thread: int) -> list[str]:
            try:
                return [self._race(action, number, thread) for number in range(ROUNDS)]
            except BaseException:
                self._shot.abort()
                raise

        with ThreadPoolExecutor(THREADS) as pool:
            threads = [pool.submit(work, thread) for thread in range(THREADS)]
        errors = [error for thread in threads if (error := thread.exception())]
        for error in errors:
            # The other threads only notice that one of them has failed.
            if not isinstance(error, threading.BrokenBarrierError) or error is errors[-1]:
                raise error
        ends = [thread.result() for thread in threads]
        return [Counter(one_round) for one_round in zip(*ends, strict=True)]

    def _race(self, action: Action, number: int, thread: int) -> str:
        session = Session(self._table)
        try:
            try:
                action(session, number, thread)
            finally:
                self._shot.wait()
            session.commit()
        except StaleRead:
            return "stale"
        except Problem as problem:
            return problem.code
        return "done"


@pytest.fixture
def rounds(table: Table, record_property: Callable[[str, object], None]) -> Rounds:
    record_property("rounds", ROUNDS)
    return Rounds(table)
