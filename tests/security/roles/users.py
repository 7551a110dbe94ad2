"""What is in no space: `/users`, `/operations`, built-in templates and `/health`."""

from app.core.writes import Write
from app.models.access_patterns import OPERATIONS
from app.models.operations import Operation
from tests.security.roles.role_fixtures import World

TABLE = """
                                              owner admin member viewer stranger visitor newcomer nobody
GET    /health                                200   200   200    200    200      200     200      200
POST   /users email={email} name=Ada          409   409   409    409    409      409     201      401
GET    /users/me                              200   200   200    200    200      200     403      401
PATCH  /users/me name=Ada                     200   200   200    200    200      200     403      401
DELETE /users/me                              409   202   202    202    202      202     403      401
GET    /users/me/check-ins                    200   200   200    200    200      200     403      401
GET    /users/me/export                       200   200   200    200    200      200     403      401
GET    /users/me/spaces                       200   200   200    200    200      200     403      401
GET    /users/me/journals                     200   200   200    200    200      200     403      401
GET    /users/{owner}                         200   200   200    200    404      404     403      401
GET    /users/{viewer}                        200   200   200    200    404      404     403      401
GET    /users/me/journals/{member_entry}      404   404   200    404    404      404     403      401
DELETE /users/me/journals/{member_entry}      404   404   204    404    404      404     403      401
GET    /templates                             200   200   200    200    200      200     403      401
GET    /templates/mood                        200   200   200    200    200      200     403      401
GET    /operations/{owner_operation}          200   404   404    404    404      404     404      401
"""


def items(world: World) -> list[Write]:
    operation = Operation(
        operation_id=world.make("owner_operation"),
        started_by=world.names["owner"],
        purge_at=world.tomorrow,
        **world.stamps,
    )
    return [OPERATIONS.create(operation)]
