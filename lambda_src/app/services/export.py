"""A copy of everything that a person wrote or is the subject of, a page at a time."""

import re
from typing import Any

from app.core.database import Session
from app.core.errors import InvalidCursor
from app.core.queries import Query
from app.core.records import Record
from app.core.security import Identity
from app.models.access_patterns import (
    AUTHORED,
    CHECK_INS,
    INVITATIONS,
    USER_PROFILES,
    invitations_of,
    memberships_of_user,
    notifications_of_user,
)
from app.models.export import ExportItem
from app.models.fields import Page
from app.models.invitations import Invitation, InvitationClaim
from app.models.users import UserProfile


def list_page(
    session: Session, user: UserProfile, *, identity: Identity, limit: int, cursor: str | None
) -> Page[ExportItem]:
    """One page of one query, by one Query and at most one BatchGet; the last page of each may be short.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    queries = _queries(identity, user)
    number, position = _parse_cursor(cursor)
    if number >= len(queries):
        raise InvalidCursor
    found = session.table.page(queries[number], limit=limit, cursor=position)
    following = f"{number + 1}." if number + 1 < len(queries) else None
    return Page(
        items=[_item(record) for record in _with_invitations(session, found.items)],
        next_cursor=f"{number}.{found.next_cursor}" if found.next_cursor else following,
    )


def _queries(identity: Identity, user: UserProfile) -> list[Query[Any]]:
    # Invitations are for the verified e-mail of the token, which the profile may not have followed.
    invited = [invitations_of(identity.email)] if identity.email else []
    return [
        USER_PROFILES.within(user_id=user.user_id),
        memberships_of_user(user.user_id),
        AUTHORED.on_gsi1(user_id=user.user_id),
        CHECK_INS.on_gsi1(user_id=user.user_id),
        *invited,
        notifications_of_user(user.user_id),
    ]


def _parse_cursor(cursor: str | None) -> tuple[int, str | None]:
    match = re.fullmatch(r"([0-9])\.(.*)", cursor or "0.")
    if match is None:
        raise InvalidCursor
    return int(match[1]), match[2] or None


def _with_invitations(session: Session, records: list[Record]) -> list[Record]:
    """What the caller wrote to people whom they invited stands in the invitation, not in its claim."""
    keys = {
        record.invitation_id: INVITATIONS.key(target_id=record.target_id, invitation_id=record.invitation_id)
        for record in records
        if isinstance(record, InvitationClaim)
    }
    invitations = dict(zip(keys, session.table.batch_get(list(keys.values())), strict=True))
    found = [invitations[r.invitation_id] if isinstance(r, InvitationClaim) else r for r in records]
    return [record for record in found if record is not None]


def _item(record: Record) -> ExportItem:
    # An address is the invited person's, who may be somebody else.
    data = record.model_dump(mode="json", exclude={"email"} if isinstance(record, Invitation) else None)
    return ExportItem(kind=re.sub(r"(?<!^)(?=[A-Z])", "_", type(record).__name__).lower(), data=data)
