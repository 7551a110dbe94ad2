"""Erasing an account: what a person wrote anywhere, and then the person.

Of what others have added to, that stays which its entity says (`Entity.on_author_erased`).
"""

from datetime import datetime, timedelta
from functools import partial

from app.background.cascades import for_each_in_transaction
from app.background.lifecycle import delete_children, delete_current, erase_current
from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.core.records import Record
from app.models.access_patterns import (
    AUTHOR_GROUPS,
    ENTITIES,
    ERASED_USERS,
    OPERATIONS,
    SPACES,
    USER_PROFILES,
    memberships_of_user,
)
from app.models.audit import AuditKind
from app.models.members import Membership
from app.models.messages import EraseAccount, EraseRemains
from app.models.users import ErasedUser
from app.services import audit, outbox
from app.services.lifecycle import fields_for_children

# Longer than any token of the erased user is valid: an ID token at most a day, and refreshing asks the pool.
TOMBSTONE_KEPT = timedelta(days=30)
# GSI1 is eventually consistent, and AWS names no bound: usually a fraction of a second, longer in a failure.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
_LATER_PASS = timedelta(hours=1)
_ANCESTORS = frozenset({USER_PROFILES.name})
_delete = partial(delete_current, _ANCESTORS)


def erase(work: Work, message: EraseAccount) -> None:
    """Erase an account that is closed: its profile is `deleting`.

    Memberships go first, so that no write of the person's commits any more; then what they wrote, each
    with what hangs on it. Sign-in and profile go last, so that no new profile is made meanwhile.
    """
    user_id = message.account_id
    profile = work.table.get(USER_PROFILES.key(user_id=user_id))
    if profile is None:
        return
    found = _erase_by_index(work, user_id)
    if message.email is not None:
        # Those to the verified e-mail of the token, which the profile may not have followed.
        found += _erase_sent_to(work, message.email)
    if any(found):
        # Another message asks the index again, which lags behind the table.
        raise ContinueLater
    delete_children(work, USER_PROFILES, fields_for_children(profile))
    work.directory.delete_user(user_id)
    tombstone = ErasedUser(
        user_id=user_id,
        purge_at=work.session.now + TOMBSTONE_KEPT,
        created_at=work.session.now,
        updated_at=work.session.now,
    )
    work.session.add(
        ERASED_USERS.create(tombstone), USER_PROFILES.delete_if_exists(USER_PROFILES.key_of(profile))
    )
    # By the operation's id: the person's own stands nowhere else any more.
    remains = EraseRemains(erasure_id=message.operation_id, erased_at=work.session.now)
    outbox.enqueue(work.session, remains, due_at=work.session.now + _LATER_PASS)


def erase_remains(work: Work, message: EraseRemains) -> None:
    """Erase what the index had not told of when the account was erased, an hour before.

    What was written since is somebody's who has come back, and stays.
    """
    erasure = work.table.get(OPERATIONS.key(operation_id=message.erasure_id))
    if erasure is None:
        return  # a week has passed
    if any(_erase_by_index(work, erasure.started_by, message.erased_at)):
        raise ContinueLater


def _erase_by_index(work: Work, user_id: str, before: datetime | None = None) -> list[bool]:
    """Erase the memberships and writings that GSI1 tells of; say of each list whether there were any.

    Those made from `before` on are left alone.
    """

    def is_meant(item: Record) -> bool:
        return before is None or item.created_at < before

    return [
        for_each_in_transaction(work, memberships_of_user(user_id), _leave, is_meant),
        *(
            for_each_in_transaction(
                work, group.on_gsi1(user_id=user_id), partial(erase_current, work, _ANCESTORS), is_meant
            )
            for group in AUTHOR_GROUPS
        ),
    ]


def _erase_sent_to(work: Work, email: str) -> list[bool]:
    """Erase what GSI1 tells of that was sent to an e-mail address; say of each list whether there was any."""
    return [
        for_each_in_transaction(work, entity.on_gsi1(**{entity.addressee: email}), _delete)
        for entity in ENTITIES
        if entity.addressee is not None
    ]


def _leave(session: Session, membership: Membership) -> None:
    space_id, user_id = membership.space_id, membership.user_id
    if _delete(session, membership) and session.table.get(SPACES.key(space_id=space_id)) is not None:
        audit.record(session, space_id, AuditKind.MEMBER_LEFT, actor_id=user_id, subject_id=user_id)
