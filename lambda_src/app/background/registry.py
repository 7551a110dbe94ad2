"""The task of each message."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from app.background import (
    accounts,
    activity,
    addresses,
    invitations,
    lifecycle,
    notifications,
    reminders,
    spaces,
)
from app.background.work import Task
from app.core.entities import Entity
from app.models import messages
from app.models.access_patterns import ACTIVITIES, COMMENTS, GOALS, HABITS, JOURNAL_ENTRIES, ORGANIZATIONS
from app.models.messages import HourlyMessage


def by_kind(tasks: Iterable[Task[Any]]) -> dict[str, Task[Any]]:
    """The tasks by the kind under which their messages are stored."""
    return {task.message.stored_kind: task for task in tasks}


_TASKS = by_kind(
    (
        Task(messages.AnnounceActivity, activity.announce),
        Task(messages.AnnounceInvitation, invitations.announce),
        Task(messages.CheckAddress, addresses.check),
        Task(messages.DeleteChildren, lifecycle.execute),
        Task(messages.DeleteSpace, spaces.delete),
        Task(messages.EnqueueReminders, reminders.enqueue_reminders),
        Task(messages.EraseAccount, accounts.erase),
        Task(messages.EraseRemains, accounts.erase_remains),
        Task(messages.NotifySpaceDeleted, notifications.notify_space_deleted),
        Task(messages.RevokeInvitations, invitations.revoke),
        Task(messages.SendInvitationMail, invitations.send_mail),
        Task(messages.SendMentionMail, activity.send_mention_mail),
        Task(messages.SendReminders, reminders.send_reminders),
        Task(messages.WithdrawInvitationNotification, notifications.withdraw_invitation),
        Task(messages.WithdrawReactionNotification, activity.withdraw_reaction_notification),
    )
)

# Deletions that a version until 0.2 has enqueued. To be removed once no deployment comes from one of these.
_FORMER: Mapping[str, Entity[Any]] = {
    "activity.deleted": ACTIVITIES,
    "comment.deleted": COMMENTS,
    "goal.deleted": GOALS,
    "habit.deleted": HABITS,
    "journal.deleted": JOURNAL_ENTRIES,
    "organization.deleted": ORGANIZATIONS,
}
TASKS: Mapping[str, Task[Any]] = _TASKS | {
    kind: Task(messages.FormerDeletion, partial(lifecycle.execute_former, entity))
    for kind, entity in _FORMER.items()
}

# What the hourly schedule enqueues.
HOURLY: tuple[type[HourlyMessage], ...] = (messages.EnqueueReminders,)
