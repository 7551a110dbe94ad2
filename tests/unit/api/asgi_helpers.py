"""ASGI as a server speaks it, for what no client can bring about."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Message


def request(app: ASGIApp, *received: Message, **scope: Any) -> list[Message]:
    """Call the app with these messages and give what it sent; it may ask for no more than there are."""
    waiting: list[Message] = [*received] or [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""} | scope
    asyncio.run(app(whole, receive, send))  # type: ignore[arg-type]
    return sent


def chunks(*parts: bytes) -> Iterable[Message]:
    """A body in parts."""
    for number, part in enumerate(parts, start=1):
        yield {"type": "http.request", "body": part, "more_body": number < len(parts)}


def header(sent: list[Message], name: str) -> str | None:
    """A header of the answer."""
    found = [value.decode() for key, value in sent[0]["headers"] if key.decode().lower() == name.lower()]
    assert len(found) <= 1
    return found[0] if found else None
