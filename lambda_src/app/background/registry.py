"""The task of each message."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.background import (
    accounts,
    activity,
    addresses,
    invitations,
    journals,
    organizations,
    reminders,
    spaces,
    trackers,
)
from app.background.work import Task
from app.models import messages
from app.models.messages import HourlyMessage


def by_kind(tasks: Iterable[Task[Any]]) -> Mapping[str, Task[Any]]:
    """The tasks by the kind under which their messages are stored."""
    return {task.message.stored_kind: task for task in tasks}


TASKS = by_kind(
    (
        Task(messages.AnnounceActivity, activity.announce),
        Task(messages.AnnounceInvitation, invitations.announce),
        Task(messages.CheckAddress, addresses.check),
        Task(messages.DeleteEntryContent, journals.delete_content),
        Task(messages.DeleteGoalCheckIns, trackers.delete_goal_check_ins),
        Task(messages.DeleteHabitCheckIns, trackers.delete_habit_check_ins),
        Task(messages.DeleteOrganizationInvitations, organizations.delete_invitations),
        Task(messages.DeleteReactions, activity.delete_reactions),
        Task(messages.DeleteReplies, journals.delete_replies),
        Task(messages.DeleteSpace, spaces.delete),
        Task(messages.EnqueueReminders, reminders.enqueue_reminders),
        Task(messages.EraseAccount, accounts.erase),
        Task(messages.EraseRemains, accounts.erase_remains),
        Task(messages.RevokeInvitations, invitations.revoke),
        Task(messages.SendInvitationMail, invitations.send_mail),
        Task(messages.SendMentionMail, activity.send_mention_mail),
        Task(messages.SendReminders, reminders.send_reminders),
    )
)

# What the hourly schedule enqueues.
HOURLY: tuple[type[HourlyMessage], ...] = (messages.EnqueueReminders,)
