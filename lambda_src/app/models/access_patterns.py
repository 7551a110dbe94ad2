"""Every entity of the table and every way it is read, on one page.

`docs/access-patterns.md` is generated from here. An entity says where its items live; a function says
one list that the product needs. No other module writes a key or a key prefix.
"""

from app.core.entities import Entity
from app.core.queries import Query
from app.models.idempotency import IdempotencyRecord
from app.models.members import Membership
from app.models.operations import Operation, OutboxMessage
from app.models.spaces import InviteCode, InviteCodePointer, JoinTries, Space, Visibility
from app.models.users import EmailClaim, UserProfile

USER_PROFILES = Entity(
    name="UserProfile",
    model=UserProfile,
    pk="USER#{user_id}",
    sk="PROFILE",
    gsi1pk="ORG#{org_id}",
    gsi1sk="USER#{user_id}",
    indexed=lambda profile: profile.org_id is not None,
)
EMAIL_CLAIMS = Entity(name="EmailClaim", model=EmailClaim, pk="EMAIL#{email}", sk="CLAIM")
SPACES = Entity(
    name="Space",
    model=Space,
    pk="SPACE#{space_id}",
    sk="SPACE",
    gsi1pk="PUBLIC",
    gsi1sk="{created_at}#{space_id}",
    indexed=lambda space: space.visibility is Visibility.PUBLIC and space.status == "active",
)
MEMBERSHIPS = Entity(
    name="Membership",
    model=Membership,
    pk="SPACE#{space_id}",
    sk="MEMBER#{user_id}",
    gsi1pk="USER#{user_id}",
    gsi1sk="SPACE#{space_id}",
)
INVITE_CODES = Entity(name="InviteCode", model=InviteCode, pk="CODE#{code}", sk="CODE", expires="expires_at")
INVITE_CODE_POINTERS = Entity(
    name="InviteCodePointer",
    model=InviteCodePointer,
    pk="SPACE#{space_id}",
    sk="INVITECODE",
    expires="expires_at",
)
JOIN_TRIES = Entity(name="RateLimit", model=JoinTries, pk="RATE#{user_id}", sk="JOIN", expires="forget_at")
IDEMPOTENCY_RECORDS = Entity(
    name="IdempotencyRecord",
    model=IdempotencyRecord,
    pk="IDEMPOTENCY#{user_id}",
    sk="{key}",
    expires="expires_at",
)
OPERATIONS = Entity(
    name="Operation",
    model=Operation,
    pk="OPERATION#{operation_id}",
    sk="OPERATION",
    expires="forget_at",
)
OUTBOX_MESSAGES = Entity(name="OutboxMessage", model=OutboxMessage, pk="OUTBOX#{shard}", sk="{message_id}")


def members_of_space(space_id: str) -> Query[Membership]:
    """The members of a space, by user id."""
    return MEMBERSHIPS.within(space_id=space_id)


def memberships_of_user(user_id: str) -> Query[Membership]:
    """The spaces that a user is in, the one made last first."""
    return MEMBERSHIPS.on_gsi1(user_id=user_id).backwards()


def public_spaces() -> Query[Space]:
    """The public spaces, newest first."""
    return SPACES.on_gsi1().backwards()
