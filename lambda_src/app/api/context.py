"""Around every request: its id, its one log event, and an answer even where the code is broken."""

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import PRIVATE, problem_response
from app.core.errors import InternalError
from app.core.observability import logger

# What stands in a path is whatever the caller wrote, an e-mail or a code perhaps: only ids are logged.
_ID = re.compile(r"[0-9A-Za-z-]{26,36}")


def _base(scope: Scope, gateway: Mapping[str, Any]) -> str:
    """What stands before the app's paths in the address that the caller used.

    That is the stage on the address that AWS gives, which `$context.path` begins with, and nothing on a
    domain of one's own. An emulator knows no domains and is called by a longer path, so it is named in full.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    """
    stage = f"/{gateway.get('stage')}"
    if not gateway.get("path", "").startswith(f"{stage}/"):
        return ""
    emulator = scope["app"].state.backend.settings.aws_endpoint_url
    if "domainName" in gateway or not emulator:
        return stage
    return f"{emulator}/restapis/{gateway['apiId']}{stage}/_user_request_"


class RequestContext:
    """ASGI middleware. The id is API Gateway's own, which its access log and its error answers carry too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request = Request(scope)
        gateway = scope.get("aws.event", {}).get("requestContext", {})
        request.state.request_id = gateway.get("requestId") or str(uuid.uuid4())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request.state.request_id
                headers.update(PRIVATE)
                if "Location" in headers:
                    headers["Location"] = f"{_base(scope, gateway)}{headers['Location']}"
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # noqa: BLE001 - the outermost edge: whatever happened, the caller gets an answer
            logger.exception("http.failure", request_id=request.state.request_id)
            await problem_response(request, InternalError())(scope, receive, send_with_id)
        finally:
            logger.info(
                "http.request",
                request_id=request.state.request_id,
                method=request.method,
                operation=getattr(scope.get("route"), "name", None),
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
                user_id=getattr(request.state, "user_id", None),
                path={
                    name: value
                    for name, value in scope.get("path_params", {}).items()
                    if _ID.fullmatch(value)
                },
            )
