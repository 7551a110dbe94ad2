"""Members: coming in, changing role, leaving and being removed."""

import re

from app.core import observability
from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import (
    AlreadyMember,
    Forbidden,
    InviteCodeInvalid,
    NotFound,
    OwnerIsFixed,
    SpaceFull,
    SpaceLimitReached,
)
from app.core.records import Versions
from app.models.access_patterns import INVITE_CODES, MEMBERSHIPS, SPACES, USER_PROFILES, members_of_space
from app.models.activity import ActivityKind
from app.models.audit import AuditKind
from app.models.fields import Page
from app.models.invitations import Invitation
from app.models.members import MemberPatch, Membership, MemberView, Role
from app.models.spaces import InviteCode, JoinRequest, SpaceView
from app.models.users import NotificationKind, UserProfile
from app.services import activity, audit, invitations, invite_codes, rate_limits
from app.services.permissions import ALLOWED, Access, Action


def enter(
    session: Session,
    access: Access,
    *,
    role: Role,
    parameters: Parameters,
    accepted: Invitation | None = None,
    **require: str,
) -> MemberView:
    """Make the caller a member, however they came; both counters move in the same transaction.

    Their open invitation to the space is closed, unless it is the one that is being `accepted`. `require`
    names fields of the space and the values that they must still have then.

    Raises:
        AlreadyMember: the caller is in the space.
        SpaceLimitReached: the caller is in as many spaces as one may be.
        SpaceFull: the space has as many members as it may have.
    """
    user, space = access.user, access.space
    if access.membership is not None:
        raise AlreadyMember
    if user.space_count >= parameters.max_spaces_per_user:
        raise SpaceLimitReached
    if space.member_count >= parameters.max_members_per_space:
        raise SpaceFull
    membership = Membership(
        space_id=space.space_id,
        user_id=user.user_id,
        role=role,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(
        MEMBERSHIPS.create(membership, on_conflict=AlreadyMember()),
        SPACES.increment(
            SPACES.key_of(space),
            {"member_count": 1},
            at_most={"member_count": parameters.max_members_per_space},
            require={"status": "active", **require},
        ),
        USER_PROFILES.increment(
            USER_PROFILES.key_of(user),
            {"space_count": 1},
            at_most={"space_count": parameters.max_spaces_per_user},
            require={"status": "active"},
        ),
    )
    invitations.close_open(session, target_id=space.space_id, email=user.email, accepted=accepted)
    audit.record(
        session,
        space.space_id,
        AuditKind.MEMBER_JOINED,
        actor_id=user.user_id,
        subject_id=user.user_id,
        role=role,
    )
    activity.announce(session, access, ActivityKind.MEMBER_JOINED, subject_id=user.user_id)
    return _view(membership, user)


def join_public(session: Session, access: Access, *, parameters: Parameters) -> MemberView:
    """Join a public space as viewer. Raises what `enter` raises."""
    return enter(session, access, role=Role.VIEWER, parameters=parameters, visibility=access.space.visibility)


def join_by_code(
    session: Session, user: UserProfile, body: JoinRequest, *, parameters: Parameters
) -> SpaceView:
    """Join the space of an invite code as member. Raises what `enter` raises, and:

    Raises:
        TooManyRequests: the caller has tried too often.
        InviteCodeInvalid: no space can be joined by this code.
    """
    invite, access = _access_by_code(session, user, body.code)
    enter(session, access, role=Role.MEMBER, parameters=parameters)
    session.add(INVITE_CODES.require_unchanged(invite))
    joined = access.space.model_copy(update={"member_count": access.space.member_count + 1})
    return SpaceView.seen_by(Role.MEMBER, joined)


def preview_by_code(session: Session, user: UserProfile, body: JoinRequest) -> SpaceView:
    """Show the card of the space that an invite code leads to. It counts as a try to join.

    Raises:
        TooManyRequests: the caller has tried too often.
        InviteCodeInvalid: no space can be joined by this code.
    """
    _, access = _access_by_code(session, user, body.code)
    return SpaceView.seen_by(access.role, access.space)


def _access_by_code(session: Session, user: UserProfile, code: str) -> tuple[InviteCode, Access]:
    rate_limits.count_join_try(session, user_id=user.user_id)
    invite = _find_invite(session, code)
    keys = (
        SPACES.key(space_id=invite.space_id),
        MEMBERSHIPS.key(space_id=invite.space_id, user_id=user.user_id),
    )
    space, membership = session.table.batch_get(keys, consistent=True)
    if space is None or space.status != "active":
        raise InviteCodeInvalid
    return invite, Access(user, space, membership)


def _find_invite(session: Session, code: str) -> InviteCode:
    normal = code.strip().upper()
    if re.fullmatch(f"[{invite_codes.ALPHABET}]{{{invite_codes.LENGTH}}}", normal):
        invite = session.table.get(INVITE_CODES.key(code=normal))
        if invite is not None:
            return invite
    observability.count("InviteCodeRejected")
    raise InviteCodeInvalid


def list_page(session: Session, access: Access, *, limit: int, cursor: str | None) -> Page[MemberView]:
    """The members of the space with their names, by one Query and one BatchGet."""
    members = session.table.page(members_of_space(access.space.space_id), limit=limit, cursor=cursor)
    profiles = session.table.batch_get(
        [USER_PROFILES.key(user_id=member.user_id) for member in members.items]
    )
    return Page(
        items=[_view(member, profile) for member, profile in zip(members.items, profiles, strict=True)],
        next_cursor=members.next_cursor,
    )


def get(session: Session, access: Access, *, user_id: str) -> MemberView:
    """One member of the space.

    Raises:
        NotFound: the user is not in the space.
    """
    return _view(*_read(session, access, user_id))


def change_role(
    session: Session,
    access: Access,
    body: MemberPatch,
    *,
    user_id: str,
    versions: Versions,
    parameters: Parameters,
) -> MemberView:
    """Give a member another role. With a lower one, all that could undo it goes: see `_close_ways_back`.

    Raises:
        NotFound: the user is not in the space.
        Forbidden: making or demoting an admin is the owner's to do.
        OwnerIsFixed: the owner asks to change their own role.
        PreconditionFailed: the membership is at none of these versions.
    """
    member, profile = _read(session, access, user_id)
    _require_power(access, member, body.role)
    member.require_version(versions)
    changed = member.patched(session.now, {"role": body.role})
    if changed is not member:
        session.add(MEMBERSHIPS.update(member, changed), access.membership_unchanged())
        if ALLOWED[body.role] < ALLOWED[member.role]:
            _close_ways_back(session, access, member, profile, parameters)
        audit.record(
            session,
            member.space_id,
            AuditKind.ROLE_CHANGED,
            actor_id=access.user.user_id,
            subject_id=user_id,
            role=body.role,
        )
        notify: dict[str, NotificationKind] = {user_id: "role_changed"}
        activity.announce(session, access, None, subject_id=member.space_id, notify=notify)
    return _view(changed, profile)


def remove(
    session: Session, access: Access, *, user_id: str, versions: Versions, parameters: Parameters
) -> None:
    """Remove a member, or leave. A removal closes the ways back in: see `_close_ways_back`.

    Raises:
        NotFound: the user is not in the space.
        Forbidden: the caller's role does not reach that far.
        OwnerIsFixed: the owner asks to leave.
        PreconditionFailed: the membership is at none of these versions.
    """
    member, profile = _read(session, access, user_id)
    leaves = user_id == access.user.user_id and member.role is not Role.OWNER
    if not leaves:
        _require_power(access, member)
    member.require_version(versions)
    if leaves:
        _close_sent(session, member)
    else:
        session.add(access.membership_unchanged())
        _close_ways_back(session, access, member, profile, parameters)
    session.add(
        MEMBERSHIPS.delete(member),
        SPACES.increment(SPACES.key(space_id=member.space_id), {"member_count": -1}),
    )
    if profile is not None:
        session.add(USER_PROFILES.increment(USER_PROFILES.key(user_id=user_id), {"space_count": -1}))
    kind = AuditKind.MEMBER_LEFT if leaves else AuditKind.MEMBER_REMOVED
    audit.record(session, member.space_id, kind, actor_id=access.user.user_id, subject_id=user_id)
    activity.announce(session, access, None, subject_id=member.space_id, notify={user_id: "removed"})


def _close_ways_back(
    session: Session, access: Access, member: Membership, profile: UserProfile | None, parameters: Parameters
) -> None:
    """Rotate the code that a member may know, and close the invitations to them and those that they sent."""
    invite_codes.rotate_if_any(session, access, parameters=parameters)
    if profile is not None:
        invitations.close_open(session, target_id=member.space_id, email=profile.email)
    _close_sent(session, member)


def _close_sent(session: Session, member: Membership) -> None:
    if Action.INVITE in ALLOWED[member.role]:
        invitations.close_sent(session, target_id=member.space_id, user_id=member.user_id)


def _read(session: Session, access: Access, user_id: str) -> tuple[Membership, UserProfile | None]:
    keys = (
        MEMBERSHIPS.key(space_id=access.space.space_id, user_id=user_id),
        USER_PROFILES.key(user_id=user_id),
    )
    member, profile = session.read(keys)
    if member is None:
        raise NotFound
    return member, profile


def _require_power(access: Access, member: Membership, role: Role = Role.MEMBER) -> None:
    """Check that the caller may take `member` from their role, and give them `role`."""
    access.require(Action.MANAGE_ADMINS if Role.ADMIN in (member.role, role) else Action.MANAGE_MEMBERS)
    if member.role is Role.OWNER:
        raise OwnerIsFixed if access.role is Role.OWNER else Forbidden


def _view(member: Membership, profile: UserProfile | None) -> MemberView:
    name = profile.name if profile and profile.status == "active" else None
    return MemberView.of(member, name=name, joined_at=member.created_at)
