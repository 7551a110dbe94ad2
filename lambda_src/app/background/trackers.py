"""What goes after a goal or a habit."""

from collections.abc import Mapping
from typing import Any

from app.background.cascades import delete_all
from app.background.work import Work
from app.models.access_patterns import all_check_ins_of_habit, check_ins_of_goal


def after_goal(work: Work, payload: Mapping[str, Any]) -> None:
    """Delete the steps towards a goal that is gone."""
    delete_all(work, check_ins_of_goal(payload["goal_id"]))


def after_habit(work: Work, payload: Mapping[str, Any]) -> None:
    """Delete the days of a habit that is gone."""
    delete_all(work, all_check_ins_of_habit(payload["habit_id"]))
