"""`/spaces`, their members and their invite code."""

from typing import Any

from app.core.writes import Write
from app.models.access_patterns import INVITE_CODE_POINTERS, INVITE_CODES
from app.models.spaces import InviteCode, InviteCodePointer
from tests.security.roles.role_fixtures import World

TABLE = """
                                                      owner admin member viewer stranger visitor
POST   /spaces name=Mine                              201   201   201    201    201      201
GET    /spaces                                        200   200   200    200    200      200
GET    /spaces/{space}                                200   200   200    200    404      200
PATCH  /spaces/{space} name=Mine                      200   200   403    403    404      403
PATCH  /spaces/{space} visibility=public              200   200   403    403    404      403
DELETE /spaces/{space}                                202   403   403    403    404      403

GET    /spaces/{space}/members                        200   200   200    200    404      403
POST   /spaces/{space}/members                        409   409   409    409    404      201
GET    /spaces/{space}/members/{owner}                200   200   200    200    404      403
GET    /spaces/{space}/members/{self}                 200   200   200    200    404      403

PATCH  /spaces/{space}/members/{viewer2} role=member  200   200   403    403    404      403
PATCH  /spaces/{space}/members/{member2} role=viewer  200   200   403    403    404      403
PATCH  /spaces/{space}/members/{viewer2} role=admin   200   403   403    403    404      403
PATCH  /spaces/{space}/members/{member2} role=admin   200   403   403    403    404      403
PATCH  /spaces/{space}/members/{admin2} role=member   200   403   403    403    404      403
PATCH  /spaces/{space}/members/{admin2} role=viewer   200   403   403    403    404      403
PATCH  /spaces/{space}/members/{admin2} role=admin    200   403   403    403    404      403
PATCH  /spaces/{space}/members/{owner} role=admin     409   403   403    403    404      403
PATCH  /spaces/{space}/members/{owner} role=viewer    409   403   403    403    404      403
PATCH  /spaces/{space}/members/{self} role=admin      409   403   403    403    404      403
PATCH  /spaces/{space}/members/{self} role=viewer     409   403   403    403    404      403

DELETE /spaces/{space}/members/{viewer2}              204   204   403    403    404      403
DELETE /spaces/{space}/members/{member2}              204   204   403    403    404      403
DELETE /spaces/{space}/members/{admin2}               204   403   403    403    404      403
DELETE /spaces/{space}/members/{owner}                409   403   403    403    404      403
DELETE /spaces/{space}/members/{self}                 409   204   204    204    404      403

POST   /spaces/{space}/ownership user_id={viewer2}    200   403   403    403    404      403
POST   /spaces/{space}/ownership user_id={self}       409   403   403    403    404      403

GET    /spaces/{space}/invite-code                    200   200   403    403    404      403
POST   /spaces/{space}/invite-code                    201   201   403    403    404      403
DELETE /spaces/{space}/invite-code                    204   204   403    403    404      403
POST   /spaces/invite-preview code=ABCDEFGHJKLM           200   200   200    200    200      200
POST   /spaces/join code=ABCDEFGHJKLM                     409   409   409    409    200      200
"""


def items(world: World) -> list[Write]:
    code: dict[str, Any] = {
        "space_id": world.names["space"],
        "code": "ABCDEFGHJKLM",
        "expires_at": world.tomorrow,
        **world.stamps,
    }
    return [
        INVITE_CODES.create(InviteCode(**code)),
        INVITE_CODE_POINTERS.create(InviteCodePointer(**code)),
    ]
