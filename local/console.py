"""Console output of long steps."""

import sys
import threading
import time
from types import TracebackType

_SECONDS_BETWEEN_LINES = 10.0


class Step:
    """Prints a step's title, its progress every ten seconds, and its duration.

    >>> with Step("Deploying the stack", "about a minute the first time") as step:
    ...     step.detail = "12 of 215 resources"
    """

    def __init__(self, title: str, hint: str = "") -> None:
        self.detail = ""
        self._title = title
        self._hint = f" ({hint})" if hint else ""
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Step":
        print(f"==> {self._title}{self._hint}", flush=True)
        self._began = time.monotonic()
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._ticker.join()
        if kind is None:
            print(f"    done in {self._seconds():.1f} s", flush=True)

    def _tick(self) -> None:
        while not self._done.wait(_SECONDS_BETWEEN_LINES):
            detail = f", {self.detail}" if self.detail else ""
            print(f"    {self._seconds():.0f} s{detail}", flush=True)

    def _seconds(self) -> float:
        return time.monotonic() - self._began


def fail(message: str) -> None:
    """Prints one line to the standard error output."""
    print(f"error: {message}", file=sys.stderr, flush=True)
