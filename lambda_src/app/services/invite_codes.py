"""Invite codes: making, rotating and disabling them.

A space has at most one. The code leads to the space and a pointer leads back; both change together.
"""

import secrets
import string
from datetime import timedelta

from app.core.config import Parameters
from app.core.database import Session
from app.core.errors import NotFound
from app.core.records import Versions
from app.models.access_patterns import INVITE_CODE_POINTERS, INVITE_CODES
from app.models.audit import AuditKind
from app.models.spaces import InviteCode, InviteCodePointer, InviteCodeView
from app.services import audit
from app.services.permissions import Access

# Nothing that is read as something else: no I, O, 0 or 1.
ALPHABET = "".join(sorted(set(string.ascii_uppercase + string.digits) - set("IO01")))
# 32^12 codes: docs/guide/rate-limits.md has the arithmetic of guessing one.
LENGTH = 12


def get(session: Session, access: Access, *, parameters: Parameters) -> InviteCodeView:
    """The space's code.

    Raises:
        NotFound: the space has none, or it has expired.
    """
    return _view(_require(session, access), parameters)


def rotate(session: Session, access: Access, *, parameters: Parameters) -> InviteCodeView:
    """Make a code; an old one dies at once."""
    session.add(access.membership_unchanged())
    old = _read(session, access.space.space_id)
    return _view(_replace(session, access, old, parameters), parameters)


def disable(session: Session, access: Access, *, versions: Versions) -> None:
    """Take the code away.

    Raises:
        NotFound: the space has none, or it has expired.
        PreconditionFailed: the code is at none of these versions.
    """
    pointer = _require(session, access)
    pointer.require_version(versions)
    session.add(
        access.membership_unchanged(),
        INVITE_CODE_POINTERS.delete(pointer),
        INVITE_CODES.delete_if_exists(INVITE_CODES.key(code=pointer.code)),
    )
    _record(session, access, AuditKind.INVITE_CODE_DISABLED)


def rotate_if_any(session: Session, access: Access, *, parameters: Parameters) -> None:
    """Rotate the code of a space that has one; where there is none, none may be made meanwhile."""
    if old := _read(session, access.space.space_id):
        _replace(session, access, old, parameters)
    else:
        key = INVITE_CODE_POINTERS.key(space_id=access.space.space_id)
        session.add(INVITE_CODE_POINTERS.require_absent(key, session.now))


def _replace(
    session: Session, access: Access, old: InviteCodePointer | None, parameters: Parameters
) -> InviteCodePointer:
    _record(session, access, AuditKind.INVITE_CODE_MADE)
    space_id = access.space.space_id
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    expires_at = session.now + timedelta(days=parameters.invite_code_days)
    stamps = {"created_at": session.now, "updated_at": session.now}
    session.add(
        INVITE_CODES.create(InviteCode(code=code, space_id=space_id, expires_at=expires_at, **stamps))
    )
    if old is None:
        pointer = InviteCodePointer(space_id=space_id, code=code, expires_at=expires_at, **stamps)
        session.add(INVITE_CODE_POINTERS.create(pointer))
        return pointer
    pointer = old.patched(session.now, {"code": code, "expires_at": expires_at})
    session.add(
        INVITE_CODE_POINTERS.update(old, pointer),
        INVITE_CODES.delete_if_exists(INVITE_CODES.key(code=old.code)),
    )
    return pointer


def _read(session: Session, space_id: str) -> InviteCodePointer | None:
    return session.table.get(INVITE_CODE_POINTERS.key(space_id=space_id))


def _require(session: Session, access: Access) -> InviteCodePointer:
    pointer = _read(session, access.space.space_id)
    if pointer is None:
        raise NotFound("The space has no invite code")
    return pointer


def _record(session: Session, access: Access, kind: AuditKind) -> None:
    space_id = access.space.space_id
    audit.record(session, space_id, kind, actor_id=access.user.user_id, subject_id=space_id)


def _view(pointer: InviteCodePointer, parameters: Parameters) -> InviteCodeView:
    return InviteCodeView.of(pointer, url=parameters.link(f"join/{pointer.code}"))
