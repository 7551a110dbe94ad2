"""Inviting people by e-mail, one or many.

An e-mail has at most one open invitation to the same space or organization: a claim stands for it, and both
change in one transaction. Where the invitation has expired, inviting again renews it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any

from app.core.config import Parameters
from app.core.database import Session
from app.core.entities import Key
from app.core.errors import AlreadyInvited, Forbidden, Problem, TooManyInvitations, ValidationFailed
from app.models.access_patterns import EMAIL_CLAIMS, INVITATION_CLAIMS, INVITATION_COUNTS, INVITATIONS
from app.models.invitations import (
    InvalidInvitation,
    Invitation,
    InvitationBatch,
    InvitationClaim,
    InvitationCount,
    InvitationCreate,
    InvitationResult,
    InvitationResults,
    InvitationStatus,
    InvitationView,
    OrganizationInvitationCreate,
)
from app.services.invitations import InvitationTarget, enqueue_mail

# So long an expired or closed invitation can still be seen.
KEPT = timedelta(days=30)
Asked = InvitationCreate | OrganizationInvitationCreate


def create(
    session: Session, target: InvitationTarget, body: Asked, *, parameters: Parameters
) -> InvitationView:
    """Invite one person; the mail goes out in the background.

    Raises:
        Forbidden: inviting an admin to a space is for its owner.
        AlreadyMember: the person is in already.
        AlreadyInvited: the person has an open invitation.
        TooManyInvitations: the target, or the sender, has used up the addresses of today.
    """
    (outcome,) = _invite(session, target, [body], parameters)
    if isinstance(outcome, Problem):
        session.commit()  # what was looked up counts, although the request is refused
        raise outcome
    return InvitationView.at(session.now, outcome)


def create_batch(
    session: Session,
    target: InvitationTarget,
    body: InvitationBatch[Any],
    *,
    parameters: Parameters,
) -> InvitationResults:
    """Invite many people, each judged alone, in one transaction."""
    outcomes = _invite(session, target, body.invitations, parameters)
    return InvitationResults(
        results=[
            InvitationResult(email=asked.email, status=outcome.status, code=outcome.code)
            if isinstance(outcome, Problem)
            else InvitationResult(email=asked.email, status=201, invitation_id=outcome.invitation_id)
            for asked, outcome in zip(body.invitations, outcomes, strict=True)
        ]
    )


@dataclass
class _Known:
    """What the table says of those who are to be invited, by e-mail; None where it says nothing."""

    claims: dict[str, InvitationClaim | None]
    invitations: dict[str, Invitation | None]
    belongings: dict[str, Any]
    counts: dict[str, InvitationCount | None]

    def sent(self, target_id: str) -> int:
        """How many addresses were counted today for a target or a sender."""
        count = self.counts[target_id]
        return count.sent if count else 0


def _invite(
    session: Session,
    target: InvitationTarget,
    bodies: Sequence[Asked | InvalidInvitation],
    parameters: Parameters,
) -> list[Invitation | Problem]:
    """What becomes of each, in their order; what is written for those who can be invited."""
    emails = [body.email for body in bodies if not isinstance(body, InvalidInvitation)]
    known = _look_up(session, target, list(dict.fromkeys(emails)))
    room = min(limit - known.sent(target_id) for target_id, limit in _limits(target, parameters).items())
    outcomes: list[Invitation | Problem] = []
    invited: set[str] = set()
    counted = 0
    for body in bodies:
        try:
            if isinstance(body, InvalidInvitation):
                raise ValidationFailed
            if body.role == "admin" and not target.may_invite_admins:
                raise Forbidden
            # Before anything that depends on the address: what is refused tells something of it, and counts.
            if counted >= room:
                raise TooManyInvitations(retry_after_s=_seconds_of_day_left(session.now))
            counted += 1
            _require_invitable(session, target, body, known)
            if body.email in invited:
                raise AlreadyInvited
        except Problem as problem:
            outcomes.append(problem)
        else:
            invited.add(body.email)
            outcomes.append(_write(session, target, body, known, parameters))
    if invited:
        session.add(target.access_unchanged)
    if counted:
        _count(session, target, known, counted, parameters)
    return outcomes


def _limits(target: InvitationTarget, parameters: Parameters) -> dict[str, int]:
    """How many addresses may be invited a day: to the target, and by the sender to anything."""
    return {
        target.target_id: parameters.max_invitations_per_day,
        target.user.user_id: parameters.max_invitations_per_sender_per_day,
    }


def _look_up(session: Session, target: InvitationTarget, emails: Sequence[str]) -> _Known:
    """By two batches, however many there are."""
    first: list[Key[Any]] = [target.claim_key(email) for email in emails]
    first += [EMAIL_CLAIMS.key(email=email) for email in emails]
    counted = (target.target_id, target.user.user_id)
    first += [INVITATION_COUNTS.key(target_id=id_, day=_day(session.now)) for id_ in counted]
    *found, to_target, by_sender = session.table.batch_get(first, consistent=True)
    claims, people = found[: len(emails)], found[len(emails) :]
    second = {email: target.key(claim.invitation_id) for email, claim in _given(emails, claims)}
    third = {email: target.belonging_key(person.user_id) for email, person in _given(emails, people)}
    rows = iter(session.table.batch_get([*second.values(), *third.values()], consistent=True))
    return _Known(
        claims=dict(zip(emails, claims, strict=True)),
        invitations=dict.fromkeys(emails) | {email: next(rows) for email in second},
        belongings=dict.fromkeys(emails) | {email: next(rows) for email in third},
        counts=dict(zip(counted, (to_target, by_sender), strict=True)),
    )


def _given(emails: Sequence[str], found: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((email, item) for email, item in zip(emails, found, strict=True) if item is not None)


def _require_invitable(session: Session, target: InvitationTarget, body: Asked, known: _Known) -> None:
    target.require_outsider(known.belongings[body.email])
    invitation = known.invitations[body.email]
    if invitation is not None and invitation.status_at(session.now) is InvitationStatus.PENDING:
        raise AlreadyInvited


def _write(
    session: Session, target: InvitationTarget, body: Asked, known: _Known, parameters: Parameters
) -> Invitation:
    expires_at = session.now + timedelta(days=parameters.invitation_days)
    asked = {"role": body.role.value, "message": body.message, "invited_by": target.user.user_id}
    times = {"expires_at": expires_at, "purge_at": expires_at + KEPT, "sent_at": session.now}
    was, claim = known.invitations[body.email], known.claims[body.email]
    if was is not None and claim is not None:
        invitation = was.patched(session.now, {**asked, **times, "resent": 0, "target_name": target.name})
        again = {"invited_by": target.user.user_id, "purge_at": invitation.purge_at}
        session.add(
            INVITATIONS.update(was, invitation),
            INVITATION_CLAIMS.update(claim, claim.patched(session.now, again)),
        )
    else:
        of = {"target_kind": target.target_kind, "target_id": target.target_id, "email": body.email}
        stamps = {"created_at": session.now, "updated_at": session.now}
        ids = {"invitation_id": session.new_id(), **of, **stamps}
        invitation = Invitation.model_validate({**ids, **asked, **times, "target_name": target.name})
        claim = InvitationClaim.model_validate(
            {**ids, "invited_by": target.user.user_id, "purge_at": invitation.purge_at}
        )
        session.add(INVITATIONS.create(invitation), INVITATION_CLAIMS.create(claim))
    enqueue_mail(session, invitation)
    return invitation


def _count(
    session: Session, target: InvitationTarget, known: _Known, addresses: int, parameters: Parameters
) -> None:
    """Count these addresses for the target and the sender; the commit fails where one has no room."""
    for target_id, limit in _limits(target, parameters).items():
        today = known.counts[target_id]
        if today is not None:
            key = INVITATION_COUNTS.key_of(today)
            session.add(INVITATION_COUNTS.increment(key, {"sent": addresses}, at_most={"sent": limit}))
            continue
        first = InvitationCount(
            target_id=target_id,
            day=_day(session.now),
            sent=addresses,
            purge_at=session.now + timedelta(days=2),
            created_at=session.now,
            updated_at=session.now,
        )
        session.add(INVITATION_COUNTS.create(first))


def _day(now: datetime) -> str:
    return now.date().isoformat()


def _seconds_of_day_left(now: datetime) -> int:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return ceil((midnight - now).total_seconds())
