"""What a SnapStart snapshot holds, and what differs between environments that are restored from one."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from app.api.routing import MODULES
from app.models.access_patterns import ENTITIES
from tests.integration.test_lambda_handler import ENVIRONMENT

SOURCES = Path(__file__).parent.parent.parent / "lambda_src"
# No credentials, and an endpoint for them where nobody answers: to ask for them would fail.
NO_CREDENTIALS = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# Loads the handler, then draws in two forks of it what must not be the same in both.
SCRIPT = """
import contextlib, json, os, secrets, socket, sys, uuid
import lambda_handler
from app.core import clock, tls
from app.core.model import Model
def subclasses(model):
    for each in model.__subclasses__():
        yield each
        yield from subclasses(each)
def connections():
    # The event loop has a pair of local sockets of its own.
    for fd in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(fd))) as found:
            if found.family != socket.AF_UNIX:
                yield found.family.name
def draw():
    from app.core import database, dynamodb
    return {
        "ulid": clock.new_ulid()[10:],
        "request id": str(uuid.uuid4()),
        "invite code": secrets.choice(range(10**9)),
        "jitter of the table": database._RANDOM.random(),
        "jitter of the client": dynamodb._RANDOM.random(),
    }
state = {
    "modules": sorted(name for name in sys.modules if name.startswith("app.")),
    "incomplete": [each.__name__ for each in subclasses(Model) if not each.__pydantic_complete__],
    "connections": list(connections()),
    "boto3": "boto3" in sys.modules,
    "session": "boto3" in sys.modules and sys.modules["boto3"].DEFAULT_SESSION is not None,
}
restored = []
for _ in range(2 if state["boto3"] else 0):
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, json.dumps(draw()).encode())
        os._exit(0)
    os.close(write)
    restored.append(json.loads(os.read(read, 10_000)))
    os.wait()
print(json.dumps([state, restored]))
"""


@cache
def loaded(initialization: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT],
        env={
            **ENVIRONMENT,
            **NO_CREDENTIALS,
            "AWS_LAMBDA_INITIALIZATION_TYPE": initialization,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "POWERTOOLS_SERVICE_NAME": "test",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    state, restored = json.loads(ran.stdout.splitlines()[-1])
    return state, restored


class TestSnapshot:
    def test_snapshot_has_every_module_and_validator(self) -> None:
        state, _ = loaded("snap-start")
        models = {entity.model.__module__ for entity in ENTITIES}
        assert {f"app.api.routes.{name}" for name in MODULES} | models | {"app.background.events"} <= set(
            state["modules"]
        )
        assert state["incomplete"] == []
        assert state["boto3"]

    def test_snapshot_has_no_connection_and_no_session_of_aws(self) -> None:
        state, _ = loaded("snap-start")
        assert state["connections"] == []
        assert not state["session"]

    def test_restored_environments_draw_different_values(self) -> None:
        _, (one, other) = loaded("snap-start")
        assert len(one) == 5
        assert [name for name in one if one[name] == other[name]] == []

    def test_environment_on_demand_has_no_module_of_a_noun(self) -> None:
        state, _ = loaded("on-demand")
        assert [name for name in state["modules"] if name.startswith("app.api.routes.")] == []
        assert "app.background.events" not in state["modules"]
        assert not state["boto3"]
        assert len(state["incomplete"]) > 50
