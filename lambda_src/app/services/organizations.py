"""Organizations: founding, changing and dissolving them, and their users' coming, roles and going.

Who is in an organization, and as what, stands in each user's profile. The organization counts them.
"""

from app.core.database import Session
from app.core.errors import AlreadyInOrganization, AlreadyMember, LastAdmin, NotFound, OrganizationNotEmpty
from app.core.records import Versions
from app.core.writes import Write
from app.models.access_patterns import ORGANIZATIONS, USER_PROFILES, users_of_organization
from app.models.fields import Page, page_of
from app.models.invitations import Invitation
from app.models.organizations import (
    Organization,
    OrganizationCreate,
    OrganizationPatch,
    OrganizationUserPatch,
    OrganizationUserView,
    OrganizationView,
    OrgRole,
)
from app.models.users import UserProfile
from app.services import invitations, lifecycle
from app.services.permissions import Action, OrganizationAccess


def create(session: Session, user: UserProfile, body: OrganizationCreate) -> OrganizationView:
    """Found an organization; the caller becomes its admin.

    Raises:
        AlreadyInOrganization: the caller is in one.
    """
    if user.org_id is not None:
        raise AlreadyInOrganization
    organization = Organization(
        org_id=session.new_id(),
        member_count=1,
        admin_count=1,
        created_at=session.now,
        updated_at=session.now,
        **dict(body),
    )
    session.add(
        ORGANIZATIONS.create(organization),
        _membership_write(session, user, organization.org_id, OrgRole.ADMIN),
    )
    return OrganizationView.of(organization, role=OrgRole.ADMIN)


def update(
    session: Session, access: OrganizationAccess, body: OrganizationPatch, *, versions: Versions
) -> OrganizationView:
    """Change the organization's own fields.

    Raises:
        PreconditionFailed: it is at none of these versions.
    """
    access.organization.require_version(versions)
    changed = access.organization.patched(session.now, body.changes())
    if changed is not access.organization:
        session.add(ORGANIZATIONS.update(access.organization, changed), access.profile_unchanged())
    return OrganizationView.of(changed, role=access.role)


def delete(session: Session, access: OrganizationAccess, *, versions: Versions) -> None:
    """Dissolve the organization; its invitations go in the background.

    Raises:
        OrganizationNotEmpty: others are in it.
        PreconditionFailed: it is at none of these versions.
    """
    organization = access.organization
    organization.require_version(versions)
    if organization.member_count > 1:
        raise OrganizationNotEmpty
    session.add(
        ORGANIZATIONS.delete(organization, require={"member_count": 1}),
        _membership_write(session, access.user, None, None),
    )
    lifecycle.delete_children_later(session, organization)


def list_users(
    session: Session, access: OrganizationAccess, *, limit: int, cursor: str | None
) -> Page[OrganizationUserView]:
    """The organization's users, by user id."""
    query = users_of_organization(access.organization.org_id)
    found = session.table.page(query, limit=limit, cursor=cursor)
    return page_of(found, user_view)


def enter(session: Session, user: UserProfile, *, accepted: Invitation) -> OrganizationUserView:
    """Make the user a member, with the role of the invitation that they accept.

    Their other open invitation to the organization, to another address of theirs, is closed.

    Raises:
        AlreadyMember: the user is in this organization.
        AlreadyInOrganization: the user is in another one.
    """
    org_id, role = accepted.target_id, OrgRole(accepted.role)
    if user.org_id is not None:
        raise AlreadyMember if user.org_id == org_id else AlreadyInOrganization
    invitations.close_open(session, target_id=org_id, email=user.email, accepted=accepted)
    changed = _with_membership(session, user, org_id, role)
    session.add(USER_PROFILES.update(user, changed), _count(org_id, members=1, admins=_admins(role)))
    return user_view(changed)


def change_role(
    session: Session,
    access: OrganizationAccess,
    body: OrganizationUserPatch,
    *,
    user_id: str,
    versions: Versions,
) -> OrganizationUserView:
    """Give a user another role. Whoever is admin no more has the invitations closed that they sent.

    Raises:
        NotFound: the user is not in the organization.
        LastAdmin: there would be no admin left.
        PreconditionFailed: the user is at none of these versions.
    """
    user = _read(session, access, user_id)
    user.require_version(versions)
    if user.org_role is body.role:
        return user_view(user)
    _require_another_admin(access, user)
    changed = _with_membership(session, user, user.org_id, body.role)
    admins = _admins(body.role) - _admins(user.org_role)
    if admins < 0:
        _close_ways_back(session, user)
    session.add(USER_PROFILES.update(user, changed), _count(access.organization.org_id, admins=admins))
    _require_still(session, access, user)
    return user_view(changed)


def remove(session: Session, access: OrganizationAccess, *, user_id: str, versions: Versions) -> None:
    """Leave the organization, or remove a user. The invitations to them, and those they sent, are closed.

    Raises:
        Forbidden: removing others is for admins.
        NotFound: the user is not in the organization.
        LastAdmin: there would be no admin left.
        PreconditionFailed: the user is at none of these versions.
    """
    if user_id != access.user.user_id:
        access.require(Action.MANAGE_ORGANIZATION)
    user = _read(session, access, user_id)
    user.require_version(versions)
    _require_another_admin(access, user)
    _close_ways_back(session, user)
    session.add(
        _membership_write(session, user, None, None),
        _count(access.organization.org_id, members=-1, admins=-_admins(user.org_role)),
    )
    _require_still(session, access, user)


def leave_for_good(session: Session, user: UserProfile) -> list[Write]:
    """What takes someone whose account goes out of their organization, but for the profile itself.

    Raises:
        LastAdmin: there would be no admin left.
    """
    if user.org_id is None:
        return []
    if user.org_role is OrgRole.ADMIN:
        organization = session.table.get(ORGANIZATIONS.key(org_id=user.org_id))
        if organization is not None and organization.admin_count == 1:
            raise LastAdmin
    return [_count(user.org_id, members=-1, admins=-_admins(user.org_role))]


def pass_on(session: Session, user: UserProfile) -> bool:
    """Make another user an admin where the last one is gone, or dissolve an empty organization.

    Say whether there was anything to do.
    """
    if user.org_id is None or user.org_role is not OrgRole.ADMIN:
        return False
    organization = session.table.get(ORGANIZATIONS.key(org_id=user.org_id))
    if organization is None or organization.admin_count > 1:
        return False
    users = session.table.first(users_of_organization(user.org_id), at_most=2)
    heir = next((other for other in users if other.user_id != user.user_id), None)
    if heir is None:
        session.add(ORGANIZATIONS.delete(organization, require={"member_count": 1}))
        session.add(_membership_write(session, user, None, None))
        lifecycle.delete_children_later(session, organization)
    else:
        session.add(
            _membership_write(session, heir, user.org_id, OrgRole.ADMIN), _count(user.org_id, admins=1)
        )
    return True


def user_view(user: UserProfile) -> OrganizationUserView:
    """A user of an organization, as the others see them."""
    return OrganizationUserView.of(user, role=user.org_role)


def _read(session: Session, access: OrganizationAccess, user_id: str) -> UserProfile:
    if user_id == access.user.user_id:
        return access.user
    user = session.table.get(USER_PROFILES.key(user_id=user_id))
    if user is None or user.org_id != access.organization.org_id:
        raise NotFound
    return user


def _close_ways_back(session: Session, user: UserProfile) -> None:
    """Close the open invitations to a user's address and those that they sent."""
    org_id = str(user.org_id)
    invitations.close_open(session, target_id=org_id, email=user.email)
    if user.org_role is OrgRole.ADMIN:
        invitations.close_sent(session, target_id=org_id, user_id=user.user_id)


def _require_another_admin(access: OrganizationAccess, user: UserProfile) -> None:
    if user.org_role is OrgRole.ADMIN and access.organization.admin_count == 1:
        raise LastAdmin


def _require_still(session: Session, access: OrganizationAccess, user: UserProfile) -> None:
    # A change of one's own profile has this condition in itself, and one item is written only once.
    if user is not access.user:
        session.add(access.profile_unchanged())


def _with_membership(
    session: Session, user: UserProfile, org_id: str | None, role: OrgRole | None
) -> UserProfile:
    return user.patched(session.now, {"org_id": org_id, "org_role": role})


def _membership_write(session: Session, user: UserProfile, org_id: str | None, role: OrgRole | None) -> Write:
    return USER_PROFILES.update(user, _with_membership(session, user, org_id, role))


def _count(org_id: str, *, members: int = 0, admins: int = 0) -> Write:
    by = {"member_count": members, "admin_count": admins}
    return ORGANIZATIONS.increment(ORGANIZATIONS.key(org_id=org_id), by, at_least={"admin_count": 1})


def _admins(role: OrgRole | None) -> int:
    return int(role is OrgRole.ADMIN)
