"""Starts and stops the embedded AWS (ministack), on loopback only.

Its home folder holds `data` (kept between runs, written when it stops), `tmp` (the functions'
unpacked code), `emulator.log` and `lock`. The emulator holds a lock on `lock` while it runs, so its
state does not depend on a process id, which another program may have been given since.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.ports import HOST, answers, check_port
from local.process import end_group

_GUARD = Path(__file__).with_name("guard.py")
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 60


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{HOST}:{self.port}"


def running(home: Path) -> Emulator | None:
    """The emulator that runs in this home folder, if any."""
    try:
        with (home / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except FileNotFoundError:
        return None
    except BlockingIOError:
        pid, port = (home / "lock").read_text().split()
        return Emulator(int(pid), int(port))


def start(home: Path, port: int, *, python: Path, origins: Sequence[str] = ()) -> Emulator:
    """Start the emulator and wait until it answers.

    `python` is the interpreter that has it; pages of these origins may call it, and of no others.

    Raises:
        LocalError: the port is taken, the program is missing, or it ended early.
    """
    check_port(port)
    shutil.rmtree(home / "tmp", ignore_errors=True)  # left by an emulator that was killed
    for folder in ("data", "tmp"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    if not (home / "data" / "state" / "cloudformation.json").exists():
        # It was killed before it saved its state, so no stack refers to the objects in S3.
        shutil.rmtree(home / "data" / "s3", ignore_errors=True)
    _forget_stream_positions(home / "data" / "state" / "lambda.json")
    process = _spawn(home, port, [python, "-P", _GUARD, *origins])
    emulator = Emulator(process.pid, port)
    try:
        _wait(process, emulator, home / "emulator.log")
    except BaseException:
        end_group(process)
        raise
    process.returncode = 0  # it outlives this command, so Popen must not warn
    return emulator


def stop(home: Path) -> bool:
    """Stops the emulator, which saves its data, and removes its temporary files.

    Returns whether one was running.

    Raises:
        LocalError: it did not stop in a minute and was killed.
    """
    emulator = running(home)
    if emulator:
        os.kill(emulator.pid, signal.SIGTERM)
        _await_end(home)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(emulator.pid, signal.SIGKILL)  # a function that hangs
    shutil.rmtree(home / "tmp", ignore_errors=True)
    return emulator is not None


def _spawn(home: Path, port: int, command: Sequence[str | Path]) -> "subprocess.Popen[str]":
    """Start it with its settings as the only environment, because the function inherits that."""
    env = {
        "PATH": os.defpath,
        "HOME": str(home / "tmp"),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",  # enforces IAM policies and checks confirmation codes
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home / "data" / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home / "data" / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{home}/no-docker",
    }
    with (home / "lock").open("w") as lock, (home / "emulator.log").open("w") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            process = subprocess.Popen(
                command,
                cwd=home,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise LocalError(f"{command[0]} is missing; `make install` installs it") from error
        lock.write(f"{process.pid} {port}\n")
    return process


def _forget_stream_positions(state: Path) -> None:
    """Reset the read positions of table streams, whose records do not survive a restart.

    New records are numbered from 0, so with the old positions as many of them would be skipped.
    """
    if state.exists():
        kept = json.loads(state.read_text())
        kept["payload"]["dynamodb_stream_positions"]["data"].clear()
        state.write_text(json.dumps(kept))


def _wait(process: "subprocess.Popen[str]", emulator: Emulator, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            output = log.read_text().strip().splitlines() or ["no output"]
            raise LocalError(f"the embedded AWS exited at start: {output[-1]}; see {log}")
        if answers(emulator.port, "/_ministack/ready"):
            return
        time.sleep(0.1)
    raise LocalError(f"the embedded AWS did not answer in {_SECONDS_TO_START} s; see {log}")


def _await_end(home: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while emulator := running(home):
        if time.monotonic() > deadline:
            os.killpg(emulator.pid, signal.SIGKILL)
            raise LocalError(
                f"the embedded AWS did not stop in {_SECONDS_TO_STOP} s and was killed; "
                "changes since its start are lost"
            )
        time.sleep(0.1)
