"""Which task keeps which promise."""

from collections.abc import Mapping

from app.background.work import Task

TASKS: Mapping[str, Task] = {}
