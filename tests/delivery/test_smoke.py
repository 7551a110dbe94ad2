"""The smoke test against the real app behind a real HTTP server, and against what answers otherwise."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from app import __version__
from delivery.smoke import main, smoke
from local.ports import free_port
from tests.factories import Api

Reply = tuple[int, str, bytes]
STAGE = "/live"
BLOCKED: Reply = (403, "application/problem+json", b'{"code": "forbidden"}')
REFUSAL: Reply = (401, "application/problem+json", b'{"code": "unauthorized"}')


@contextlib.contextmanager
def serving(reply: Callable[[str], Reply]) -> Iterator[str]:
    """A server that answers `GET` with status, media type and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # As AWS's managed rules have it, which stand before the API in staging and prod.
            status, media_type, body = reply(self.path) if self.headers["User-Agent"] else BLOCKED
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the requests out of the test output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{STAGE}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def deployed(api: Api) -> Iterator[str]:
    """The app below a stage, as API Gateway has it."""

    def reply(path: str) -> Reply:
        answer = api.client.get(path.removeprefix(STAGE))
        return answer.status_code, answer.headers["Content-Type"], answer.content

    with serving(reply) as base:
        yield base


@pytest.fixture
def waits() -> list[float]:
    return []


def health(**other: str) -> Reply:
    body = {"status": "ok", "version": __version__, "environment": "test", **other}
    return 200, "application/json", json.dumps(body).encode()


class TestSmoke:
    def test_smoke_passes_the_app(
        self, deployed: str, waits: list[float], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert smoke(deployed, "test", sleep=waits.append)
        assert capsys.readouterr().out.splitlines() == [
            f"ok     GET /health: 200, version {__version__} in test",
            "ok     GET /api/v1/users/me without a token: 401 unauthorized",
        ]
        assert waits == []

    def test_smoke_fails_the_app_of_another_environment(
        self, deployed: str, waits: list[float], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert not smoke(deployed, "prod", sleep=waits.append)
        failed, passed = capsys.readouterr().out.splitlines()
        assert failed.startswith("FAILED GET /health: expected 200 {")
        assert "'environment': 'test'" in failed
        assert passed.startswith("ok ")

    def test_smoke_passes_if_the_web_acl_rejects_the_address_of_the_runner(
        self, waits: list[float], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with serving(lambda path: health() if path == "/live/health" else BLOCKED) as base:
            assert smoke(base, "test", sleep=waits.append)
        assert "403 forbidden, by the web ACL for this address" in capsys.readouterr().out

    def test_smoke_fails_if_the_web_acl_rejects_the_health_check(self, waits: list[float]) -> None:
        with serving(lambda _: BLOCKED) as base:
            assert not smoke(base, "test", sleep=waits.append)

    @pytest.mark.parametrize(
        "answer",
        [
            health(version="0.0.0"),
            health(status="down"),
            (500, "application/json", health()[2]),
            (200, "text/html", b"<h1>Welcome</h1>"),
        ],
    )
    def test_smoke_fails_another_health(self, waits: list[float], answer: Reply) -> None:
        with serving(lambda path: answer if path == "/live/health" else REFUSAL) as base:
            assert not smoke(base, "test", sleep=waits.append)

    @pytest.mark.parametrize(
        "answer",
        [
            (200, "application/json", b"{}"),
            (401, "application/json", REFUSAL[2]),
            (401, "application/problem+json", b"[]"),
            (401, "application/problem+json", b'{"code": "forbidden"}'),
            (403, "application/problem+json", REFUSAL[2]),
        ],
    )
    def test_smoke_fails_if_unauthenticated_requests_are_not_rejected(
        self, waits: list[float], answer: Reply, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with serving(lambda path: health() if path == "/live/health" else answer) as base:
            assert not smoke(base, "test", sleep=waits.append)
        assert f"got {answer[0]} {answer[1]}" in capsys.readouterr().out

    def test_smoke_waits_until_the_api_answers(self, waits: list[float]) -> None:
        early = [(404, "application/json", b"{}"), (503, "text/plain", b"")]

        def reply(path: str) -> Reply:
            if path != "/live/health":
                return REFUSAL
            return early.pop() if early else health()

        with serving(reply) as base:
            assert smoke(base, "test", sleep=waits.append)
        assert len(waits) == 2

    def test_smoke_fails_if_nothing_answers(
        self, waits: list[float], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert not smoke(f"http://127.0.0.1:{free_port()}/live", "test", sleep=waits.append)
        assert capsys.readouterr().out.count("no answer (") == 2
        assert len(waits) == 8


class TestCommand:
    @pytest.fixture
    def stack(self, deployed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The stack of an environment that is called as the app under test is."""
        client = boto3.client("cloudformation")
        outputs = [{"OutputKey": "ApiUrl", "OutputValue": deployed}]
        found = {"StackName": "LifestyleSpaces-test", "StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}
        monkeypatch.setattr("delivery.stack_outputs.boto3.client", lambda _: client)
        with Stubber(client) as stubber:
            answer = {"Stacks": [{**found, "CreationTime": datetime(2026, 1, 1, tzinfo=UTC)}]}
            stubber.add_response("describe_stacks", answer, {"StackName": "LifestyleSpaces-test"})
            yield

    def test_command_finds_the_address_in_the_outputs(
        self, stack: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main("test")
        assert len(capsys.readouterr().out.splitlines()) == 2

    def test_command_fails_in_one_line(
        self, stack: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("delivery.smoke.__version__", "0.0.0")
        monkeypatch.setattr("delivery.smoke._TRIES", 1)
        with pytest.raises(SystemExit, match=r"^error: test does not answer as it should$"):
            main("test")
        assert "FAILED GET /health" in capsys.readouterr().out

    def test_command_says_in_one_line_what_aws_rejects(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = boto3.client("cloudformation")
        monkeypatch.setattr("delivery.stack_outputs.boto3.client", lambda _: client)
        with Stubber(client) as stubber:
            stubber.add_client_error("describe_stacks", "ValidationError", "Stack is not there\nat all")
            with pytest.raises(SystemExit, match=r"^error: [^\n]+ Stack is not there at all$"):
                main("test")

    def test_command_knows_when_a_first_deployment_has_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = boto3.client("cloudformation")
        monkeypatch.setattr("delivery.stack_outputs.boto3.client", lambda _: client)
        failed = {"StackName": "LifestyleSpaces-test", "StackStatus": "ROLLBACK_COMPLETE"}
        with Stubber(client) as stubber:
            answer = {"Stacks": [{**failed, "CreationTime": datetime(2026, 1, 1, tzinfo=UTC)}]}
            stubber.add_response("describe_stacks", answer)
            with pytest.raises(SystemExit, match=r"^error: test is not deployed: [^\n]+ ROLLBACK_COMPLETE$"):
                main("test")

    def test_command_knows_when_nothing_runs_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("delivery.stack_outputs._HOME", tmp_path)
        with pytest.raises(SystemExit, match="error: the local stack is not running; start it"):
            main("local")
