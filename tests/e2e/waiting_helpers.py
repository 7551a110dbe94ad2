"""Waiting for what goes on in the background."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.factories import Person

T = TypeVar("T")
PATIENCE_S = 90.0


def eventually(look: Callable[[], T | None], *, patience_s: float = PATIENCE_S) -> T:
    """What `look` sees as soon as it sees something. Fails the test when patience ends."""
    end = time.monotonic() + patience_s
    while not (seen := look()):
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.5)
    return seen


def finished(person: Person, operation: str) -> dict[str, Any]:
    """The operation at this path, once its work is over."""

    def look() -> dict[str, Any] | None:
        state: dict[str, Any] = person.get(operation).json()
        return state if state["status"] in ("done", "failed") else None

    return eventually(look)


def all_of(person: Person, path: str) -> list[dict[str, Any]]:
    """Every item of a list, over all its pages."""
    items: list[dict[str, Any]] = []
    cursor, sign = "", "&" if "?" in path else "?"
    while True:
        response = person.get(f"{path}{sign}limit=100{cursor}")
        assert response.status_code == 200, response.text
        page = response.json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"
