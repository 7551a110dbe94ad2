"""Ownership: passing a space on."""

from app.core.database import Session
from app.core.errors import AlreadyOwner, NotFound
from app.models.access_patterns import MEMBERSHIPS, SPACES, USER_PROFILES, members_of_space
from app.models.audit import AuditKind
from app.models.members import Membership, OwnershipTransfer, Role
from app.models.messages import DeleteSpace
from app.models.spaces import Space, SpaceView
from app.models.users import UserProfile
from app.services import activity, audit, invitations, outbox
from app.services.permissions import Access

# So many members of a role are asked whether they can take over a space.
_CANDIDATES = 20


def transfer(session: Session, access: Access, body: OwnershipTransfer) -> SpaceView:
    """Make another member the owner; the caller becomes an admin.

    Raises:
        AlreadyOwner: it is the caller.
        NotFound: the user is not in the space, or has left the platform.
    """
    owner, user_id = access.user.user_id, body.user_id
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
    space = _move(session, access.space, access.member, new, profile)
    # An admin may not invite admins, so neither may the invitations that the owner sent.
    invitations.close_sent(session, target_id=space_id, user_id=owner, roles=[Role.ADMIN])
    activity.announce(session, access, None, subject_id=space_id, notify={user_id: "role_changed"})
    return SpaceView.seen_by(Role.ADMIN, space)


def pass_on(session: Session, membership: Membership) -> None:
    """Give a space whose owner is gone to the member with the highest role; without any, have it deleted."""
    keys = (SPACES.key(space_id=membership.space_id), MEMBERSHIPS.key_of(membership))
    space, owner = session.table.batch_get(keys, consistent=True)
    if space is None or space.status != "active" or owner is None or owner.role is not Role.OWNER:
        return
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER):
        query = members_of_space(space.space_id).where(role=role)
        for heir in session.table.first(query, at_most=_CANDIDATES):
            profile = session.table.get(USER_PROFILES.key(user_id=heir.user_id))
            if profile is not None and profile.status == "active":
                _move(session, space, owner, heir, profile)
                return
    session.add(
        SPACES.update(space, space.patched(session.now, {"status": "deleting"})),
        USER_PROFILES.increment(USER_PROFILES.key(user_id=owner.user_id), {"owned_spaces": -1}),
    )
    message = DeleteSpace(operation_id=session.new_id(), space_id=space.space_id)
    outbox.start_operation(session, message, user_id=owner.user_id)


def _move(session: Session, space: Space, owner: Membership, heir: Membership, profile: UserProfile) -> Space:
    """Write that `heir`, whose profile this is, owns the space, and `owner` is an admin."""
    changed = space.patched(session.now, {"owner_id": heir.user_id})
    session.add(
        SPACES.update(space, changed),
        MEMBERSHIPS.update(owner, owner.patched(session.now, {"role": Role.ADMIN})),
        MEMBERSHIPS.update(heir, heir.patched(session.now, {"role": Role.OWNER})),
        USER_PROFILES.increment(USER_PROFILES.key(user_id=owner.user_id), {"owned_spaces": -1}),
        USER_PROFILES.increment(
            USER_PROFILES.key_of(profile), {"owned_spaces": 1}, require={"status": "active"}
        ),
    )
    audit.record(
        session,
        space.space_id,
        AuditKind.OWNERSHIP_TRANSFERRED,
        actor_id=owner.user_id,
        subject_id=heir.user_id,
        role=Role.OWNER,
    )
    return changed
