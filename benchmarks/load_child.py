"""Threads at one handler: `python load_child.py FOLDERS PLAN` prints what they sent and were answered.

PLAN is a file: `setup`, events that are sent first, in their order; `users`, for each the event that makes a
space and one that reads it, with `{space_id}` in its path; `threads` and `seconds`. Of five requests four
read. With `edits`, each thread then tries so often to change one space as it has just read it (If-Match).
"""

import asyncio
import importlib
import json
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# Behind the function's own folders, which come first: this repository has an `app.py`.
sys.path[len(sys.path) :] = [str(Path(__file__).parent.parent)]

from benchmarks.child import Context  # noqa: E402


def _at_path(event: dict[str, Any], space_id: str, **changes: Any) -> dict[str, Any]:
    path = event["path"].replace("{space_id}", space_id)
    return {**event, "path": path, "resource": path, **changes}


class Load:
    """The handler, and the answers that were not expected."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.handler = importlib.import_module(os.environ["BENCH_MODULE"]).handler
        self.failures: list[str] = []

    def send(self, event: dict[str, Any], *expected: int) -> dict[str, Any]:
        """Send one request; an answer that is not expected is a failure."""
        answer: dict[str, Any] = self.handler(event, Context())
        if answer["statusCode"] not in expected:
            self.failures.append(f"{event['httpMethod']} {answer['statusCode']} {answer['body'][:300]}")
        return answer

    def mix(self, number: int) -> tuple[int, int]:
        """Read and create spaces until the time is up; the numbers of requests and of created spaces."""
        asyncio.set_event_loop(asyncio.new_event_loop())  # Mangum takes the thread's
        user = self.plan["users"][number % len(self.plan["users"])]
        choose = random.Random(number)  # noqa: S311 - the same mix each time
        space_id, sent, created = self._create(user), 1, 1
        until = time.monotonic() + self.plan["seconds"]
        while time.monotonic() < until:
            if choose.random() < 0.2:  # noqa: PLR2004
                self._create(user)
                created += 1
            else:
                self.send(_at_path(user["get"], space_id), 200)
            sent += 1
        return sent, created

    def edit(self, space_id: str) -> int:
        """Change the space so often as `edits` says; the number of changes that were accepted."""
        asyncio.set_event_loop(asyncio.new_event_loop())
        accepted = 0
        for _ in range(self.plan["edits"]):
            event = _at_path(self.plan["users"][0]["get"], space_id)
            etag = self.send(event, 200)["headers"]["etag"]
            body = json.dumps({"description": f"At {time.monotonic_ns()}"})
            headers = {**event["headers"], "If-Match": etag}
            lists = {name: [value] for name, value in headers.items()}
            change = {"httpMethod": "PATCH", "body": body, "headers": headers, "multiValueHeaders": lists}
            accepted += self.send({**event, **change}, 200, 412)["statusCode"] == 200  # noqa: PLR2004
        return accepted

    def _create(self, user: dict[str, Any]) -> str:
        return str(json.loads(self.send(user["post"], 201)["body"])["space_id"])


def main() -> None:
    """Run the plan."""
    folders, plan_file = sys.argv[1:]
    sys.path[:0] = folders.split(":")
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    load = Load(plan)
    for event in plan["setup"]:
        load.send(event, 201)
    space_id = load._create(plan["users"][0])  # noqa: SLF001
    started, cpu = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(plan["threads"]) as threads:
        sent = list(threads.map(load.mix, range(plan["threads"])))
    result: dict[str, Any] = {
        "requests": sum(each for each, _ in sent),
        "seconds": time.monotonic() - started,
        "cpu_seconds": time.process_time() - cpu,
        "created": 1 + sum(each for _, each in sent),
    }
    if plan["edits"]:
        with ThreadPoolExecutor(plan["threads"]) as threads:
            result["edits"] = sum(threads.map(load.edit, [space_id] * plan["threads"]))
        etag = load.send(_at_path(plan["users"][0]["get"], space_id), 200)["headers"]["etag"]
        result["version"] = int(etag.strip('"').partition("-")[0])
    os.write(1, f"\n{json.dumps(result | {'failures': load.failures})}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()
