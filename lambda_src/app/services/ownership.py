"""Ownership: passing a space on."""

from app.core.database import Session
from app.core.errors import AlreadyOwner, NotFound
from app.models.access_patterns import MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.audit import AuditKind
from app.models.members import Role
from app.models.spaces import SpaceView
from app.services import activity, audit, invitations
from app.services.permissions import Access


def transfer(session: Session, access: Access, *, user_id: str) -> SpaceView:
    """Make another member the owner; the caller becomes an admin.

    Raises:
        AlreadyOwner: it is the caller.
        NotFound: the user is not in the space, or has left the platform.
    """
    owner = access.user.user_id
    if user_id == owner:
        raise AlreadyOwner
    space_id = access.space.space_id
    keys = (
        MEMBERSHIPS.key(space_id=space_id, user_id=user_id),
        USER_PROFILES.key(user_id=user_id),
    )
    new, profile = session.table.batch_get(keys, consistent=True)
    if new is None or profile is None or profile.status != "active":
        raise NotFound
    space = access.space.patched(session.now, {"owner_id": user_id})
    session.add(
        SPACES.update(access.space, space),
        MEMBERSHIPS.update(access.member, access.member.patched(session.now, {"role": Role.ADMIN})),
        MEMBERSHIPS.update(new, new.patched(session.now, {"role": Role.OWNER})),
        USER_PROFILES.increment(USER_PROFILES.key(user_id=owner), {"owned_spaces": -1}),
        USER_PROFILES.increment(
            USER_PROFILES.key_of(profile), {"owned_spaces": 1}, require={"status": "active"}
        ),
    )
    # An admin may not invite admins, so neither may the invitations that the owner sent.
    invitations.close_sent(session, target_id=space_id, user_id=owner, roles=[Role.ADMIN])
    audit.record(
        session,
        space_id,
        AuditKind.OWNERSHIP_TRANSFERRED,
        actor_id=owner,
        subject_id=user_id,
        role=Role.OWNER,
    )
    activity.announce(session, access, None, subject_id=space_id, notify={user_id: "role_changed"})
    return SpaceView.seen_by(Role.ADMIN, space)
