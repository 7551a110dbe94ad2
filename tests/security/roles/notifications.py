"""`/users/me/notifications`: the member has one."""

from app.core.writes import Write
from app.models.access_patterns import NOTIFICATIONS
from app.models.notifications import Notification
from tests.security.roles.role_fixtures import World

TABLE = """
                                                             owner admin member viewer stranger visitor
GET    /users/me/notifications                               200   200   200    200    200      200
GET    /users/me/notifications/unread-count                  200   200   200    200    200      200
PATCH  /users/me/notifications/{notification} read=true      404   404   200    404    404      404
POST   /users/me/notifications/read-all                      204   204   204    204    204      204
"""


def items(world: World) -> list[Write]:
    notification = Notification(
        notification_id=world.make("notification"),
        user_id=world.names["member"],
        kind="comment",
        **world.stamps,
    )
    return [NOTIFICATIONS.create(notification)]
