"""One process of a function: `python child.py FOLDERS EVENT COUNT [fork]` prints the answer and its cost.

FOLDERS are joined by a colon, EVENT is a file. With `fork` the handler is loaded first, and the figures are
of a fork of the process that answers: what a SnapStart restore leaves to do. COUNT may be 0: it is loaded.
"""

import importlib
import json
import logging
import os
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any


class Context:
    """What Lambda tells of an invocation."""

    function_name, memory_limit_in_mb = "bench", 1024
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 20_000


def _cpu_ms() -> float:
    usage = getrusage(RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def main() -> None:
    """Answer the event COUNT times."""
    folders, event, count, *fork = sys.argv[1:]
    sys.path[:0] = folders.split(":")
    logging.getLogger().setLevel(logging.INFO)
    text = Path(event).read_text(encoding="utf-8")
    handler = importlib.import_module(os.environ["BENCH_MODULE"]).handler
    if fork and os.fork():
        os.wait()
        os._exit(0)
    before = _cpu_ms() if fork else 0.0
    answer: dict[str, Any] = {}
    for _ in range(int(count)):
        answer = handler(json.loads(text), Context())
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    rss = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    result = {"status": answer.get("statusCode"), "body": answer.get("body")}
    figures = {"cpu_ms": _cpu_ms() - before, "rss_mb": rss / 1024}
    os.write(1, f"\n{json.dumps(result | figures)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()
