"""Spaces: making, finding, changing and deleting them."""

from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import SpaceLimitReached
from app.core.records import Versions
from app.models.access_patterns import (
    MEMBERSHIPS,
    SPACES,
    USER_PROFILES,
    public_spaces,
)
from app.models.audit import AuditKind
from app.models.fields import Page
from app.models.members import Membership, Role
from app.models.messages import DeleteSpace
from app.models.operations import OperationView
from app.models.spaces import Space, SpaceCreate, SpacePatch, SpaceView
from app.models.users import UserProfile
from app.services import audit, outbox
from app.services.permissions import Access


def create(session: Session, user: UserProfile, body: SpaceCreate, *, parameters: Parameters) -> SpaceView:
    """Make a space; the caller becomes its owner.

    Raises:
        SpaceLimitReached: the caller is in as many spaces as one may be.
    """
    if user.space_count >= parameters.max_spaces_per_user:
        raise SpaceLimitReached
    stamps = {"created_at": session.now, "updated_at": session.now}
    space = Space(space_id=session.new_id(), owner_id=user.user_id, member_count=1, **dict(body), **stamps)
    owner = Membership(space_id=space.space_id, user_id=user.user_id, role=Role.OWNER, **stamps)
    session.add(
        SPACES.create(space),
        MEMBERSHIPS.create(owner),
        USER_PROFILES.increment(
            USER_PROFILES.key_of(user),
            {"space_count": 1, "owned_spaces": 1},
            at_most={"space_count": parameters.max_spaces_per_user},
            require={"status": "active"},
        ),
    )
    space_id, kind = space.space_id, AuditKind.SPACE_CREATED
    audit.record(session, space_id, kind, actor_id=user.user_id, subject_id=space_id)
    return SpaceView.seen_by(Role.OWNER, space)


def list_public(session: Session, user: UserProfile, *, limit: int, cursor: str | None) -> Page[SpaceView]:
    """The public spaces, newest first, each with the caller's role in it."""
    spaces = session.table.page(public_spaces(), limit=limit, cursor=cursor)
    keys = [MEMBERSHIPS.key(space_id=space.space_id, user_id=user.user_id) for space in spaces.items]
    memberships = session.table.batch_get(keys)
    return Page(
        items=[
            SpaceView.seen_by(membership and membership.role, space)
            for space, membership in zip(spaces.items, memberships, strict=True)
        ],
        next_cursor=spaces.next_cursor,
    )


def update(session: Session, access: Access, body: SpacePatch, *, versions: Versions) -> SpaceView:
    """Change the space's own fields.

    Raises:
        PreconditionFailed: the space is at none of these versions.
    """
    access.space.require_version(versions)
    changed = access.space.patched(session.now, body.changes())
    if changed is not access.space:
        session.add(SPACES.update(access.space, changed), access.membership_unchanged())
        fields = [k for k, v in sorted(body.changes().items()) if v != getattr(access.space, k)]
        _record(session, access, AuditKind.SPACE_CHANGED, fields)
    return SpaceView.seen_by(access.role, changed)


def delete(session: Session, access: Access, *, versions: Versions) -> OperationView:
    """Make the space unreachable at once, and have everything in it deleted in the background.

    Raises:
        PreconditionFailed: the space is at none of these versions.
    """
    access.space.require_version(versions)
    space = access.space
    session.add(
        SPACES.update(space, space.patched(session.now, {"status": "deleting"})),
        access.membership_unchanged(),
        USER_PROFILES.increment(USER_PROFILES.key(user_id=space.owner_id), {"owned_spaces": -1}),
    )
    _record(session, access, AuditKind.SPACE_DELETED)
    message = DeleteSpace(operation_id=session.new_id(), space_id=space.space_id)
    return OperationView.of(outbox.start_operation(session, message, user_id=access.user.user_id))


def _record(session: Session, access: Access, kind: AuditKind, fields: list[str] | None = None) -> None:
    space_id = access.space.space_id
    audit.record(session, space_id, kind, actor_id=access.user.user_id, subject_id=space_id, fields=fields)
