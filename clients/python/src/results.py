"""Responses as values and exceptions, and lists as iterators."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, ParamSpec, Protocol, TypeVar

from .models.problem import Problem

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Answer(Protocol[T_co]):
    """What a `sync_detailed` or `asyncio_detailed` function returns."""

    status_code: HTTPStatus
    headers: MutableMapping[str, str]

    @property
    def parsed(self) -> T_co | None:
        """The body; None where the status is not in the document or has no body."""


class Page(Protocol[T_co]):
    """One page of a list."""

    @property
    def items(self) -> Sequence[T_co]:
        """The page's items; their number says nothing about the end of the list."""

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None on the last one."""


class ProblemError(Exception):
    """An error response. `code` is stable and may be branched on.

    Attributes:
        status: The HTTP status.
        problem: The body; None where it is not a problem, as from a proxy.
        request_id: Quote it when you ask for help.
    """

    def __init__(
        self, status: HTTPStatus, problem: Problem | None, headers: MutableMapping[str, str]
    ) -> None:
        self.status = status
        self.problem = problem
        self.code = problem.code if problem else "unexpected_response"
        self.request_id = problem.request_id if problem else headers.get("X-Request-Id")
        super().__init__(f"{status.value} {self.code}: {problem.detail if problem else status.phrase}")


def result(answer: Answer[T | Problem]) -> T:
    """Return the body of a response.

    Raises:
        ProblemError: the API refused.
    """
    body = answer.parsed
    if answer.status_code.is_success and not isinstance(body, Problem):
        return body  # type: ignore[return-value]  # None only where T is None: a 204 has no body
    raise ProblemError(answer.status_code, body if isinstance(body, Problem) else None, answer.headers)


def paginate(fetch: Callable[P, Answer[Page[T] | Problem]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
    """Iterate over every item of a list: `paginate(list_my_spaces.sync_detailed, client=client)`.

    Raises:
        ProblemError: the API refused a page.
    """
    pages: Callable[..., Answer[Page[T] | Problem]] = fetch
    place: dict[str, Any] = {}
    while True:
        page = result(pages(*args, **kwargs, **place))
        yield from page.items
        if page.next_cursor is None:
            return
        place = {"cursor": page.next_cursor}


async def paginate_async(
    fetch: Callable[P, Awaitable[Answer[Page[T] | Problem]]], *args: P.args, **kwargs: P.kwargs
) -> AsyncIterator[T]:
    """Do what `paginate` does with an `asyncio_detailed` function.

    Raises:
        ProblemError: the API refused a page.
    """
    pages: Callable[..., Awaitable[Answer[Page[T] | Problem]]] = fetch
    place: dict[str, Any] = {}
    while True:
        page = result(await pages(*args, **kwargs, **place))
        for item in page.items:
            yield item
        if page.next_cursor is None:
            return
        place = {"cursor": page.next_cursor}
