"""The runner: runs one message of the outbox, so that it is neither lost nor run by two at once.

1. The lease: one conditional update raises `attempts` and sets `next_try_at` before anything runs. So a
   run that is killed has counted as a try, its next one is appointed, and nobody else begins meanwhile.
2. The task runs.
3. The commit: what the task added to its session, and the end of the message, in one transaction. Its
   condition is the lease.

A run that fails leaves the message as the lease made it. After `MAX_TRIES` the message stays in the
table, and its key goes to the dead-letter queue.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from app.background.dead_letters import DeadLetters
from app.background.directory import Directory
from app.background.mail import Mailer, MailOutcomeUnknown, MailRefused
from app.background.work import ContinueLater, Execution, Task, Work
from app.core import observability
from app.core.config import ParameterSource
from app.core.database import Session, Table
from app.core.entities import Key
from app.core.errors import Conflict, StaleRead
from app.core.observability import logger
from app.models.access_patterns import OPERATIONS, OUTBOX_MESSAGES
from app.models.operations import Operation, OperationStatus, OutboxMessage
from app.services import outbox

MAX_TRIES = 8
# The first wait, doubled with each try. It is the lease too: longer than any run can last.
FIRST_WAIT = timedelta(seconds=30)
# How often the queue, which keeps a key for 14 days, is told of a message that nobody has redriven.
REMINDED_EVERY = timedelta(days=13)
_STALE_TRIES = 5


@dataclass(frozen=True)
class Runner:
    """Runs messages by their keys. `jitter` is a random number from 0 to 1."""

    table: Table
    tasks: Mapping[str, Task[Any]]
    mail: Mailer
    directory: Directory
    dead_letters: DeadLetters
    parameters: ParameterSource
    jitter: Callable[[], float] = SystemRandom().random

    def run(self, key: Key[OutboxMessage], seconds_left: Callable[[], float]) -> None:
        """Run the message if it is due; whatever its task does wrong is caught and logged.

        Raises:
            ServiceUnavailable, Conflict, botocore.exceptions.ClientError: it could not be begun.
        """
        message = self.table.get(key)
        if message is None or not self._is_due(message):
            return
        execution = self._execution_of(message)
        if execution is None:
            return
        try:
            if message.attempts >= MAX_TRIES:
                self._give_up(message)
                return
            leased, operation = self._acquire_lease(message)
        except StaleRead:
            return  # another runner was faster
        try:
            self._execute(leased, execution, operation, seconds_left)
        except MailRefused as refusal:
            self._drop(leased, refusal)
        except MailOutcomeUnknown as error:
            # A person decides whether to send it again: `make redrive` does.
            self._log_failure(leased, error)
            self._give_up(leased)
        except Exception as error:  # noqa: BLE001 - whatever a task does, the others of its batch go on
            self._fail(leased, error)

    def _is_due(self, message: OutboxMessage) -> bool:
        return message.next_try_at is None or message.next_try_at <= self.table.clock()

    def _execution_of(self, message: OutboxMessage) -> Execution | None:
        """What runs the message; None where only a newer version, which has written it, knows how."""
        try:
            return self.tasks[message.kind].bind(message.payload)
        except KeyError:
            logger.warning("background.unknown_kind", **_who(message))
        except ValidationError:
            logger.warning("background.unreadable", **_who(message))
        return None

    def _acquire_lease(self, message: OutboxMessage) -> tuple[OutboxMessage, Operation | None]:
        """Count the try and appoint the next one, so that nobody else runs the message until then.

        Raises:
            StaleRead: another runner has the lease.
        """
        session = Session(self.table)
        wait = FIRST_WAIT * 2**message.attempts * (1 + self.jitter() / 2)
        leased = message.patched(
            session.now, {"attempts": message.attempts + 1, "next_try_at": session.now + wait}
        )
        session.add(OUTBOX_MESSAGES.update(message, leased))
        operation = self._set_status(session, self._operation_of(message), "running")
        session.commit()
        observability.measure_seconds(
            "BackgroundAge", (leased.updated_at - leased.created_at).total_seconds()
        )
        if leased.attempts > 1:
            observability.count("BackgroundRetry")
        return leased, operation

    def _execute(
        self,
        leased: OutboxMessage,
        execution: Execution,
        operation: Operation | None,
        seconds_left: Callable[[], float],
    ) -> None:
        """Run the task and commit; where what it read has changed since, again on what is so now.

        Raises:
            Conflict: it kept changing.
        """
        for _ in range(_STALE_TRIES):
            work = Work(
                session=Session(self.table),
                mail=self.mail,
                directory=self.directory,
                parameters=self.parameters,
                seconds_left=seconds_left,
                message_id=leased.message_id,
                operation=operation,
            )
            try:
                self._commit(work, leased, is_done=_is_done_by(execution, work))
            except StaleRead:
                now = self.table.get(OUTBOX_MESSAGES.key_of(leased))
                if now is None or now.version != leased.version:
                    return  # it is done, or somebody else's
                operation = self._operation_of(leased)
            else:
                return
        raise Conflict

    def _commit(self, work: Work, leased: OutboxMessage, *, is_done: bool) -> None:
        """Write what the task added, and the end of the message or the one that continues it."""
        if is_done:
            work.session.add(OUTBOX_MESSAGES.delete(leased))
            self._set_status(work.session, work.operation, "done")
        else:
            outbox.requeue(work.session, leased)
        work.session.commit()
        logger.info("background.done" if is_done else "background.to_be_continued", **_who(leased))

    def _fail(self, leased: OutboxMessage, error: Exception) -> None:
        self._log_failure(leased, error)
        if leased.attempts >= MAX_TRIES:
            self._give_up(leased)

    def _log_failure(self, leased: OutboxMessage, error: Exception) -> None:
        # Not the error's own text, which may quote what people wrote.
        logger.error(
            "background.failure",
            **_who(leased),
            error=type(error).__name__,
            aws_code=error.response["Error"]["Code"] if isinstance(error, ClientError) else None,
            where=[f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)],
        )
        observability.count("BackgroundFailure")

    def _give_up(self, message: OutboxMessage) -> None:
        self.dead_letters.send(message)
        logger.error("background.dead_letter", **_who(message))
        session = Session(self.table)
        changes = {"attempts": MAX_TRIES, "next_try_at": session.now + REMINDED_EVERY}
        waiting = message.patched(session.now, changes)
        session.add(OUTBOX_MESSAGES.update(message, waiting))
        self._set_status(session, self._operation_of(message), "failed")
        session.commit()

    def _drop(self, leased: OutboxMessage, refusal: MailRefused) -> None:
        logger.error("background.refused", **_who(leased), error=type(refusal).__name__)
        observability.count("BackgroundRefusal")
        session = Session(self.table)
        session.add(OUTBOX_MESSAGES.delete(leased))
        self._set_status(session, self._operation_of(leased), "failed")
        session.commit()

    def _operation_of(self, message: OutboxMessage) -> Operation | None:
        operation_id = message.payload.get("operation_id")
        return operation_id and self.table.get(OPERATIONS.key(operation_id=operation_id))

    def _set_status(
        self, session: Session, operation: Operation | None, status: OperationStatus
    ) -> Operation | None:
        """The operation as it will be after the commit."""
        if operation is None:
            return None
        changes: dict[str, object] = {"status": status}
        if status == "done":
            items = max(operation.done, operation.total or 0)
            changes |= {"done": items, "total": items}
        changed = operation.patched(session.now, changes)
        if changed is not operation:
            session.add(OPERATIONS.update(operation, changed))
        return changed


def _is_done_by(execution: Execution, work: Work) -> bool:
    """Run a task; say whether it is done."""
    try:
        execution(work)
    except ContinueLater:
        return False
    return True


def _who(message: OutboxMessage) -> dict[str, Any]:
    return {"kind": message.kind, "message_id": message.message_id, "attempts": message.attempts}
