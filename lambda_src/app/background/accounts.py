"""Erasing an account: everything that a person wrote anywhere, and then the person."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.background.cascades import delete_all, for_each_in_transaction
from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.core.entities import EntityGroup, Record
from app.models.access_patterns import (
    ACTIVITIES,
    AUTHORED,
    CHECK_INS,
    ERASED_USERS,
    GOALS,
    INVITATION_CLAIMS,
    INVITATIONS,
    JOIN_TRIES,
    MEMBERSHIPS,
    OPERATIONS,
    SPACES,
    USER_PROFILES,
    invitations_of,
    memberships_of_user,
    notifications_of_user,
    repeatable_answers_to,
)
from app.models.activity import Activity, Reaction
from app.models.audit import AuditKind
from app.models.comments import Comment
from app.models.goals import Goal, GoalCheckIn
from app.models.habits import Habit
from app.models.invitations import Invitation, InvitationClaim
from app.models.journals import JournalEntry
from app.models.members import Membership
from app.models.messages import (
    DeleteEntryContent,
    DeleteGoalCheckIns,
    DeleteHabitCheckIns,
    DeleteReactions,
    DeleteReplies,
    EraseAccount,
    EraseRemains,
)
from app.models.users import ErasedUser
from app.services import addresses, audit, outbox

# Longer than any token of the erased user is valid: an ID token at most a day, and refreshing asks the pool.
TOMBSTONE_KEPT = timedelta(days=30)
_WRITINGS = (AUTHORED, CHECK_INS)
# GSI1 is eventually consistent, and AWS names no bound: usually a fraction of a second, longer in a failure.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
_LATER_PASS = timedelta(hours=1)


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
        found.append(for_each_in_transaction(work, invitations_of(message.email), _erase_invitation))
    if any(found):
        # Another message asks the index again, which lags behind the table.
        raise ContinueLater
    delete_all(work, notifications_of_user(user_id))
    delete_all(work, repeatable_answers_to(user_id))
    work.directory.delete_user(user_id)
    work.session.add(
        JOIN_TRIES.delete_if_exists(JOIN_TRIES.key(user_id=user_id)),
        *addresses.release(work.session, profile),
        ERASED_USERS.create(
            ErasedUser(
                user_id=user_id,
                purge_at=work.session.now + TOMBSTONE_KEPT,
                created_at=work.session.now,
                updated_at=work.session.now,
            )
        ),
        USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=user_id)),
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
            for_each_in_transaction(work, group.on_gsi1(user_id=user_id), partial(_erase, group), is_meant)
            for group in _WRITINGS
        ),
    ]


def _leave(session: Session, membership: Membership) -> None:
    space_id, user_id = membership.space_id, membership.user_id
    keys = (MEMBERSHIPS.key_of(membership), SPACES.key(space_id=space_id))
    now, space = session.table.batch_get(keys, consistent=True)
    if now is None:
        return
    session.add(MEMBERSHIPS.delete(now))
    if space is not None:
        session.add(SPACES.increment(SPACES.key_of(space), {"member_count": -1}))
        audit.record(session, space_id, AuditKind.MEMBER_LEFT, actor_id=user_id, subject_id=user_id)


def _erase(family: EntityGroup, session: Session, item: Record) -> None:
    entity = family.entity_of(item)
    now = session.table.get(entity.key_of(item))
    if now is None or now.created_at != item.created_at:
        return  # gone, and perhaps somebody else's by now: an address can be invited again
    session.add(entity.delete(now))
    if (what_follows := _FOLLOWS.get(type(now))) is not None:
        what_follows(session, now)


def _erase_invitation(session: Session, invitation: Invitation) -> None:
    session.add(
        INVITATIONS.delete_if_exists(INVITATIONS.key_of(invitation)),
        INVITATION_CLAIMS.delete_if_exists(
            INVITATION_CLAIMS.key(target_id=invitation.target_id, email=invitation.email)
        ),
    )


def _after_goal(session: Session, goal: Goal) -> None:
    _leave_tracker(session, goal)
    outbox.enqueue(session, DeleteGoalCheckIns(goal_id=goal.goal_id))


def _after_habit(session: Session, habit: Habit) -> None:
    _leave_tracker(session, habit)
    outbox.enqueue(session, DeleteHabitCheckIns(habit_id=habit.habit_id))


def _leave_tracker(session: Session, tracker: Goal | Habit) -> None:
    space = session.table.get(SPACES.key(space_id=tracker.space_id))
    if space is not None:
        session.add(SPACES.increment(SPACES.key_of(space), {"tracker_count": -1}))


def _after_entry(session: Session, entry: JournalEntry) -> None:
    outbox.enqueue(session, DeleteEntryContent(space_id=entry.space_id, entry_id=entry.entry_id))


def _after_comment(session: Session, comment: Comment) -> None:
    if comment.parent_id is None:
        outbox.enqueue(session, DeleteReplies(entry_id=comment.entry_id, comment_id=comment.comment_id))


def _after_goal_check_in(session: Session, step: GoalCheckIn) -> None:
    goal = session.table.get(GOALS.key(space_id=step.space_id, goal_id=step.goal_id))
    if goal is not None:
        session.add(GOALS.increment(GOALS.key_of(goal), {"reached": -step.value}))


def _after_activity(session: Session, activity: Activity) -> None:
    outbox.enqueue(session, DeleteReactions(activity_id=activity.activity_id))


def _after_reaction(session: Session, reaction: Reaction) -> None:
    key = ACTIVITIES.key(space_id=reaction.space_id, activity_id=reaction.activity_id)
    if session.table.get(key) is not None:
        session.add(ACTIVITIES.increment(key, {reaction.emoji: -1}))


def _after_claim(session: Session, claim: InvitationClaim) -> None:
    session.add(
        INVITATIONS.delete_if_exists(
            INVITATIONS.key(target_id=claim.target_id, invitation_id=claim.invitation_id)
        )
    )


# What hangs on an item of each kind: counters that count it, and what is kept below it.
_FOLLOWS: Mapping[type[Record], Callable[[Session, Any], None]] = {
    Activity: _after_activity,
    Comment: _after_comment,
    Goal: _after_goal,
    GoalCheckIn: _after_goal_check_in,
    Habit: _after_habit,
    InvitationClaim: _after_claim,
    JournalEntry: _after_entry,
    Reaction: _after_reaction,
}
