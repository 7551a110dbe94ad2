"""Where a rollback returns to, by GitHub's list of deployments behind a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from delivery.last_deployed import main


class GitHub:
    """What GitHub will answer, and what it was asked."""

    def __init__(self) -> None:
        self.deployments: list[dict[str, Any]] = []
        self.asked: dict[str, Any] = {}
        self.authorization = ""

    def deployment(self, commit: str, *states: str) -> None:
        statuses = {"nodes": [{"state": state} for state in states]}
        self.deployments.append({"commitOid": commit, "statuses": statuses})


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    known = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.authorization = self.headers["Authorization"]
            known.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {"data": {"repository": {"deployments": {"nodes": known.deployments}}}}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the requests out of the test output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", f"http://127.0.0.1:{server.server_port}/graphql")
        monkeypatch.setenv("GITHUB_REPOSITORY", "ada/spaces")
        monkeypatch.setenv("GH_TOKEN", "token")
        yield known
        server.shutdown()
        thread.join()


class TestPrevious:
    def previous(self, capsys: pytest.CaptureFixture[str]) -> str:
        main("prod", "now")
        return capsys.readouterr().out

    def test_previous_is_the_newest_that_succeeded(
        self, github: GitHub, capsys: pytest.CaptureFixture[str]
    ) -> None:
        github.deployment("oldest", "INACTIVE", "SUCCESS", "IN_PROGRESS")
        github.deployment("good", "INACTIVE", "SUCCESS", "IN_PROGRESS")
        github.deployment("bad", "FAILURE", "IN_PROGRESS")
        github.deployment("now", "IN_PROGRESS")
        assert self.previous(capsys) == "good\n"

    def test_previous_is_nothing_at_first(self, github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
        github.deployment("now", "IN_PROGRESS")
        assert self.previous(capsys) == ""

    def test_previous_is_nothing_if_the_same_commit_ran_well(
        self, github: GitHub, capsys: pytest.CaptureFixture[str]
    ) -> None:
        github.deployment("good", "INACTIVE", "SUCCESS")
        github.deployment("now", "SUCCESS")
        github.deployment("now", "IN_PROGRESS")
        assert self.previous(capsys) == ""

    def test_previous_is_asked_of_the_environment_of_this_repository(
        self, github: GitHub, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.previous(capsys)
        assert github.asked["variables"] == {"owner": "ada", "name": "spaces", "environment": "prod"}
        assert github.authorization == "Bearer token"
