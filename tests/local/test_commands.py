"""The commands as a person types them, in a folder where nothing is installed."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import LocalError
from local.ports import free_port
from local.tables import table_browser

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make") or "make"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "local", tmp_path / "local", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def local(folder: Path, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **variables}
    line = [sys.executable, "-m", "local", command]
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)


def make(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [MAKE, *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def assert_told(done: subprocess.CompletedProcess[str], message: str) -> None:
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


class TestUp:
    @pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
    def test_a_port_that_is_none(self, folder: Path, port: str) -> None:
        assert_told(local(folder, "up", LOCAL_PORT=port), f"LOCAL_PORT={port} is not a port")

    def test_a_port_that_is_taken(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert_told(local(folder, "up", LOCAL_PORT=str(port)), f"port {port} is taken")

    def test_nothing_installed(self, folder: Path) -> None:
        assert_told(local(folder, "up", LOCAL_PORT=str(free_port())), "`make install` installs it")


class TestToken:
    def test_nobody_named(self, folder: Path) -> None:
        assert_told(local(folder, "token", EMAIL="ada@example.com"), "make token EMAIL=")

    def test_nothing_runs(self, folder: Path) -> None:
        assert_told(local(folder, "token", EMAIL="a@example.com", PASSWORD="x"), "start it with `make local`")


class TestDownAndReset:
    def test_nothing_runs(self, folder: Path) -> None:
        done = local(folder, "down")

        assert (done.returncode, done.stdout) == (0, "It was not running.\n")

    def test_reset_forgets_the_data_and_keeps_the_tools(self, folder: Path) -> None:
        for path in ("data/state", "venv"):
            (folder / ".local" / path).mkdir(parents=True)
        (folder / ".local" / "env.json").write_text("{}")

        assert local(folder, "reset").returncode == 0

        assert not (folder / ".local" / "data").exists()
        assert not (folder / ".local" / "env.json").exists()
        assert (folder / ".local" / "venv").exists()


class TestMake:
    def test_help_lists_every_target_that_says_what_it_does(self, folder: Path) -> None:
        listed = make(folder, "help").stdout

        for target in ("local", "token", "test", "lint", "synth", "deploy", "openapi", "lock", "help"):
            assert f"  make {target} " in listed

    @pytest.mark.parametrize("environment", ["", "nonsense", "dev staging"])
    def test_synth_needs_an_environment(self, folder: Path, environment: str) -> None:
        done = make(folder, "synth", f"ENV={environment}")

        assert done.returncode == 2
        assert done.stderr.startswith("error: say which environment: ENV=one of local dev staging prod\n")


class TestTables:
    def test_nothing_runs(self, folder: Path) -> None:
        assert_told(local(folder, "tables"), "start it with `make local`")

    def test_a_port_that_is_taken(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with (
                pytest.raises(LocalError, match="make tables TABLES_PORT="),
                table_browser("", port, root=ROOT),
            ):
                pytest.fail("it started")

    def test_nothing_installed(self, tmp_path: Path) -> None:
        with pytest.raises(LocalError, match="make install"), table_browser("", free_port(), root=tmp_path):
            pytest.fail("it started")
