"""What goes after a goal or a habit."""

from app.background.cascades import delete_all
from app.background.work import Work
from app.models.access_patterns import all_check_ins_of_habit, check_ins_of_goal
from app.models.messages import DeleteGoalCheckIns, DeleteHabitCheckIns


def delete_goal_check_ins(work: Work, message: DeleteGoalCheckIns) -> None:
    """Delete the steps towards a goal that is gone."""
    delete_all(work, check_ins_of_goal(message.goal_id))


def delete_habit_check_ins(work: Work, message: DeleteHabitCheckIns) -> None:
    """Delete the days of a habit that is gone."""
    delete_all(work, all_check_ins_of_habit(message.habit_id))
