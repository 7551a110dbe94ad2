"""Waiting for the background work that a 202 announces."""

import asyncio
import time
from collections.abc import Iterator

from .api.operations import get_operation
from .client import AuthenticatedClient
from .models.operation import Operation
from .models.operation_status import OperationStatus
from .results import result


class OperationFailedError(Exception):
    """The background work of an operation ended without reaching its aim."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        super().__init__(f"operation {operation.operation_id} failed after {operation.done} items")


def wait_for_operation(
    client: AuthenticatedClient, operation: Operation, *, timeout: float = 60
) -> Operation:
    """Wait until an operation is done, at most `timeout` seconds.

    Raises:
        OperationFailedError: the work failed.
        ProblemError: the API refused to tell.
        TimeoutError: the work is not done yet.
    """
    deadline = time.monotonic() + timeout
    for delay in _delays():
        current = result(get_operation.sync_detailed(operation.operation_id, client=client))
        if _is_done(current):
            break
        if time.monotonic() + delay > deadline:
            raise TimeoutError(f"operation {operation.operation_id} is not done after {timeout} s")
        time.sleep(delay)
    return current


async def wait_for_operation_async(client: AuthenticatedClient, operation: Operation) -> Operation:
    """Do what `wait_for_operation` does, without blocking the event loop; limit it by `asyncio.timeout`.

    Raises:
        OperationFailedError: the work failed.
        ProblemError: the API refused to tell.
    """
    for delay in _delays():
        current = result(await get_operation.asyncio_detailed(operation.operation_id, client=client))
        if _is_done(current):
            break
        await asyncio.sleep(delay)
    return current


def _delays() -> Iterator[float]:
    """Seconds between two looks: a quarter of one first, five at most."""
    delay = 0.25
    while True:
        yield delay
        delay = min(delay * 1.5, 5)


def _is_done(operation: Operation) -> bool:
    if operation.status is OperationStatus.FAILED:
        raise OperationFailedError(operation)
    return operation.status is OperationStatus.DONE
