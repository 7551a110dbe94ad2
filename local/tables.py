"""A browser of the embedded AWS's tables (dynamodb-admin), on loopback only."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.aws import tool_environment
from local.errors import LocalError
from local.ports import HOST, answers, check_port
from local.process import end_group

_GUARD = Path(__file__).with_name("guard.cjs")
_SECONDS_TO_START = 60


@contextmanager
def table_browser(endpoint_url: str, port: int, *, root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run it for the length of a `with` block.

    Raises:
        LocalError: the port is taken, the program is missing, or it did not start.
    """
    check_port(port, choose="make tables TABLES_PORT")
    program = root / "node_modules" / ".bin" / "dynamodb-admin"
    if not program.exists():
        raise LocalError("dynamodb-admin is missing; `make install` installs it")
    process = subprocess.Popen(
        [program, "--host", HOST, "--port", str(port), "--skip-default-credentials"],
        env=tool_environment(os.environ, endpoint_url, root)
        | {"DYNAMO_ENDPOINT": endpoint_url, "NODE_OPTIONS": f"--require={_GUARD}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        _wait(process, port)
        yield process
    finally:
        end_group(process)


def _wait(process: "subprocess.Popen[str]", port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if answers(port, "/"):
            return
        time.sleep(0.1)
    raise LocalError("the table browser did not start; see its output above")
