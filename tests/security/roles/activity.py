"""`/spaces/{space_id}/activity`: something that a member did; a member and a viewer have reacted to it."""

from app.core.writes import Write
from app.models.access_patterns import ACTIVITIES, REACTIONS
from app.models.activity import Activity, ActivityKind, Emoji, Reaction
from tests.security.roles.role_fixtures import World

TABLE = """
                                                                        owner admin member viewer
GET    /spaces/{space}/activity                                         200   200   200    200
PUT    /spaces/{space}/activity/{member_activity}/reactions/heart       200   200   200    200
PUT    /spaces/{space}/activity/{member_activity}/reactions/clap        200   200   200    200
DELETE /spaces/{space}/activity/{member_activity}/reactions/clap        404   404   204    204
"""


def items(world: World) -> list[Write]:
    ids = {"activity_id": world.make("member_activity"), "space_id": world.names["space"]}
    activity = Activity(
        **ids,
        actor_id=world.names["member"],
        kind=ActivityKind.GOAL_CREATED,
        subject_id=world.names["space"],
        clap=2,
        **world.stamps,
    )
    reactions = [
        Reaction(**ids, user_id=world.names[who], emoji=Emoji.CLAP, **world.stamps)
        for who in ("member", "viewer")
    ]
    return [ACTIVITIES.create(activity), *map(REACTIONS.create, reactions)]
