"""What a task is given, and how it says that it is not done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.background.directory import Directory
from app.background.mail import Mailer
from app.core.config import ParameterSource
from app.core.database import Session, Table
from app.models.access_patterns import OPERATIONS
from app.models.messages import Message
from app.models.operations import Operation

M = TypeVar("M", bound=Message)

# So much is left for the step that a task is in when it is told, and for the commit.
RESERVE_S = 5.0
# A transaction holds 100 writes; the runner adds up to three.
SESSION_WRITES = 97


class ContinueLater(Exception):  # noqa: N818 - it is no error: the rest follows
    """The time is up: commit what was added to the session, and go on by a new message."""


@dataclass
class Work:
    """One run of a task.

    What the task adds to `session` (at most `SESSION_WRITES`) is committed in one transaction with the
    end of its message, so it happens exactly once. What it does through `table`, `mail` and `directory`
    happens at once and, if the run is cut short, again: a task finds out what is left by reading.
    """

    session: Session
    mail: Mailer
    directory: Directory
    parameters: ParameterSource
    seconds_left: Callable[[], float]
    message_id: str
    operation: Operation | None = None

    @property
    def table(self) -> Table:
        """For steps that are idempotent by themselves and may be many."""
        return self.session.table

    def deadline_reached(self) -> bool:
        """Whether the task must stop here and raise `ContinueLater`."""
        return self.seconds_left() < RESERVE_S

    def progress(self, *, done: int = 0, total: int | None = None) -> None:
        """Tell whoever follows the operation: `done` more items, `total` in all, where that is known.

        It is written at once. Without an operation it says nothing.
        """
        if self.operation is None:
            return
        changes = {"done": self.operation.done + done} | ({} if total is None else {"total": total})
        changed = self.operation.patched(self.table.clock(), changes)
        if changed is not self.operation:
            self.table.write([OPERATIONS.update(self.operation, changed)])
            self.operation = changed


# A task with its message.
Execution = Callable[[Work], None]


@dataclass(frozen=True)
class Task(Generic[M]):
    """The function that executes messages of one class."""

    message: type[M]
    function: Callable[[Work, M], None]

    def bind(self, payload: Mapping[str, Any]) -> Execution:
        """The function with the message of a stored payload.

        Raises:
            pydantic.ValidationError: the payload is none of this message.
        """
        message = self.message.model_validate(payload)
        return lambda work: self.function(work, message)
