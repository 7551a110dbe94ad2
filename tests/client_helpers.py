"""A client of an AWS service whose calls a test can watch, delay, answer or fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import pytest

# (operation, parameters, call) -> answer: calls `call()` for the service's own answer, or answers itself.
Interceptor = Callable[[str, dict[str, Any], Callable[[], Any]], Any]

UNBOUNDED_READS = ("Scan", "ExecuteStatement", "BatchExecuteStatement")


class InterceptedClient:
    """A boto3 client whose methods run through the interceptors, the last one first."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.interceptors: list[Interceptor] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not callable(method):
            return method

        @wraps(method)
        def call(*arguments: Any, **parameters: Any) -> Any:
            operation = self._client.meta.method_to_api_mapping.get(name, name)
            run = partial(method, *arguments, **parameters)
            for interceptor in self.interceptors:
                run = partial(interceptor, operation, parameters, run)
            return run()

        return call


@contextmanager
def intercepted(client: Any, interceptor: Interceptor) -> Iterator[None]:
    """Run all calls of an `InterceptedClient` through this function until the context ends."""
    client.interceptors.append(interceptor)
    try:
        yield
    finally:
        client.interceptors.remove(interceptor)


def raising(error: BaseException, *operations: str) -> Interceptor:
    """Raise this error instead of calling one of these operations; any operation if none is named."""

    def interceptor(operation: str, _: dict[str, Any], call: Callable[[], Any]) -> Any:
        if operation in operations or not operations:
            raise error
        return call()

    return interceptor


def fail_on_unbounded_read(operation: str, _: dict[str, Any], call: Callable[[], Any]) -> Any:
    """Fail the test that scans. What is raised is no Exception, so that no code under test catches it."""
    if operation in UNBOUNDED_READS:
        pytest.fail(f"{operation} reads without a key")
    return call()
