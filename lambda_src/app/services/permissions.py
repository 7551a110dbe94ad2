"""Who may do what in a space or an organization: one table of role x action for each.

Every route below one of them names its action in its signature (`app.api.deps.require_space_action` and
`require_organization_action`). `None` as a role is a signed-in caller who is not a member, and applies to
public spaces only: a private space or another user's organization does not exist for them (404).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from app.core.database import Session
from app.core.entities import Key
from app.core.errors import Forbidden, NotFound, ProfileRequired
from app.core.writes import Write
from app.models.access_patterns import MEMBERSHIPS, ORGANIZATIONS, SPACES, USER_PROFILES
from app.models.members import Membership, Role
from app.models.organizations import Organization, OrgRole
from app.models.spaces import Space, Visibility
from app.models.users import UserProfile


class Action(StrEnum):
    """What one can want to do in a space or an organization."""

    READ_CARD = auto()
    READ_SPACE = auto()
    JOIN_PUBLIC_SPACE = auto()
    LEAVE_SPACE = auto()
    COMMENT = auto()
    REACT = auto()
    WRITE_CONTENT = auto()
    DELETE_OTHERS_CONTENT = auto()
    EDIT_SPACE = auto()
    INVITE = auto()
    MANAGE_INVITE_CODE = auto()
    MANAGE_MEMBERS = auto()
    READ_AUDIT = auto()
    MANAGE_ADMINS = auto()
    TRANSFER_OWNERSHIP = auto()
    DELETE_SPACE = auto()
    READ_ORGANIZATION = auto()
    LEAVE_ORGANIZATION = auto()
    MANAGE_ORGANIZATION = auto()


_VIEWER = frozenset(
    {
        Action.READ_CARD,
        Action.READ_SPACE,
        Action.JOIN_PUBLIC_SPACE,
        Action.LEAVE_SPACE,
        Action.COMMENT,
        Action.REACT,
    }
)
_MEMBER = _VIEWER | {Action.WRITE_CONTENT}
_ADMIN = _MEMBER | {
    Action.DELETE_OTHERS_CONTENT,
    Action.EDIT_SPACE,
    Action.INVITE,
    Action.MANAGE_INVITE_CODE,
    Action.MANAGE_MEMBERS,
    Action.READ_AUDIT,
}
_OWNER = _ADMIN | {Action.MANAGE_ADMINS, Action.TRANSFER_OWNERSHIP, Action.DELETE_SPACE}

ALLOWED: dict[Role | None, frozenset[Action]] = {
    Role.OWNER: _OWNER,
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _MEMBER,
    Role.VIEWER: _VIEWER,
    None: frozenset({Action.READ_CARD, Action.JOIN_PUBLIC_SPACE}),
}
_ORG_MEMBER = frozenset({Action.READ_ORGANIZATION, Action.LEAVE_ORGANIZATION})

ALLOWED_IN_ORGANIZATION: dict[OrgRole, frozenset[Action]] = {
    OrgRole.ADMIN: _ORG_MEMBER | {Action.MANAGE_ORGANIZATION},
    OrgRole.MEMBER: _ORG_MEMBER,
}


@dataclass(frozen=True)
class Access:
    """A caller in a space, as one consistent read saw them."""

    user: UserProfile
    space: Space
    membership: Membership | None

    @property
    def role(self) -> Role | None:
        """The caller's role; None for someone who is not a member."""
        return self.membership.role if self.membership else None

    def require(self, action: Action) -> None:
        """Check one more action, where it depends on the request.

        Raises:
            Forbidden: the caller's role does not allow it.
        """
        if action not in ALLOWED[self.role]:
            raise Forbidden

    @property
    def member(self) -> Membership:
        """The caller's membership.

        Raises:
            Forbidden: they have none.
        """
        if self.membership is None:
            raise Forbidden
        return self.membership

    def membership_unchanged(self) -> Write:
        """A condition for the commit: the caller's membership is still the one that was read."""
        return MEMBERSHIPS.require_unchanged(self.member)


@dataclass(frozen=True)
class OrganizationAccess:
    """A caller in their organization, as one consistent read saw them."""

    user: UserProfile
    organization: Organization
    role: OrgRole

    def require(self, action: Action) -> None:
        """Check one more action, where it depends on the request.

        Raises:
            Forbidden: the caller's role does not allow it.
        """
        if action not in ALLOWED_IN_ORGANIZATION[self.role]:
            raise Forbidden

    def profile_unchanged(self) -> Write:
        """A condition for the commit: the caller's profile, which holds the role, is as it was read."""
        return USER_PROFILES.require_unchanged(self.user)


def require_profile(session: Session, user_id: str) -> UserProfile:
    """The caller's own profile.

    Raises:
        ProfileRequired: the caller has none yet, or it is being erased.
    """
    profile = session.table.get(USER_PROFILES.key(user_id=user_id))
    if profile is None or profile.status != "active":
        raise ProfileRequired
    return profile


def authorize(
    session: Session, *, user_id: str, space_id: str, action: Action, items: Sequence[Key[Any]] = ()
) -> Access:
    """Read caller, space and membership together, consistently, and check the action.

    `items` are read in the same call: whoever asks the session for one of them then needs none.

    Raises:
        ProfileRequired: the caller has no profile.
        NotFound: there is no such space, it is being deleted, or it is private and not the caller's.
        Forbidden: the caller's role does not allow the action.
    """
    keys = (
        USER_PROFILES.key(user_id=user_id),
        SPACES.key(space_id=space_id),
        MEMBERSHIPS.key(space_id=space_id, user_id=user_id),
    )
    user, space, membership, *_ = session.read([*keys, *items])
    if user is None or user.status != "active":
        raise ProfileRequired
    if space is None or space.status != "active":
        raise NotFound
    if membership is None and space.visibility is Visibility.PRIVATE:
        raise NotFound
    access = Access(user, space, membership)
    access.require(action)
    return access


def authorize_in_organization(
    session: Session, *, user_id: str, org_id: str, action: Action
) -> OrganizationAccess:
    """Read caller and organization together, consistently, and check the action.

    Raises:
        ProfileRequired: the caller has no profile.
        NotFound: there is no such organization, or the caller is not in it.
        Forbidden: the caller's role does not allow the action.
    """
    keys = (USER_PROFILES.key(user_id=user_id), ORGANIZATIONS.key(org_id=org_id))
    user, organization = session.table.batch_get(keys, consistent=True)
    if user is None or user.status != "active":
        raise ProfileRequired
    if organization is None or user.org_id != org_id:
        raise NotFound
    access = OrganizationAccess(user, organization, user.org_role)
    access.require(action)
    return access
