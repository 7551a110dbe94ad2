import json
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from app.api.body_limit import MAX_BODY_BYTES, BodyLimit
from app.api.context import RequestContext
from tests.unit.api.asgi_helpers import chunks, request


async def measure(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


APP = RequestContext(BodyLimit(measure))


def status(sent: list[Message]) -> Any:
    return sent[0]["status"]


class TestBody:
    @pytest.mark.parametrize(
        "parts", [[b""], [b"a" * MAX_BODY_BYTES], [b"a" * 600_000, b"", b"b" * 400_000]], ids=len
    )
    def test_body_of_up_to_a_million_bytes_arrives_whole(self, parts: list[bytes]) -> None:
        sent = request(APP, *chunks(*parts))
        assert sent[1]["body"] == str(sum(map(len, parts))).encode()

    @pytest.mark.parametrize("parts", [[b"a" * 1_000_001], [b"a" * 600_000, b"b" * 400_001]], ids=len)
    @pytest.mark.parametrize("headers", [[], [(b"content-length", b"1")]], ids=["no length", "a lie"])
    def test_body_of_more_is_rejected(self, parts: list[bytes], headers: list[tuple[bytes, bytes]]) -> None:
        sent = request(APP, *chunks(*parts), headers=headers)
        assert status(sent) == 413
        assert json.loads(sent[1]["body"])["code"] == "payload_too_large"

    def test_body_is_rejected_before_it_has_all_arrived(self) -> None:
        endless = {"type": "http.request", "body": b"a" * 1_000_001, "more_body": True}
        assert status(request(APP, endless)) == 413


class TestAfterBody:
    def test_the_app_hears_what_else_arrives(self) -> None:
        async def read_twice(scope: Scope, receive: Receive, send: Send) -> None:
            async for _ in Request(scope, receive).stream():
                pass
            async for _ in Request(scope, receive).stream():
                pass

        gone = {"type": "http.disconnect"}
        with pytest.raises(ClientDisconnect):
            request(BodyLimit(read_twice), *chunks(b"a"), gone)


class TestOtherScope:
    def test_other_scope_is_passed_on(self) -> None:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "lifespan.startup.complete"})

        assert request(BodyLimit(app), type="lifespan") == [{"type": "lifespan.startup.complete"}]
