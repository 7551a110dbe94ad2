"""`/spaces/{space_id}/goals`: of a member, of another one, and of one who is a viewer by now."""

from decimal import Decimal

from app.core.writes import Write
from app.models.access_patterns import GOAL_CHECK_INS, GOALS
from app.models.goals import Goal, GoalCheckIn
from tests.security.roles.role_fixtures import World

TABLE = """
                                                               owner admin member viewer
POST   /spaces/{space}/goals title=Run kind=milestone          201   201   201    403
GET    /spaces/{space}/goals                                   200   200   200    200
GET    /spaces/{space}/goals/{member_goal}                     200   200   200    200
PATCH  /spaces/{space}/goals/{member_goal} title=Walk          403   403   200    403
PATCH  /spaces/{space}/goals/{member2_goal} title=Walk         403   403   403    403
PATCH  /spaces/{space}/goals/{viewer_goal} title=Walk          403   403   403    403
DELETE /spaces/{space}/goals/{member_goal}                     204   204   204    403
DELETE /spaces/{space}/goals/{member2_goal}                    204   204   403    403
DELETE /spaces/{space}/goals/{viewer_goal}                     204   204   403    204
POST   /spaces/{space}/goals/{member_goal}/check-ins value=1   201   201   201    403
GET    /spaces/{space}/goals/{member_goal}/check-ins           200   200   200    200
PATCH  /spaces/{space}/goals/{member_goal}/check-ins/{step} value=2  403  403  200   403
PATCH  /spaces/{space}/goals/{member_goal}/check-ins/{viewer_step} value=2  403  403  403  200
DELETE /spaces/{space}/goals/{member_goal}/check-ins/{step}          204  204  204   403
DELETE /spaces/{space}/goals/{member_goal}/check-ins/{viewer_step}   204  204  403   204
"""


def items(world: World) -> list[Write]:
    goals = [
        Goal(**world.content(author, "goal"), title="Run", kind="milestone")
        for author in ("member", "member2", "viewer")
    ]
    steps = [
        GoalCheckIn(
            check_in_id=world.make(name),
            goal_id=goals[0].goal_id,
            space_id=goals[0].space_id,
            user_id=world.names[user],
            value=Decimal(1),
            date=world.clock.now.date(),
            **world.stamps,
        )
        for name, user in (("step", "member"), ("viewer_step", "viewer"))
    ]
    return [*map(GOALS.create, goals), *map(GOAL_CHECK_INS.create, steps)]
