"""Checking with Cognito who has a verified address, and erasing accounts that nobody can sign in to."""

from app.background.cascades import for_each_in_transaction
from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.models.access_patterns import EMAIL_CLAIMS, USER_PROFILES, memberships_of_user
from app.models.members import Role
from app.models.messages import CheckAddress, EraseAccount
from app.models.users import UserProfile
from app.services import addresses, organizations, outbox, ownership, reminders

# A moved address may be claimed by a profile whose own has moved, and so on; a claim is contested no further.
_MAX_HOPS = 5


def check(work: Work, message: CheckAddress) -> None:
    """Have a profile follow the address that Cognito has for it; erase it if the pool has no such user."""
    profile = work.table.get(USER_PROFILES.key(user_id=message.user_id))
    if profile is None or profile.status != "active":
        return
    user = work.directory.find_user(profile.user_id)
    if user is None:
        _close(work, profile)
    elif user.email is not None and user.email != profile.email and message.hops < _MAX_HOPS:
        _move(work.session, profile, user.email, message.hops + 1)


def _move(session: Session, profile: UserProfile, email: str, hops: int) -> None:
    as_of = int(session.now.timestamp())
    changed = profile.patched(session.now, {"email": email, "email_as_of": as_of})
    session.add(USER_PROFILES.update(profile, changed), *addresses.release(session, profile))
    claim = session.table.get(EMAIL_CLAIMS.key(email=email))
    if claim is None:
        session.add(EMAIL_CLAIMS.create(addresses.new_claim(session, changed)))
    elif claim.user_id != profile.user_id:
        session.add(EMAIL_CLAIMS.update(claim, claim.patched(session.now, {"user_id": profile.user_id})))
        outbox.enqueue(session, CheckAddress(user_id=claim.user_id, hops=hops))


def _close(work: Work, profile: UserProfile) -> None:
    """Close the account as its owner would have done, after passing on what must not be without one."""
    owned = memberships_of_user(profile.user_id).where(role=Role.OWNER)
    if for_each_in_transaction(work, owned, ownership.pass_on) or organizations.pass_on(
        work.session, profile
    ):
        raise ContinueLater
    closed = {"status": "deleting", "org_id": None, "org_role": None}
    reminders.sync_reminder(work.session, profile, None)
    work.session.add(
        *organizations.leave_for_good(work.session, profile),
        *addresses.release(work.session, profile),
        USER_PROFILES.update(profile, profile.patched(work.session.now, closed), require={"owned_spaces": 0}),
    )
    # Invitations to the address are for whoever has it now.
    message = EraseAccount(operation_id=work.session.new_id(), account_id=profile.user_id, email=None)
    outbox.start_operation(work.session, message, user_id=profile.user_id)
