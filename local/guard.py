"""Keeps web pages of other sites away from the servers of this machine.

A browser sends a page's requests to any server on loopback, with the page's `Origin`; and a name of the
page's own may resolve to loopback, which the `Host` then shows. Other programs send no `Origin`.

Run as a program, by the Python that has the emulator, it starts the emulator behind itself. So it imports
nothing of this project.
"""

import importlib
import re
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FOREIGN_SITES = {"cross-site", "same-site"}
# What API Gateway forwards to the application, which decides by CORS and tokens as it does in AWS. The whole
# path, as the emulator routes any other by the headers and the body, whatever it contains.
_API = re.compile(r"/restapis/[^/]+/[^/]+/_user_request_(/.*)?", re.DOTALL)


def refusal(
    headers: Mapping[str, str], *, allowed_origins: Collection[str] = (), any_origin: bool = False
) -> str | None:
    """Why a request must not be answered, or None; names of headers are in lower case.

    It is answered where its `Host` is this machine, and its `Origin` is that host or an allowed one; any, if
    `any_origin`.
    """
    host = headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return f"the Host {host!r} is none"
    if name not in _LOOPBACK and not name.endswith(".localhost"):
        return f"the Host {host!r} is not this machine"
    if any_origin:
        return None
    origin = headers.get("origin")
    if origin is None:
        site = headers.get("sec-fetch-site", "none")
        return f"it comes from a page of another site ({site})" if site in _FOREIGN_SITES else None
    if origin not in {f"http://{host}", *allowed_origins}:
        return f"it comes from a page of {origin}"
    return None


def guarded(app: App, *, allowed_origins: Collection[str] = ()) -> App:
    """The ASGI application, answering 403 to what `refusal` refuses; WebSockets are closed."""

    async def guard(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            is_api = scope["type"] == "http" and _API.fullmatch(scope["path"]) is not None
            reason = refusal(headers, allowed_origins=allowed_origins, any_origin=is_api)
            if reason and scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            if reason:
                body = f"Refused: {reason}.\n".encode()
                start = {"type": "http.response.start", "status": 403}
                await send(start | {"headers": [(b"content-type", b"text/plain; charset=utf-8")]})
                await send({"type": "http.response.body", "body": body})
                return
        await app(scope, receive, send)

    return guard


def main() -> None:
    """Run the emulator; the arguments are the origins that may call it besides its own."""
    emulator: Any = importlib.import_module("ministack.app")  # in that Python only
    origins, sys.argv = sys.argv[1:], sys.argv[:1]
    emulator.app = guarded(emulator.app, allowed_origins=origins)
    emulator.main()


if __name__ == "__main__":
    main()
