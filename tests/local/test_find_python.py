"""Which Python the Makefile takes, shown with stand-ins on a path of the test's own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.test_commands import assert_told

SCRIPT = Path(__file__).parents[2] / "local" / "find-python"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    return path


def find(folder: Path, programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": f"{programs}:/nowhere", "HOME": str(folder), **variables}
    return subprocess.run(
        ["/bin/sh", SCRIPT],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def stand_in(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_passes_over_a_shim_that_does_not_run(folder: Path, programs: Path) -> None:
    stand_in(programs / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    stand_in(programs / "python3.12", f'exec "{sys.executable}" "$@"')

    found = find(folder, programs)

    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).resolve() == Path(sys.executable).resolve()
    assert found.stderr.startswith(f"Using Python {sys.version_info.major}.{sys.version_info.minor}")


def test_finds_one_under_pyenv(folder: Path, programs: Path) -> None:
    stand_in(folder / ".pyenv/versions/3.13.9/bin/python", f'exec "{sys.executable}" "$@"')

    assert find(folder, programs).returncode == 0


def test_none(folder: Path, programs: Path) -> None:
    assert_told(find(folder, programs), "found no Python 3.11 or newer")


def test_one_without_venv(folder: Path, programs: Path) -> None:
    stand_in(programs / "python3.11", "exit 4")

    assert_told(find(folder, programs), "apt-get install python3.11-venv")


def test_a_chosen_one_that_is_too_old(folder: Path, programs: Path) -> None:
    stand_in(programs / "python3.9", "exit 3")

    assert_told(find(folder, programs, PYTHON="python3.9"), "PYTHON=python3.9 is too old")


def test_a_chosen_one_that_does_not_run(folder: Path, programs: Path) -> None:
    assert_told(find(folder, programs, PYTHON="python4"), "PYTHON=python4 does not run")
