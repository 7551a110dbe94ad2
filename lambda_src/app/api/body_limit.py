"""No body is larger than it may be, whatever the route and whether or not it reads one."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import problem_response
from app.core.errors import PayloadTooLarge

# Well below what Lambda can answer (6 MB) and far above what any noun needs.
MAX_BODY_BYTES = 1_000_000


class BodyLimit:
    """ASGI middleware, inside `RequestContext`. Lambda hands over bodies whole, so one is read first.

    Counting is all that tells the size: a `Content-Length` may be missing or wrong.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            await problem_response(Request(scope), PayloadTooLarge())(scope, receive, send)
            return
        read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return read.pop() if read else await receive()

        await self._app(scope, replay, send)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        more = message.get("more_body", False)
    return body
