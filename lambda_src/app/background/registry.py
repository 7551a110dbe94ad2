"""Which task keeps which promise."""

from collections.abc import Mapping

from app.background import (
    accounts,
    activity,
    invitations,
    journals,
    organizations,
    reminders,
    spaces,
    trackers,
)
from app.background.work import Task

TASKS: Mapping[str, Task] = {
    "activity.announced": activity.announce,
    "activity.deleted": activity.delete_reactions,
    "comment.deleted": journals.after_comment,
    "goal.deleted": trackers.after_goal,
    "habit.deleted": trackers.after_habit,
    "invitation.mailed": invitations.mail,
    "invitation.sent": invitations.announce,
    "inviter.demoted": invitations.close_sent,
    "journal.deleted": journals.after_entry,
    "mention.mailed": activity.mail_mention,
    "organization.deleted": organizations.after_organization,
    "reminders.due": reminders.remind,
    "reminders.hourly": reminders.remind_all,
    "space.deleted": spaces.delete,
    "user.deleted": accounts.erase,
    "user.swept": accounts.erase_remains,
}

# What the hourly schedule promises; each is a kind of `TASKS`.
HOURLY: tuple[str, ...] = ("reminders.hourly",)
