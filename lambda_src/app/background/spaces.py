"""What goes with a space."""

from app.background.cascades import delete_all, for_each_in_transaction
from app.background.organizations import delete_invitations_to
from app.background.work import Work
from app.core.database import Session
from app.models.access_patterns import (
    INVITE_CODE_POINTERS,
    INVITE_CODES,
    MEMBERSHIPS,
    SPACES,
    USER_PROFILES,
    activity_of_space,
    all_check_ins_of_habit,
    check_ins_of_goal,
    comments_of_entry,
    goals_of_space,
    habits_of_space,
    highlights_of_entry,
    journals_of_space,
    members_of_space,
    reactions_to,
    templates_of_space,
)
from app.models.members import Membership
from app.models.messages import DeleteSpace


def delete(work: Work, message: DeleteSpace) -> None:
    """Delete everything in a space that is being deleted, and at last the space.

    Memberships go first: without one, nobody's write commits any more (every one of them checks it), so
    nothing is added to what is deleted behind them.
    """
    space_id = message.space_id
    for_each_in_transaction(work, members_of_space(space_id), _leave)
    delete_all(
        work,
        journals_of_space(space_id),
        lambda entry: (highlights_of_entry(entry.entry_id), comments_of_entry(entry.entry_id)),
    )
    delete_all(work, templates_of_space(space_id))
    delete_all(work, goals_of_space(space_id), lambda goal: [check_ins_of_goal(goal.goal_id)])
    delete_all(work, habits_of_space(space_id), lambda habit: [all_check_ins_of_habit(habit.habit_id)])
    delete_all(work, activity_of_space(space_id), lambda activity: [reactions_to(activity.activity_id)])
    delete_invitations_to(work, space_id)
    pointer = work.table.get(INVITE_CODE_POINTERS.key(space_id=space_id))
    if pointer is not None:
        work.session.add(
            INVITE_CODE_POINTERS.delete(pointer),
            INVITE_CODES.delete_if_exists(INVITE_CODES.key(code=pointer.code)),
        )
    work.session.add(SPACES.delete_if_exists(SPACES.key(space_id=space_id)))


def _leave(session: Session, member: Membership) -> None:
    keys = (MEMBERSHIPS.key_of(member), USER_PROFILES.key(user_id=member.user_id))
    now, profile = session.table.batch_get(keys, consistent=True)
    if now is None:
        return
    session.add(MEMBERSHIPS.delete(now))
    if profile is not None:
        session.add(USER_PROFILES.increment(USER_PROFILES.key_of(profile), {"space_count": -1}))
