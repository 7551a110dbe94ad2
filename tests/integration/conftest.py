"""Processes that end in the middle of what they do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.conftest import WRITES
from tests.factories import FrozenClock


class Killed(BaseException):
    """What ends a process, as far as the process can see."""


class Killer:
    """Kills what is done at one of its writes, and lets the time pass until it may be tried again."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._left: int | None = None

    def count(self, model: Any, **_: Any) -> None:
        if self._left is not None and model.name in {*WRITES, "BatchWriteItem"}:
            self._left -= 1
            if self._left < 0:
                raise Killed

    def after(self, writes: int, action: Callable[[], None]) -> None:
        self._left = writes
        try:
            action()
        finally:
            self._left = None
            self._clock.advance(hours=2)


@pytest.fixture
def killer(dynamodb: DynamoDBClient, clock: FrozenClock) -> Iterator[Killer]:
    killer = Killer(clock)
    dynamodb.meta.events.register("before-call.dynamodb", killer.count)
    yield killer
    dynamodb.meta.events.unregister("before-call.dynamodb", killer.count)
