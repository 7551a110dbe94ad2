"""A client that sends, renews and repeats what a caller would otherwise have to."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncGenerator, Generator
from typing import Any, Protocol

import httpx

from .client import AuthenticatedClient

_GATEWAY_ERRORS = {502, 503, 504}


class TokenSource(Protocol):
    """Returns the ID token to send. With `fresh`, the API has refused the last one."""

    def __call__(self, *, fresh: bool) -> str:
        """Return an ID token."""


def connect(
    base_url: str,
    token: TokenSource | str,
    *,
    attempts: int = 4,
    max_wait: float = 30,
    timeout: httpx.Timeout | None = None,
    **httpx_args: Any,
) -> AuthenticatedClient:
    """Return a client that sends each POST with an `Idempotency-Key` and repeats what can be repeated.

    After a 401 the token is renewed once; after `Retry-After`, 502, 503 or 504 the request is sent again,
    up to `attempts` times in all. A response that asks for more than `max_wait` seconds is returned. This
    holds for `sync` and `asyncio` functions. `httpx_args` go to `httpx.Client` and `httpx.AsyncClient`.
    """
    auth = _Auth(_constant(token) if isinstance(token, str) else token, attempts=attempts, max_wait=max_wait)
    return AuthenticatedClient(
        base_url=base_url,
        token="",
        timeout=timeout or httpx.Timeout(30),
        httpx_args={"auth": auth, **httpx_args},
    )


def _constant(token: str) -> TokenSource:
    def source(*, fresh: bool) -> str:
        del fresh  # there is only one
        return token

    return source


class _Auth(httpx.Auth):
    """Runs around each request. Unlike a transport, it leaves proxies from the environment in place."""

    def __init__(self, token: TokenSource, *, attempts: int, max_wait: float) -> None:
        self._token = token
        self._attempts = attempts
        self._max_wait = max_wait

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request, and again as often as it helps."""
        request.read()
        steps = self._flow(request)
        delay: float | None = next(steps)
        while delay is not None:
            time.sleep(delay)
            response = yield request
            delay = _advance(steps, response)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do what `sync_auth_flow` does, without blocking the event loop."""
        await request.aread()
        steps = self._flow(request)
        delay: float | None = next(steps)
        while delay is not None:
            await asyncio.sleep(delay)
            response = yield request
            delay = _advance(steps, response)

    def _flow(self, request: httpx.Request) -> Generator[float, httpx.Response, None]:
        """Yield the seconds to wait before each time that the request is sent."""
        if request.method == "POST":
            request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        token = self._authorize(request, fresh=False)
        response = yield 0
        if response.status_code == httpx.codes.UNAUTHORIZED and self._authorize(request, fresh=True) != token:
            response = yield 0
        for attempt in range(1, self._attempts):
            delay = _delay(response, attempt)
            if delay is None or delay > self._max_wait:
                return
            response = yield delay

    def _authorize(self, request: httpx.Request, *, fresh: bool) -> str:
        token = self._token(fresh=fresh)
        request.headers["Authorization"] = f"Bearer {token}"
        return token


def _advance(steps: Generator[float, httpx.Response, None], response: httpx.Response) -> float | None:
    """Seconds to wait before the request is sent again; None if the response is the one to return."""
    try:
        return steps.send(response)
    except StopIteration:
        return None


def _delay(response: httpx.Response, attempt: int) -> float | None:
    """Seconds until the request may be sent again; None if sending it again does not help."""
    asked = response.headers.get("Retry-After", "")
    if response.is_error and asked.isdecimal():
        return float(asked)
    if response.status_code in _GATEWAY_ERRORS:
        return 0.5 * 2.0 ** (attempt - 1) * random.uniform(0.5, 1)  # noqa: S311 - spreads retries, no secret
    return None
