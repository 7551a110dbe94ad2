"""Processes that end in the middle of what they do, and what happens just before they read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.client_helpers import intercepted
from tests.conftest import WRITES
from tests.factories import FrozenClock

BeforeReading = Callable[[str, Callable[[], object]], None]


class Killed(BaseException):
    """What ends a process, as far as the process can see."""


class Killer:
    """Kills what is done at one of its writes, and lets the time pass until it may be tried again."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._left: int | None = None

    def count(self, operation: str, _: dict[str, Any], call: Callable[[], Any]) -> Any:
        if self._left is not None and operation in {*WRITES, "BatchWriteItem"}:
            self._left -= 1
            if self._left < 0:
                raise Killed
        return call()

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
    with intercepted(dynamodb, killer.count):
        yield killer


@pytest.fixture
def before_reading(dynamodb: DynamoDBClient) -> Iterator[BeforeReading]:
    """`before_reading("eve", action)`: do it once the index has told of this item, before it is read."""
    waiting: dict[str, Callable[[], object]] = {}

    def interrupt(operation: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
        for text in [text for text in waiting if text in str(parameters)]:
            if operation in ("GetItem", "BatchGetItem"):
                waiting.pop(text)()
        return call()

    with intercepted(dynamodb, interrupt):
        yield waiting.__setitem__
    assert not waiting
