"""The messages of the outbox: what is to be done in the background, as typed values.

A message is stored as `kind` and `payload`. Both outlive a deployment: the version before executes messages
of this one during a canary, and this one executes those that the version before has left. So a class keeps
the kind and the payload keys under which it was first stored, whatever it is called in the code.
"""

from typing import Annotated, ClassVar

from pydantic import ConfigDict

from app.core.clock import Timestamp
from app.core.model import Model
from app.core.records import stored_as
from app.models.activity import ActivityKind
from app.models.invitations import InvitedRole
from app.models.members import Role
from app.models.users import NotificationKind


class Message(Model):
    """What is to be done. A payload with unknown fields is a newer version's, and is left to it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True
    )

    stored_kind: ClassVar[str]


class OperationMessage(Message):
    """What is to be done for an operation, whose progress its starter follows."""

    operation_id: str


class HourlyMessage(Message):
    """What is to be done each hour. `hour` is its beginning."""

    hour: Timestamp


class AnnounceActivity(Message):
    """Record what happened in a space, and notify those whom it concerns, by user id.

    Without a kind it is only notified of.
    """

    stored_kind = "activity.announced"

    activity_id: str
    happened_at: Timestamp
    space_id: str
    actor_id: str
    kind: ActivityKind | None
    subject_id: str
    notify: dict[str, NotificationKind]


class WithdrawReactionNotification(Message):
    """Delete the unread notification of a reaction, where its actor has withdrawn all of them."""

    stored_kind = "reaction.withdrawn"

    user_id: str
    actor_id: str
    subject_id: str


class WithdrawInvitationNotification(Message):
    """Delete the unread notification of an invitation that is closed, or deleted with what it leads to."""

    stored_kind = "invitation.closed"

    email: str
    invitation_id: str


class NotifySpaceDeleted(Message):
    """Notify a member that a space is deleted, in place of what is unread of it; its owner knows."""

    stored_kind = "space.member_notified"

    user_id: str
    space_id: str
    role: Role


class SendMentionMail(Message):
    """Send a mail to a user whom the subject, a comment, mentions."""

    stored_kind = "mention.mailed"

    user_id: str
    actor_id: str
    space_id: str
    subject_id: str


class InvitationMessage(Message):
    """Something to be done for an invitation, unless it was sent again after `sent_at`."""

    target_id: Annotated[str, stored_as("place_id")]
    invitation_id: str
    sent_at: Timestamp


class AnnounceInvitation(InvitationMessage):
    """Notify the invited person, and have the mail sent."""

    stored_kind = "invitation.sent"


class SendInvitationMail(InvitationMessage):
    """Send an invitation's mail."""

    stored_kind = "invitation.mailed"


class RevokeInvitations(Message):
    """Close the open invitations that a user, who may not invite to here any more, sent up to `until`.

    Only those to these roles, if there are any.
    """

    stored_kind = "inviter.demoted"

    target_id: str
    user_id: str
    roles: tuple[InvitedRole, ...] | None
    until: Timestamp


class EnqueueReminders(HourlyMessage):
    """Have the users of all time zones reminded who are due in the hour."""

    stored_kind = "reminders.hourly"


class SendReminders(Message):
    """Remind the users of these time zones who are due in the hour that begins at `hour`."""

    stored_kind = "reminders.due"

    hour: Timestamp
    zones: tuple[str, ...]


class DeleteSpace(OperationMessage):
    """Delete everything in a space, and the space."""

    stored_kind = "space.deleted"

    space_id: str


class CheckAddress(Message):
    """Ask Cognito whether a user still has the address of their profile.

    `hops` is how many contested addresses have led here.
    """

    stored_kind = "address.checked"

    user_id: str
    hops: int


class EraseAccount(OperationMessage):
    """Erase what a user wrote, and the account. `email` is the verified address of the token, if any."""

    stored_kind = "user.deleted"

    account_id: str
    email: str | None


class EraseRemains(Message):
    """Erase what the index had not told of when an account was erased. `erasure_id` is the operation's."""

    stored_kind = "user.swept"

    erasure_id: str
    erased_at: Timestamp


class DeleteChildren(Message):
    """Delete everything that belongs to an item that is gone: its entity's name, and its fields that tell."""

    stored_kind = "item.deleted"

    entity: str
    fields: dict[str, str]


class FormerDeletion(Message):
    """The item that is gone, as it was stored until release 0.2: by its ids, under a kind for each entity."""

    activity_id: str | None = None
    comment_id: str | None = None
    entry_id: str | None = None
    goal_id: str | None = None
    habit_id: str | None = None
    org_id: str | None = None
    space_id: str | None = None
