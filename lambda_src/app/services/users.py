"""People: making and changing one's profile, seeing each other, and the spaces one is in."""

from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import (
    AccountErased,
    EmailNotVerified,
    EmailTaken,
    NotFound,
    OwnsSpaces,
    ProfileExists,
)
from app.core.records import Versions
from app.core.security import Identity
from app.models.access_patterns import (
    EMAIL_CLAIMS,
    ERASED_USERS,
    MEMBERSHIPS,
    SPACES,
    USER_PROFILES,
    memberships_of_user,
)
from app.models.fields import Page
from app.models.members import Role
from app.models.messages import EraseAccount
from app.models.operations import OperationView
from app.models.spaces import SpaceView
from app.models.users import PublicUserView, UserCreate, UserPatch, UserProfile, UserView
from app.services import addresses, organizations, outbox, permissions, reminders

# So long a caller may expect the check of a contested address to take.
CHECK_TAKES_S = 5


def create(session: Session, identity: Identity, body: UserCreate) -> UserView:
    """Make the caller's profile and claim the e-mail.

    Where another profile claims it, whether that one still may is checked in the background.

    Raises:
        EmailNotVerified: the e-mail is not the token's verified one.
        ProfileExists: the caller has a profile.
        EmailTaken: another profile has the e-mail.
        AccountErased: the caller's account has been erased.
    """
    _require_own_email(identity, body.email)
    claim = session.table.get(EMAIL_CLAIMS.key(email=body.email))
    if claim is not None and claim.user_id != identity.user_id:
        addresses.request_check(session, claim)
        raise EmailTaken(retry_after_s=CHECK_TAKES_S)
    profile = UserProfile(
        user_id=identity.user_id,
        email_as_of=identity.issued_at,
        created_at=session.now,
        updated_at=session.now,
        **dict(body),
    )
    session.add(
        USER_PROFILES.create(profile, on_conflict=ProfileExists()),
        ERASED_USERS.require_absent(
            ERASED_USERS.key(user_id=profile.user_id), session.now, on_conflict=AccountErased()
        ),
        EMAIL_CLAIMS.create(addresses.new_claim(session, profile), on_conflict=EmailTaken()),
    )
    reminders.sync_reminder(session, None, profile)
    return UserView.of(profile)


def update(
    session: Session, user: UserProfile, body: UserPatch, *, identity: Identity, versions: Versions
) -> UserView:
    """Change the caller's profile; a new e-mail's claim moves in the same transaction.

    Raises:
        PreconditionFailed: the profile is at none of these versions.
        EmailNotVerified: the new e-mail is not the token's verified one.
        EmailTaken: another profile has the new e-mail.
    """
    user.require_version(versions)
    changes = body.changes()
    if "preferences" in changes:
        changes["preferences"] = user.preferences.merged(changes["preferences"])
    changed = user.patched(session.now, changes)
    if changed is not user:
        session.add(USER_PROFILES.update(user, changed))
        reminders.sync_reminder(session, user, changed)
    if changed.email != user.email:
        _require_own_email(identity, changed.email)
        session.add(
            EMAIL_CLAIMS.create(addresses.new_claim(session, changed), on_conflict=EmailTaken()),
            *addresses.release(session, user),
        )
    return UserView.of(changed)


def delete(session: Session, user: UserProfile, *, identity: Identity, versions: Versions) -> OperationView:
    """Close the caller's account at once, and have what they wrote erased in the background.

    Raises:
        PreconditionFailed: the profile is at none of these versions.
        OwnsSpaces: the caller owns spaces; the detail lists their ids.
        LastAdmin: the caller is the last admin of an organization.
    """
    user.require_version(versions)
    if user.owned_spaces:
        query = memberships_of_user(user.user_id).where(role=Role.OWNER)
        owned = session.table.first(query, at_most=user.owned_spaces)
        raise OwnsSpaces(f"You own {', '.join(membership.space_id for membership in owned)}")
    closed = {"status": "deleting", "org_id": None, "org_role": None}
    reminders.sync_reminder(session, user, None)
    session.add(
        *organizations.leave_for_good(session, user),
        USER_PROFILES.update(user, user.patched(session.now, closed), require={"owned_spaces": 0}),
    )
    message = EraseAccount(operation_id=session.new_id(), account_id=user.user_id, email=identity.email)
    return OperationView.of(outbox.start_operation(session, message, user_id=user.user_id))


def get_shared(
    session: Session, user: UserProfile, *, user_id: str, parameters: Parameters
) -> PublicUserView:
    """What the caller may see of a person: something if they share a space or an organization.

    Costs one Query on GSI1 and one BatchGet, as the number of a user's spaces is limited; a second one
    for who is in exactly 100, as the person is the 101st key.

    Raises:
        NotFound: there is no such person, or the two share nothing.
    """
    mine = session.table.page(memberships_of_user(user.user_id), limit=parameters.max_spaces_per_user).items
    shared = [MEMBERSHIPS.key(space_id=membership.space_id, user_id=user_id) for membership in mine]
    other, *memberships = session.table.batch_get([USER_PROFILES.key(user_id=user_id), *shared])
    if other is None or other.status != "active":
        raise NotFound
    same_organization = other.org_id is not None and other.org_id == user.org_id
    if user_id != user.user_id and not same_organization and not any(memberships):
        raise NotFound
    return PublicUserView.of(other)


def list_spaces(
    session: Session, user_id: str, *, role: Role | None, limit: int, cursor: str | None
) -> Page[SpaceView]:
    """The caller's spaces with the caller's role in each, the one made last first.

    Costs one Query on GSI1 and one BatchGet, which reads the caller's profile too.

    Raises:
        ProfileRequired: the caller has none yet, or it is being erased.
    """
    query = memberships_of_user(user_id).where(role=role)
    memberships = session.table.page(query, limit=limit, cursor=cursor)
    keys = [SPACES.key(space_id=membership.space_id) for membership in memberships.items]
    user, *spaces = session.table.batch_get([USER_PROFILES.key(user_id=user_id), *keys])
    if user is None or user.status != "active":
        permissions.require_profile(session, user_id)  # that read may have been too early for a new profile
    return Page(
        items=[
            SpaceView.seen_by(membership.role, space)
            for membership, space in zip(memberships.items, spaces, strict=True)
            if space is not None and space.status == "active"
        ],
        next_cursor=memberships.next_cursor,
    )


def _require_own_email(identity: Identity, email: str) -> None:
    if email != identity.email:
        raise EmailNotVerified
