"""`/spaces/{space_id}/habits`: of a member, of another one, and of one who is a viewer by now.

Who checks in does so for themselves alone: member and viewer have a day of the member's habit.
"""

from app.core.writes import Write
from app.models.access_patterns import HABIT_CHECK_INS, HABIT_SUMMARIES, HABITS
from app.models.habit_summaries import HabitSummary
from app.models.habits import Daily, Habit, HabitCheckIn
from tests.security.roles.role_fixtures import World

TABLE = """
                                                                      owner admin member viewer
POST   /spaces/{space}/habits title=Run cadence={{"kind":"daily"}}    201   201   201    403
GET    /spaces/{space}/habits                                         200   200   200    200
GET    /spaces/{space}/habits/{member_habit}                          200   200   200    200
PATCH  /spaces/{space}/habits/{member_habit} title=Walk               403   403   200    403
PATCH  /spaces/{space}/habits/{member2_habit} title=Walk              403   403   403    403
PATCH  /spaces/{space}/habits/{viewer_habit} title=Walk               403   403   403    403
DELETE /spaces/{space}/habits/{member_habit}                          204   204   204    403
DELETE /spaces/{space}/habits/{member2_habit}                         204   204   403    403
DELETE /spaces/{space}/habits/{viewer_habit}                          204   204   403    204
PUT    /spaces/{space}/habits/{member_habit}/check-ins/2026-03-14 note=Far  200   200   200    200
DELETE /spaces/{space}/habits/{member_habit}/check-ins/2026-03-14     404   404   204    204
PUT    /spaces/{space}/habits/{member_habit}/check-ins/2026-03-13 note=Far  200   200   200    403
GET    /spaces/{space}/habits/{member_habit}/check-ins                200   200   200    200
GET    /spaces/{space}/habits/{member_habit}/stats                    200   200   200    200
"""


def items(world: World) -> list[Write]:
    habits = [
        Habit(**world.content(author, "habit"), title="Run", cadence=Daily(kind="daily"), summarized=True)
        for author in ("member", "member2", "viewer")
    ]
    days = [
        HabitCheckIn(
            habit_id=habits[0].habit_id,
            space_id=habits[0].space_id,
            user_id=world.names[who],
            date=world.clock.now.date(),
            **world.stamps,
        )
        for who in ("member", "viewer")
    ]
    summaries = [
        HabitSummary(
            habit_id=day.habit_id, space_id=day.space_id, user_id=day.user_id, first=day.date, **world.stamps
        ).with_day(day.date, day, now=world.clock.now)
        for day in days
    ]
    return [
        *map(HABITS.create, habits),
        *map(HABIT_CHECK_INS.create, days),
        *map(HABIT_SUMMARIES.create, summaries),
    ]
