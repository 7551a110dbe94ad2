"""Invitations to a space: who sends them, and who answers. One is for the stranger, one for the newcomer."""

from datetime import timedelta
from typing import Any

from app.core.writes import Write
from app.models.access_patterns import INVITATION_CLAIMS, INVITATIONS
from app.models.invitations import Invitation, InvitationClaim, TargetKind
from app.models.members import Role
from tests.security.roles.role_fixtures import World, email_of

TABLE = """
                                                              owner admin member viewer stranger visitor
POST   {invitations} email=eve@example.org                    201   201   403    403    404      403
POST   {invitations} email=eve@example.org role=viewer        201   201   403    403    404      403
POST   {invitations} email=eve@example.org role=admin         201   403   403    403    404      403
POST   {invitations}/batch invitations=[{{"email":"x@y.z"}}]  200   200   403    403    404      403
GET    {invitations}                                          200   200   403    403    404      403
POST   {invitations}/{to_stranger}/resend                     200   200   403    403    404      403
DELETE {invitations}/{to_stranger}                            204   204   403    403    404      403

GET    /users/me/invitations                                  200   200   200    200    200      200
POST   /invitations/{to_stranger}/accept                      404   404   404    404    200      404
POST   /invitations/{to_newcomer}/accept                      404   404   404    404    404      404
POST   /invitations/{to_stranger}/decline                     404   404   404    404    204      404
POST   /invitations/{to_newcomer}/decline                     404   404   404    404    404      404
"""


def items(world: World) -> list[Write]:
    world.names["invitations"] = f"/spaces/{world.names['space']}/invitations"
    return [
        *invitation(world, "to_stranger", "stranger", target_kind="space", target_id=world.names["space"]),
        *invitation(world, "to_newcomer", "newcomer", target_kind="space", target_id=world.names["space"]),
    ]


def invitation(
    world: World, name: str, whom: str, *, target_kind: TargetKind, target_id: str, inviter: str = "owner"
) -> list[Write]:
    """An open invitation that may be sent again; requests call it by this name."""
    ids: dict[str, Any] = {
        "invitation_id": world.make(name),
        "target_id": target_id,
        "email": email_of(whom),
        "invited_by": world.names[inviter],
        "purge_at": world.tomorrow,
        **world.stamps,
    }
    made = Invitation(
        **ids,
        target_kind=target_kind,
        target_name="Ours",
        role=Role.MEMBER,
        expires_at=world.tomorrow,
        sent_at=world.clock.now - timedelta(hours=1),
    )
    return [INVITATIONS.create(made), INVITATION_CLAIMS.create(InvitationClaim(**ids))]
