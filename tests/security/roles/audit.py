"""`/spaces/{space_id}/audit`."""

from app.core.writes import Write
from app.models.access_patterns import AUDIT_EVENTS
from app.models.audit import AuditEvent, AuditKind
from tests.security.roles.role_fixtures import World

TABLE = """
                              owner admin member viewer
GET    /spaces/{space}/audit  200   200   403    403
"""


def items(world: World) -> list[Write]:
    event = AuditEvent(
        event_id=world.make("event"),
        space_id=world.names["space"],
        kind=AuditKind.SPACE_CREATED,
        actor_id=world.names["owner"],
        subject_id=world.names["space"],
        purge_at=world.tomorrow,
        **world.stamps,
    )
    return [AUDIT_EVENTS.create(event)]
