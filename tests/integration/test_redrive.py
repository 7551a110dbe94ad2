"""`make redrive`: from the keys in the queue to messages that run again."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Session, Table
from app.models.access_patterns import OUTBOX_MESSAGES, messages_of_shard
from app.models.operations import OutboxMessage
from app.services import outbox
from delivery import redrive as tool
from tests.client_helpers import intercepted, raising
from tests.factories import FrozenClock


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "_WAIT_S", 0)


@pytest.fixture
def sqs(aws: None, shared_client: Callable[[Any], Any]) -> Any:
    return shared_client("sqs")


@pytest.fixture
def queue_url(sqs: Any) -> str:
    url: str = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    return url


def messages(table: Table) -> list[OutboxMessage]:
    return [
        message
        for shard in range(outbox.SHARDS)
        for message in table.first(messages_of_shard(shard), at_most=100)
    ]


@pytest.fixture
def given_up(table: Table, clock: FrozenClock, sqs: Any, queue_url: str) -> list[OutboxMessage]:
    """Twelve messages, more than the queue hands out at once, and their keys in the queue."""
    session = Session(table)
    for number in range(12):
        outbox.put(session, "noun.verb", {"number": number})
    session.commit()
    clock.advance(days=1)
    found = []
    for message in messages(table):
        spent = message.patched(clock(), {"attempts": 8, "next_try_at": clock()})
        table.write([OUTBOX_MESSAGES.update(message, spent)])
        found.append(spent)
    for message in found:
        send(sqs, queue_url, message)
    return found


def send(sqs: Any, queue_url: str, message: OutboxMessage) -> None:
    key = {"shard": message.shard, "message_id": message.message_id, "kind": message.kind}
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(key))


def waiting(sqs: Any, queue_url: str) -> int:
    """How many keys are in the queue, in whoever's hands."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(int(value) for value in attributes.values())


class TestRedrive:
    def test_redrive_puts_a_new_message_in_the_place_of_each(
        self, table: Table, sqs: Any, queue_url: str, given_up: list[OutboxMessage]
    ) -> None:
        assert tool.redrive(table, sqs, queue_url) == 12

        renewed = messages(table)
        assert {message.message_id for message in renewed}.isdisjoint(
            message.message_id for message in given_up
        )
        assert sorted(message.payload["number"] for message in renewed) == list(range(12))
        assert {(message.kind, message.attempts, message.next_try_at) for message in renewed} == {
            ("noun.verb", 0, None)
        }
        assert waiting(sqs, queue_url) == 0

    def test_redrive_runs_a_message_once_that_the_queue_was_told_of_twice(
        self, table: Table, sqs: Any, queue_url: str, given_up: list[OutboxMessage]
    ) -> None:
        send(sqs, queue_url, given_up[0])

        assert tool.redrive(table, sqs, queue_url) == 12

        assert len(messages(table)) == 12
        assert waiting(sqs, queue_url) == 0

    def test_redrive_goes_on_if_it_was_killed(
        self, table: Table, sqs: Any, queue_url: str, given_up: list[OutboxMessage]
    ) -> None:
        """Between the table's answer and the queue's: the key is there, its message is new."""

        class Killed(BaseException):
            pass

        with intercepted(sqs, raising(Killed(), "DeleteMessage")), pytest.raises(Killed):
            tool.redrive(table, sqs, queue_url)
        for message in given_up:  # what the killed one had in its hands becomes visible again
            send(sqs, queue_url, message)

        tool.redrive(table, sqs, queue_url)

        assert sorted(message.payload["number"] for message in messages(table)) == list(range(12))
        assert {message.attempts for message in messages(table)} == {0}

    def test_redrive_leaves_to_the_next_what_the_schedule_has_in_hand(
        self, table: Table, sqs: Any, queue_url: str, given_up: list[OutboxMessage], clock: FrozenClock
    ) -> None:
        message = given_up[0]
        reminded = message.patched(clock(), {"next_try_at": None})
        first_writes = iter([[OUTBOX_MESSAGES.update(message, reminded)]])
        write = table.write

        def interfere(writes: Any) -> None:
            if any(message.message_id in str(each) for each in writes):
                for other in first_writes:
                    write(other)
            write(writes)

        table.write = interfere  # type: ignore[method-assign]

        assert tool.redrive(table, sqs, queue_url) == 11

        assert message.message_id in {left.message_id for left in messages(table)}
        assert waiting(sqs, queue_url) == 1
