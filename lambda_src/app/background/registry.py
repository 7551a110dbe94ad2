"""Which task keeps which promise."""

from collections.abc import Mapping

from app.background.work import Task

TASKS: Mapping[str, Task] = {}

# What the hourly schedule promises; each is a kind of `TASKS`.
HOURLY: tuple[str, ...] = ()
