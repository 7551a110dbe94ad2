"""Those who are invited: what invitations they have, accepting and declining.

An invitation is for whoever has the verified e-mail that it was sent to. For anyone else there is none.
"""

from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import InvitationClosed, NotFound
from app.core.security import Identity
from app.models.access_patterns import (
    INVITATIONS,
    MEMBERSHIPS,
    ORGANIZATIONS,
    SPACES,
    USER_PROFILES,
    invitations_of,
)
from app.models.fields import Page
from app.models.invitations import Accepted, Invitation, InvitationStatus, InvitationView
from app.models.members import MemberView, Role
from app.models.organizations import OrganizationUserView
from app.models.users import UserProfile
from app.services import members, organizations
from app.services.invitations import close
from app.services.permissions import ALLOWED, ALLOWED_IN_ORGANIZATION, Access, Action


def list_page(
    session: Session, identity: Identity, *, limit: int, cursor: str | None
) -> Page[InvitationView]:
    """The caller's open invitations, newest first. A page may be short while the list goes on."""
    if identity.email is None:
        return Page(items=[], next_cursor=None)
    query = invitations_of(identity.email).where(status=InvitationStatus.PENDING)
    found = session.table.page(query, limit=limit, cursor=cursor)
    items = [InvitationView.at(session.now, invitation) for invitation in found.items]
    return Page(
        items=[item for item in items if item.status is InvitationStatus.PENDING],
        next_cursor=found.next_cursor,
    )


def accept(
    session: Session, user: UserProfile, *, identity: Identity, invitation_id: str, parameters: Parameters
) -> Accepted:
    """Become what the invitation says. Raises what `members.enter` and `organizations.enter` raise, and:

    Raises:
        NotFound: the caller was sent no such invitation.
        InvitationClosed: it is no longer open, what it leads to is gone, or whoever sent it may not
            invite to that role any more.
    """
    invitation = _read_open(session, identity, invitation_id)
    accepted: Accepted
    if invitation.target_kind == "space":
        accepted = _enter_space(session, user, invitation, parameters)
    else:
        accepted = _enter_organization(session, user, invitation)
    session.add(*close(session, invitation, InvitationStatus.ACCEPTED))
    return accepted


def decline(session: Session, identity: Identity, *, invitation_id: str) -> None:
    """Reject the invitation.

    Raises:
        NotFound: the caller was sent no such invitation.
        InvitationClosed: it is no longer open.
    """
    invitation = _read_open(session, identity, invitation_id)
    session.add(*close(session, invitation, InvitationStatus.DECLINED))


def _enter_space(
    session: Session, user: UserProfile, invitation: Invitation, parameters: Parameters
) -> MemberView:
    space_id, inviter_id = invitation.target_id, invitation.invited_by
    keys = (
        SPACES.key(space_id=space_id),
        MEMBERSHIPS.key(space_id=space_id, user_id=user.user_id),
        MEMBERSHIPS.key(space_id=space_id, user_id=inviter_id),
        USER_PROFILES.key(user_id=inviter_id),
    )
    space, membership, inviter, profile = session.table.batch_get(keys, consistent=True)
    if space is None or space.status != "active":
        raise InvitationClosed
    needed = Action.MANAGE_ADMINS if invitation.role is Role.ADMIN else Action.INVITE
    if inviter is None or needed not in ALLOWED[inviter.role] or not _is_active(profile):
        raise InvitationClosed
    view = members.enter(
        session,
        Access(user, space, membership),
        role=invitation.role,
        parameters=parameters,
        accepted=invitation,
    )
    session.add(MEMBERSHIPS.require_unchanged(inviter), USER_PROFILES.require_unchanged(profile))
    return view


def _enter_organization(session: Session, user: UserProfile, invitation: Invitation) -> OrganizationUserView:
    keys = (
        ORGANIZATIONS.key(org_id=invitation.target_id),
        USER_PROFILES.key(user_id=invitation.invited_by),
    )
    organization, inviter = session.table.batch_get(keys, consistent=True)
    if organization is None or not _is_active(inviter) or inviter.org_id != invitation.target_id:
        raise InvitationClosed
    if Action.MANAGE_ORGANIZATION not in ALLOWED_IN_ORGANIZATION[inviter.org_role]:
        raise InvitationClosed
    view = organizations.enter(session, user, accepted=invitation)
    session.add(USER_PROFILES.require_unchanged(inviter))
    return view


def _is_active(profile: UserProfile | None) -> bool:
    return profile is not None and profile.status == "active"


def _read_open(session: Session, identity: Identity, invitation_id: str) -> Invitation:
    # By the index, which knows whose it is, and then by the table, which knows how it stands.
    mine = invitations_of(identity.email, invitation_id) if identity.email else None
    found = session.table.first(mine, at_most=1) if mine else []
    invitation = session.table.get(INVITATIONS.key_of(found[0])) if found else None
    if invitation is None:
        raise NotFound
    if invitation.status_at(session.now) is not InvitationStatus.PENDING:
        raise InvitationClosed
    return invitation
