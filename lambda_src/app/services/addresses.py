"""The e-mail address of a profile: it follows the verified one of the token, and is claimed by one profile.

A claim is held until Cognito says that its holder has another verified address, or is gone. Cognito is
asked in the background (`app.background.addresses`), at most once in `CHECK_INTERVAL` for each address.
"""

from contextlib import suppress
from datetime import timedelta

from app.core.database import Session
from app.core.errors import StaleRead
from app.core.security import Identity
from app.core.writes import Write
from app.models.access_patterns import EMAIL_CLAIMS, USER_PROFILES
from app.models.messages import CheckAddress
from app.models.users import EmailClaim, UserProfile
from app.services import outbox

CHECK_INTERVAL = timedelta(minutes=1)


def new_claim(session: Session, profile: UserProfile) -> EmailClaim:
    """The claim of a profile to its address."""
    return EmailClaim(
        email=profile.email, user_id=profile.user_id, created_at=session.now, updated_at=session.now
    )


def release(session: Session, profile: UserProfile) -> list[Write]:
    """The write that gives up the profile's claim, if it still has one."""
    claim = session.table.get(EMAIL_CLAIMS.key(email=profile.email))
    return [EMAIL_CLAIMS.delete(claim)] if claim and claim.user_id == profile.user_id else []


def follow(session: Session, *, identity: Identity, user: UserProfile) -> UserProfile:
    """The caller's profile with the verified address of the token, which is written at once where it differs.

    Of two tokens the one issued later is right. Where another profile claims the address, nothing changes
    until its holder has been checked.

    Raises:
        StaleRead: the profile or a claim has changed since it was read.
    """
    is_outdated = user.email_as_of is not None and identity.issued_at < user.email_as_of
    if identity.email is None or identity.email == user.email or is_outdated:
        return user
    claim = session.table.get(EMAIL_CLAIMS.key(email=identity.email))
    if claim is not None and claim.user_id != user.user_id:
        request_check(session, claim)
        return user
    changed = user.patched(session.now, {"email": identity.email, "email_as_of": identity.issued_at})
    moved = [] if claim else [EMAIL_CLAIMS.create(new_claim(session, changed))]
    session.table.write([USER_PROFILES.update(user, changed), *moved, *release(session, user)])
    return changed


def request_check(session: Session, claim: EmailClaim) -> None:
    """Have the holder of a claim checked, unless that was asked for within `CHECK_INTERVAL`.

    It is written at once, as the request that asks is refused.
    """
    if claim.checked_at is not None and session.now < claim.checked_at + CHECK_INTERVAL:
        return
    separate = Session(session.table)
    separate.add(EMAIL_CLAIMS.update(claim, claim.patched(session.now, {"checked_at": session.now})))
    outbox.enqueue(separate, CheckAddress(user_id=claim.user_id, hops=0))
    with suppress(StaleRead):  # somebody else has asked for it
        separate.commit()
