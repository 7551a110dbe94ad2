import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.errors import LocalError
from local.process import error_line, run

ENV = {"PATH": os.defpath}


def test_answers_the_standard_output_and_logs_all(tmp_path: Path) -> None:
    lines: list[str] = []
    script = "import sys; print('out'); print('err', file=sys.stderr)"

    said = run(
        [sys.executable, "-c", script], cwd=tmp_path, env=ENV, log=tmp_path / "log", on_line=lines.append
    )

    assert said == "out\n"
    assert lines == ["err\n"]
    assert (tmp_path / "log").read_text() == "err\nout\n"


def test_a_failure_is_told_in_one_line(tmp_path: Path) -> None:
    script = "import sys; print('fail: no such bucket', file=sys.stderr); print('bye'); sys.exit(3)"

    with pytest.raises(
        LocalError, match=r"^`python[\d.]* -c` failed: fail: no such bucket \(full log: .*log\)$"
    ):
        run([sys.executable, "-c", script], cwd=tmp_path, env=ENV, log=tmp_path / "log")


def test_a_missing_command_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"nowhere is missing; `make install` installs it"):
        run(["nowhere", "at all"], cwd=tmp_path, env=ENV, log=tmp_path / "log")


def test_an_interrupt_ends_the_command_and_what_it_started(tmp_path: Path) -> None:
    grandchild = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    parent = (
        "import pathlib, sys; from local.process import run; here = pathlib.Path(sys.argv[1]); "
        "run([sys.executable, '-c', sys.argv[2]], cwd=here, env={}, log=here / 'log')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, tmp_path, child],
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    pid = int(wait_for(tmp_path / "pid"))

    process.send_signal(signal.SIGINT)

    process.wait(timeout=30)
    assert not runs(pid)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a\nX | UPDATE_FAILED | y\nfail: z", "X | UPDATE_FAILED | y"),
        ("Error: the setting is missing\n\nNode.js v24\n", "Error: the setting is missing"),
        ("first\nlast\n\n", "last"),
        ("", "no output"),
    ],
)
def test_error_line(said: str, line: str) -> None:
    assert error_line(said) == line


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{path} never came")


def runs(pid: int) -> bool:
    """Whether a process lives; one that has ended and waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
