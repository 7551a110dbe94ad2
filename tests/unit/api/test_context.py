import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.api.context import RequestContext
from tests.unit.api.asgi_helpers import header, request

Logs = Callable[[], list[dict[str, Any]]]


async def answer_its_id(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(Request(scope).state.request_id)(scope, receive, send)


async def break_down(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("ada@example.com")


class TestRequestId:
    def test_request_id_is_the_gateways(self) -> None:
        event = {"requestContext": {"requestId": "of-the-gateway"}}
        sent = request(RequestContext(answer_its_id), **{"aws.event": event})
        assert header(sent, "X-Request-Id") == "of-the-gateway"
        assert sent[1]["body"] == b"of-the-gateway"

    @pytest.mark.parametrize("event", [{}, {"requestContext": {}}, {"requestContext": {"requestId": ""}}])
    def test_request_id_is_a_new_one_if_the_gateway_gives_none(self, event: dict[str, Any]) -> None:
        sent = request(RequestContext(answer_its_id), **{"aws.event": event})
        named = header(sent, "X-Request-Id")
        assert named is not None
        assert uuid.UUID(named).version == 4
        assert sent[1]["body"] == named.encode()


class TestFailure:
    def test_failure_is_answered_all_the_same(self) -> None:
        sent = request(RequestContext(break_down))
        problem = json.loads(sent[1]["body"])
        assert sent[0]["status"] == problem["status"] == 500
        assert problem["code"] == "internal_error"
        assert problem["request_id"] == header(sent, "X-Request-Id")
        assert "ada@example.com" not in json.dumps(problem)

    def test_failure_is_logged_with_its_cause_before_the_request_is(self, logs: Logs) -> None:
        request(RequestContext(break_down))
        failure, event = logs()
        assert (failure["message"], failure["level"]) == ("http.failure", "ERROR")
        assert "RuntimeError" in failure["exception"]
        assert failure["request_id"] == event["request_id"]
        assert (event["message"], event["status"]) == ("http.request", 500)

    def test_base_exceptions_are_not_caught(self) -> None:
        async def end(scope: Scope, receive: Receive, send: Send) -> None:
            raise SystemExit

        with pytest.raises(SystemExit):
            request(RequestContext(end))


class TestOtherScope:
    def test_other_scope_is_passed_on(self, logs: Logs) -> None:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "lifespan.startup.complete"})

        sent = request(RequestContext(app), type="lifespan")
        assert sent == [{"type": "lifespan.startup.complete"}]
        assert logs() == []
