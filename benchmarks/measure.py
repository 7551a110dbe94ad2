"""Runs `child.py`: CPU time by the process's own count, instructions by valgrind."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from benchmarks.assets import Assets

CHILD = Path(__file__).with_name("child.py")
WARM_FEW, WARM_MANY = 10, 40
ATTEMPTS = 3


@dataclass(frozen=True)
class Run:
    """An asset, the variables of its process where AWS is reached by HTTP and by TLS, a folder for events."""

    assets: Assets
    plain: dict[str, str]
    secure: dict[str, str]
    folder: Path

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Run a process that answers the event, and return its figures."""
        return self._run([], event, "1")

    def restored(self, event: dict[str, Any]) -> dict[str, Any]:
        """Load the function as before a snapshot, fork, and return the figures of the fork's first answer."""
        return self._run([], event, "1", "fork", snapshot=True)

    def cold_instructions(self, event: dict[str, Any]) -> float:
        """Millions of instructions from the start of the process to the first answer."""
        return self._instructions(event, 1)

    def restored_instructions(self, event: dict[str, Any]) -> float:
        """Millions of instructions for the first answer of a function that is loaded as before a snapshot."""
        return self._instructions(event, 1, snapshot=True) - self._instructions(event, 0, snapshot=True)

    def warm_instructions(self, event: dict[str, Any]) -> float:
        """Millions of instructions for one more answer."""
        few, many = (self._instructions(event, count) for count in (WARM_FEW, WARM_MANY))
        return (many - few) / (WARM_MANY - WARM_FEW)

    def _instructions(self, event: dict[str, Any], count: int, *, snapshot: bool = False) -> float:
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        return float(self._run(valgrind, event, str(count), snapshot=snapshot)["instructions"])

    def _run(
        self, prefix: list[str], event: dict[str, Any], *arguments: str, snapshot: bool = False
    ) -> dict[str, Any]:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        # -S: nothing of the virtual environment that this runs in.
        command = [*prefix, sys.executable, "-P", "-S", str(CHILD), self.assets.path, str(path), *arguments]
        kind = "snap-start" if snapshot else "on-demand"
        environment = (self.secure if snapshot else self.plain) | {
            "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
            "BENCH_MODULE": self.assets.module,
        }
        # Under valgrind on a busy machine an answer of the stub can come too late for the function.
        for _ in range(ATTEMPTS):
            ran = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True, cwd=self.assets.function
            )
            result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
            if result["status"] != HTTPStatus.SERVICE_UNAVAILABLE:
                break
        if result["status"] not in (None, HTTPStatus.OK, HTTPStatus.CREATED):
            raise RuntimeError(f"{self.assets.name} answered {result['status']}:\n{ran.stdout}")
        counted = re.search(r"I\s+refs:\s+([\d,]+)", ran.stderr)
        return result | ({"instructions": int(counted[1].replace(",", "")) / 1e6} if counted else {})


def has_valgrind() -> bool:
    """Whether instructions can be counted here."""
    return shutil.which("valgrind") is not None


def environment(address: str, authorities: Path | None = None) -> dict[str, str]:
    """What Lambda and the stack would set, with all services at the address, trusted by these authorities."""
    trust = {"AWS_CA_BUNDLE": str(authorities), "SSL_CERT_FILE": str(authorities)} if authorities else {}
    return trust | {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": address,
        "ENVIRONMENT": "bench",
        "PARAMETER_PREFIX": "/lifestyle-spaces/bench",
        "TABLE_NAME": "bench",
        "USER_POOL_ID": "eu-central-1_bench",
        "USER_POOL_CLIENT_ID": "bench",
        "DEAD_LETTER_QUEUE_URL": f"{address}/dead",
        "CORS_ORIGIN": "https://app.example.com",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "bench",
    }
