"""Child processes that end with the command that started them."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from local.errors import LocalError

_SECONDS_TO_END = 10


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run a command to its end and return its standard output.

    All output goes to the file `log`; `on_line` is called with each line of standard error,
    where the CDK CLI reports progress. The command gets its own process group: any exception
    (Ctrl-C included) ends the command and all its children.

    Raises:
        LocalError: the command is missing, or it failed; the message quotes its error line.
    """
    with tempfile.TemporaryFile("w+") as output, log.open("w") as report:
        process = _spawn(command, cwd=cwd, env=env, output=output)
        try:
            with process:
                for line in process.stderr or ():
                    report.write(line)
                    if on_line:
                        on_line(line)
        except BaseException:
            end_group(process)
            raise
        output.seek(0)
        written = output.read()
        report.write(written)
    if process.returncode:
        name = Path(command[0]).name
        raise LocalError(f"`{name} {command[1]}` failed: {error_line(log.read_text())} (full log: {log})")
    return written


def _spawn(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], output: TextIO
) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise LocalError(f"{command[0]} is missing; `make install` installs it") from error


def error_line(output: str) -> str:
    """The line of a failed command's output that most likely has the reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("_FAILED", "❌", "fail:", "Error:", "error"):
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else "no output"


def end_group(process: "subprocess.Popen[str]") -> None:
    """End a process and its group: with SIGTERM, and after ten seconds with SIGKILL."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _SECONDS_TO_END
        while time.monotonic() < deadline:
            process.poll()  # reaps it: a zombie would count as a living member of the group
            try:
                os.killpg(process.pid, sign)
            except ProcessLookupError:
                return
            time.sleep(0.1)
