"""Every promise has a task that keeps it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.background.registry import HOURLY, TASKS

APP = Path(__file__).parents[3] / "lambda_src" / "app"


def promised() -> Iterator[str]:
    """The kinds that are promised anywhere in the app, as they stand there."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "outbox.enqueue",
                "outbox.start_operation",
            }:
                kind = node.args[1]
                if isinstance(kind, ast.Constant):
                    yield str(kind.value)


class TestTasks:
    def test_keep_every_promise_and_no_other(self) -> None:
        assert {*promised(), *HOURLY} == set(TASKS)
