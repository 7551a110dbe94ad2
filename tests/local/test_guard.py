"""Requests that web pages of other sites send to the servers of this machine."""

import asyncio
import json
from typing import Any

import pytest

from local.__main__ import FRONT_END, ROOT
from local.guard import guarded, refusal

REFUSED = [
    {"host": "evil.example"},
    {"host": "evil.example:4566", "origin": "http://evil.example:4566"},
    {"host": "127.0.0.1.evil.example:4566"},
    {"host": "localhost.evil.example"},
    {"host": ""},
    {"host": "["},
    {"host": "127.0.0.1:4566", "origin": "https://evil.example"},
    {"host": "127.0.0.1:4566", "origin": "http://127.0.0.1:9999"},
    {"host": "127.0.0.1:4566", "origin": "http://localhost:4566"},
    {"host": "127.0.0.1:4566", "origin": "https://127.0.0.1:4566"},
    {"host": "127.0.0.1:4566", "origin": "null"},
    {"host": "127.0.0.1:4566", "sec-fetch-site": "cross-site"},
    {"host": "127.0.0.1:4566", "sec-fetch-site": "same-site"},
]
ANSWERED = [
    {"host": "127.0.0.1:4566"},
    {"host": "localhost:4566"},
    {"host": "[::1]:4566"},
    {"host": "bucket.s3.localhost:4566"},
    {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"},
    {"host": "127.0.0.1:8000", "sec-fetch-site": "none"},
    {"host": "127.0.0.1:8000", "sec-fetch-site": "same-origin"},
]


class TestRefusal:
    @pytest.mark.parametrize("headers", REFUSED, ids=str)
    def test_refusal_of_foreign_host_or_origin_has_a_reason(self, headers: dict[str, str]) -> None:
        assert refusal(headers)

    @pytest.mark.parametrize("headers", ANSWERED, ids=str)
    def test_refusal_of_own_request_is_none(self, headers: dict[str, str]) -> None:
        assert refusal(headers) is None

    def test_refusal_of_allowed_origin_is_none(self) -> None:
        headers = {"host": "127.0.0.1:4566", "origin": FRONT_END}
        assert refusal(headers, allowed_origins=[FRONT_END]) is None
        assert refusal(headers)

    def test_refusal_of_request_without_host_has_a_reason(self) -> None:
        assert refusal({})


class TestFrontEnd:
    def test_front_end_is_the_cors_origin_of_the_environment(self) -> None:
        environments = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]["environments"]
        assert environments["local"]["gateway"]["cors_origin"] == FRONT_END


class TestGuarded:
    def send(self, path: str, kind: str = "http", **headers: str) -> dict[str, Any]:
        """The first message of the guarded application, which answers 200 to all."""
        sent: list[dict[str, Any]] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": kind, "path": path, "headers": raw}
        asyncio.run(guarded(app)(scope, None, send))  # type: ignore[arg-type]
        return sent[0]

    def status(self, path: str, **headers: str) -> int:
        return int(self.send(path, **headers)["status"])

    def test_foreign_origin_gets_403(self) -> None:
        assert self.status("/", host="127.0.0.1:4566", origin="https://evil.example") == 403

    def test_own_request_is_answered(self) -> None:
        assert self.status("/", host="127.0.0.1:4566") == 200

    def test_api_is_left_to_the_application(self) -> None:
        path = "/restapis/lifestyle-spaces/local/_user_request_/api/v1/spaces"
        assert self.status(path, host="127.0.0.1:4566", origin="https://app.example") == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/_user_request_",
            "/x/_user_request_/",
            "/_user_request_/restapis/a/b",
            "/restapis/a/_user_request_",
            "/restapis/a/b/c/_user_request_/",
            "/restapis//b/_user_request_/",
            "//restapis/a/b/_user_request_/",
            "/restapis/a/b/_user_request_x",
            "/_aws/execute-api/a/b/_user_request_/",
        ],
    )
    def test_path_that_resembles_the_api_gets_403(self, path: str) -> None:
        assert self.status(path, host="127.0.0.1:4566", origin="https://evil.example") == 403

    @pytest.mark.parametrize("path", ["/restapis/a/b/_user_request_", "/restapis/a/b/_user_request_/x"])
    def test_api_by_a_name_of_another_site_gets_403(self, path: str) -> None:
        assert self.status(path, host="evil.example:4566") == 403

    def test_foreign_websocket_is_closed(self) -> None:
        path = "/restapis/a/b/_user_request_/"
        message = self.send(path, "websocket", host="127.0.0.1:4566", origin="https://evil.example")
        assert message == {"type": "websocket.close", "code": 1008}
