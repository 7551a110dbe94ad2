"""A harness for the runner of the outbox: messages, tasks of the test's own, and a queue."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.background.mail import MailRefused
from app.background.outbox import Runner
from app.background.work import M, Task, Work
from app.core.database import Session, Table
from app.main import Backend, create_runner
from app.models.access_patterns import EMAIL_CLAIMS, OPERATIONS, OUTBOX_MESSAGES, messages_of_shard
from app.models.messages import OperationMessage
from app.models.operations import Operation, OutboxMessage
from app.models.users import EmailClaim
from app.services import outbox

Payload = Mapping[str, Any]


class AnyMessage(OperationMessage, extra="allow"):
    """A message of the test's own, of any kind and with any fields."""

    stored_kind = "noun.verb"

    operation_id: str = ""


class Tasks(dict[str, Task[Any]]):
    """The tasks of a runner; what is assigned is a function of the payload."""

    def __setitem__(self, kind: str, function: Any) -> None:
        task = Task(AnyMessage, lambda work, message: function(work, message.model_dump(exclude_unset=True)))
        super().__setitem__(kind, task)

    def add(self, kind: str, message: type[M], function: Callable[[Work, M], None]) -> None:
        """A task that takes messages of this class."""
        super().__setitem__(kind, Task(message, function))


@dataclass
class OutboxHarness:
    """An outbox, and a runner of it whose tasks the test puts into `tasks`."""

    table: Table
    runner: Runner
    tasks: Tasks
    sqs: Any
    queue_url: str
    seconds_left: float = 60.0

    def enqueue(self, kind: str = "noun.verb", /, **payload: Any) -> OutboxMessage:
        """A message that is there to be run."""
        before = {message.message_id for message in self.messages()}
        session = Session(self.table)
        outbox.put(session, kind, payload)
        session.commit()
        (message,) = (message for message in self.messages() if message.message_id not in before)
        return message

    def start_operation(self) -> Operation:
        """An operation whose message is there to be run."""
        session = Session(self.table)
        operation = outbox.start_operation(session, AnyMessage(operation_id=session.new_id()), user_id="ada")
        session.commit()
        return operation

    def operation(self, operation: Operation) -> Operation:
        """The operation as it stands now."""
        now = self.table.get(OPERATIONS.key_of(operation))
        assert now is not None
        return now

    def messages(self) -> list[OutboxMessage]:
        """Every message of every shard."""
        return [
            message
            for shard in range(outbox.SHARDS)
            for message in self.table.first(messages_of_shard(shard), at_most=1000)
        ]

    def run(self, message: OutboxMessage | None = None) -> None:
        """Run this message, or the only one that there is."""
        if message is None:
            (message,) = self.messages()
        self.runner.run(OUTBOX_MESSAGES.key_of(message), lambda: self.seconds_left)

    def exhaust(self, message: OutboxMessage, clock: Any) -> None:
        """Run the message as often as it is tried."""
        for _ in range(8):
            self.run(message)
            clock.advance(days=1)

    def redrive(self, message: OutboxMessage) -> None:
        """Give the message, as it stands now, another eight tries."""
        now = self.table.get(OUTBOX_MESSAGES.key_of(message))
        assert now is not None
        session = Session(self.table)
        outbox.requeue(session, now)
        session.commit()

    def dead_letters(self) -> list[dict[str, Any]]:
        """What stands in the queue."""
        return [json.loads(letter["Body"]) for letter in self._letters()]

    def empty_queue(self) -> None:
        """As after 14 days, when the queue has forgotten all of it."""
        for letter in self._letters():
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=letter["ReceiptHandle"])

    def _letters(self) -> Any:
        answer = self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return answer.get("Messages", [])


def make_outbox_harness(backend: Backend, shared_client: Callable[[Any], Any]) -> OutboxHarness:
    """A harness with an empty queue, on the backend's table; it waits as long as it must and no longer."""
    sqs = shared_client("sqs")
    queue_url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    tasks = Tasks()
    runner = replace(create_runner(backend), tasks=tasks, jitter=lambda: 0.0)
    return OutboxHarness(backend.table, runner, tasks, sqs, queue_url)


# Tasks to put on it


def claim(session: Session, email: str = "ada@example.com") -> EmailClaim:
    """Something small to write."""
    return EmailClaim(email=email, user_id="ada", created_at=session.now, updated_at=session.now)


def is_claimed(table: Table, email: str = "ada@example.com") -> bool:
    return table.get(EMAIL_CLAIMS.key(email=email)) is not None


def write_claim(work: Work, payload: Payload) -> None:
    work.session.add(EMAIL_CLAIMS.create(claim(work.session)))


def fail(work: Work, payload: Payload) -> None:
    raise LookupError("ada@example.com")


def refuse(work: Work, payload: Payload) -> None:
    raise MailRefused


def metrics(written: str) -> dict[str, list[float]]:
    """The last value of each metric."""
    lines = [json.loads(line) for line in written.splitlines()]
    return {
        metric["Name"]: line[metric["Name"]]
        for line in lines
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    }
