"""Which task keeps which promise."""

from collections.abc import Mapping

from app.background import activity, invitations, organizations, reminders, spaces, trackers
from app.background.work import Task

TASKS: Mapping[str, Task] = {
    "activity.announced": activity.announce,
    "activity.deleted": activity.delete_reactions,
    "goal.deleted": trackers.after_goal,
    "habit.deleted": trackers.after_habit,
    "invitation.sent": invitations.send,
    "mention.mailed": activity.mail_mention,
    "organization.deleted": organizations.after_organization,
    "reminders.due": reminders.remind,
    "reminders.hourly": reminders.remind_all,
    "space.deleted": spaces.delete,
}

# What the hourly schedule promises; each is a kind of `TASKS`.
HOURLY: tuple[str, ...] = ("reminders.hourly",)
