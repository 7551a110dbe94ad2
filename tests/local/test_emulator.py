"""Starting and stopping, with a small server in the emulator's place (the real one: tests/e2e)."""

import json
import socket
import sys
from pathlib import Path

import pytest

from local import emulator
from local.errors import LocalError
from local.ports import answers, free_port

STAND_IN = f"""#!{sys.executable}
import http.server, json, os, pathlib, signal, sys
pathlib.Path("environment.json").write_text(json.dumps(dict(os.environ)))
server = http.server.HTTPServer(
    (os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"])), http.server.BaseHTTPRequestHandler
)
signal.signal(signal.SIGTERM, lambda *_: sys.exit("saved"))
server.serve_forever()
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    return program(tmp_path, STAND_IN)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def program(folder: Path, text: str) -> Path:
    path = folder / "python"
    path.write_text(text)
    path.chmod(0o755)
    return path


class TestStart:
    def test_start_waits_until_it_answers_and_stops_cleanly(self, home: Path, stand_in: Path) -> None:
        assert emulator.running(home) is None
        started = emulator.start(home, free_port(), python=stand_in)
        try:
            assert answers(started.port, "/")
            assert emulator.running(home) == started
        finally:
            stopped = emulator.stop(home)

        assert stopped
        assert emulator.running(home) is None
        assert not answers(started.port, "/")
        assert "saved" in (home / "emulator.log").read_text()
        assert not (home / "tmp").exists()
        assert (home / "data").exists()

    def test_start_forgets_how_far_the_streams_were_read_that_ended_with_it(
        self, home: Path, stand_in: Path
    ) -> None:
        state = home / "data" / "state" / "lambda.json"
        state.parent.mkdir(parents=True)
        positions = {"__account_region_scoped__": True, "data": {"mapping": 34}}
        state.write_text(json.dumps({"payload": {"esms": 1, "dynamodb_stream_positions": positions}}))

        emulator.start(home, free_port(), python=stand_in)
        emulator.stop(home)

        assert json.loads(state.read_text()) == {
            "payload": {"esms": 1, "dynamodb_stream_positions": positions | {"data": {}}}
        }

    def test_start_lets_nothing_of_our_environment_in(
        self, home: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")
        monkeypatch.setenv("HTTPS_PROXY", "https://example.com")
        emulator.start(home, free_port(), python=stand_in)
        emulator.stop(home)

        environment = json.loads((home / "environment.json").read_text())
        assert environment["BIND_HOST"] == "127.0.0.1"
        assert environment["TMPDIR"] == str(home / "tmp")
        assert not [name for name in environment if name.startswith("AWS_") or "PROXY" in name.upper()]

    def test_start_forgets_files_of_a_state_that_was_never_saved(self, home: Path, stand_in: Path) -> None:
        left_over = home / "data" / "s3" / "bucket"
        left_over.mkdir(parents=True)

        emulator.start(home, free_port(), python=stand_in)
        emulator.stop(home)

        assert not left_over.exists()

    def test_a_taken_port(self, home: Path, stand_in: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(LocalError, match="is taken"):
            emulator.start(home, server.getsockname()[1], python=stand_in)

    def test_a_missing_program(self, home: Path) -> None:
        with pytest.raises(LocalError, match="`make install` installs it"):
            emulator.start(home, free_port(), python=home / "python")
        assert emulator.running(home) is None

    def test_a_program_that_ends_at_once_is_quoted(self, home: Path, tmp_path: Path) -> None:
        broken = program(tmp_path, "#!/bin/sh\necho no room left; exit 1\n")

        with pytest.raises(LocalError, match="exited at start: no room left"):
            emulator.start(home, free_port(), python=broken)
        assert emulator.running(home) is None


class TestStop:
    def test_nothing_runs(self, home: Path) -> None:
        assert emulator.stop(home) is False

    def test_a_lock_left_behind_by_a_dead_one_is_none(self, home: Path) -> None:
        home.mkdir()
        (home / "lock").write_text("1 4566\n")

        assert emulator.running(home) is None
