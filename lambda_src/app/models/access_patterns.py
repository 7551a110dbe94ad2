"""Every entity of the table and every way it is read, on one page.

`docs/access-patterns.md` is generated from here. An entity says where its items live, what they belong to and
who wrote them: deleting an item and erasing an account read this, nothing else. A function says one list that
the product needs. No other module writes a key or a key prefix.

Models are named by their paths, not imported: a request imports those that it reads (docs/adr/0030).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.core import key_templates
from app.core.entities import Entity, EntityGroup, Key
from app.core.lifecycle import NO_AUTHOR, Counter, Parent
from app.core.queries import Query
from app.models.spaces import Visibility

if TYPE_CHECKING:
    from app.models.activity import Activity, Reaction
    from app.models.audit import AuditEvent
    from app.models.comments import Comment
    from app.models.goals import Goal, GoalCheckIn
    from app.models.habit_summaries import HabitSummary
    from app.models.habits import Habit, HabitCheckIn
    from app.models.highlights import Highlight
    from app.models.idempotency import IdempotencyRecord
    from app.models.invitations import Invitation, InvitationClaim, InvitationCount
    from app.models.journals import JournalEntry
    from app.models.mail import SentMails
    from app.models.members import Membership
    from app.models.notifications import Notification
    from app.models.operations import Operation, OutboxMessage
    from app.models.organizations import Organization
    from app.models.reminders import Reminder
    from app.models.spaces import InviteCode, InviteCodePointer, JoinTries, Space
    from app.models.templates import Template
    from app.models.users import EmailClaim, ErasedUser, UserProfile

# The fields of what stays although its author's account is erased, and of a comment deleted with replies.
_WITHOUT_AUTHOR = {"author_id": NO_AUTHOR}
TOMBSTONE: Mapping[str, Any] = {
    **_WITHOUT_AUTHOR,
    "text": "",
    "mentions": [],
    "highlight_id": None,
    "deleted": True,
}


USER_PROFILES: Entity[UserProfile] = Entity(
    name="UserProfile",
    model_path="app.models.users.UserProfile",
    pk="USER#{user_id}",
    sk="PROFILE",
    gsi1pk="ORG#{org_id}",
    gsi1sk="USER#{user_id}",
    indexed=lambda profile: profile.org_id is not None,
    exempt="Deleted at the end of its own erasure",
)
EMAIL_CLAIMS: Entity[EmailClaim] = Entity(
    name="EmailClaim",
    model_path="app.models.users.EmailClaim",
    pk="EMAIL#{email}",
    sk="CLAIM",
    parents=(Parent("UserProfile", {"user_id": "user_id"}),),
)
ERASED_USERS: Entity[ErasedUser] = Entity(
    name="ErasedUser",
    model_path="app.models.users.ErasedUser",
    pk="USER#{user_id}",
    sk="ERASED",
    expires="purge_at",
)
ORGANIZATIONS: Entity[Organization] = Entity(
    name="Organization",
    model_path="app.models.organizations.Organization",
    pk="ORG#{org_id}",
    sk="ORG",
    exempt="Deleted by its last admin",
)
SPACES: Entity[Space] = Entity(
    name="Space",
    model_path="app.models.spaces.Space",
    pk="SPACE#{space_id}",
    sk="SPACE",
    gsi1pk="PUBLIC",
    gsi1sk="{created_at}#{space_id}",
    indexed=lambda space: space.visibility is Visibility.PUBLIC and space.status == "active",
    exempt="Deleted by its owner",
)
MEMBERSHIPS: Entity[Membership] = Entity(
    name="Membership",
    model_path="app.models.members.Membership",
    pk="SPACE#{space_id}",
    sk="MEMBER#{user_id}",
    gsi1pk="USER#{user_id}",
    gsi1sk="SPACE#{space_id}",
    parents=(Parent("Space"),),
    author="user_id",
    counters=(
        Counter("Space", lambda _: {"member_count": 1}),
        Counter("UserProfile", lambda _: {"space_count": 1}),
    ),
    grants_access=True,
    deletion_messages={"Space": "NotifySpaceDeleted"},
)
INVITE_CODES: Entity[InviteCode] = Entity(
    name="InviteCode",
    model_path="app.models.spaces.InviteCode",
    pk="CODE#{code}",
    sk="CODE",
    expires="expires_at",
    parents=(Parent("InviteCodePointer", {"space_id": "space_id"}),),
)
INVITE_CODE_POINTERS: Entity[InviteCodePointer] = Entity(
    name="InviteCodePointer",
    model_path="app.models.spaces.InviteCodePointer",
    pk="SPACE#{space_id}",
    sk="INVITECODE",
    expires="expires_at",
    parents=(Parent("Space"),),
)
INVITATIONS: Entity[Invitation] = Entity(
    name="Invitation",
    model_path="app.models.invitations.Invitation",
    pk="INVITATIONS#{target_id}",
    sk="INVITE#{invitation_id}",
    gsi1pk="INVITEE#{email}",
    gsi1sk="INVITE#{invitation_id}",
    expires="purge_at",
    parents=(
        Parent("Space", {"target_id": "space_id"}),
        Parent("Organization", {"target_id": "org_id"}),
        Parent("InvitationClaim", {"invitation_id": "invitation_id"}),
    ),
    addressee="email",
    deletion_messages={
        "Space": "WithdrawInvitationNotification",
        "Organization": "WithdrawInvitationNotification",
    },
)
# Indexed by who invited, so that erasing an account finds what it wrote.
INVITATION_CLAIMS: Entity[InvitationClaim] = Entity(
    name="InvitationClaim",
    model_path="app.models.invitations.InvitationClaim",
    pk="INVITATIONS#{target_id}",
    sk="INVITEE#{email}",
    gsi1pk="AUTHOR#{invited_by}",
    gsi1sk="INVITE#{invitation_id}",
    expires="purge_at",
    parents=(
        Parent("Space", {"target_id": "space_id"}),
        Parent("Organization", {"target_id": "org_id"}),
        Parent("Invitation", {"email": "email", "invitation_id": "invitation_id"}),
    ),
    author="invited_by",
)
INVITATION_COUNTS: Entity[InvitationCount] = Entity(
    name="InvitationCount",
    model_path="app.models.invitations.InvitationCount",
    pk="RATE#{target_id}",
    sk="INVITATIONS#{day}",
    expires="purge_at",
    parents=(Parent("Space", {"target_id": "space_id"}), Parent("Organization", {"target_id": "org_id"})),
)
JOIN_TRIES: Entity[JoinTries] = Entity(
    name="RateLimit",
    model_path="app.models.spaces.JoinTries",
    pk="RATE#{user_id}",
    sk="JOIN",
    expires="purge_at",
    parents=(Parent("UserProfile"),),
)
SENT_MAILS: Entity[SentMails] = Entity(
    name="SentMails",
    model_path="app.models.mail.SentMails",
    pk="MAIL#{recipient}",
    sk="{source}",
    expires="purge_at",
)
IDEMPOTENCY_RECORDS: Entity[IdempotencyRecord] = Entity(
    name="IdempotencyRecord",
    model_path="app.models.idempotency.IdempotencyRecord",
    pk="IDEMPOTENCY#{user_id}",
    sk="{key}",
    expires="expires_at",
    parents=(Parent("UserProfile"),),
)
TEMPLATES: Entity[Template] = Entity(
    name="Template",
    model_path="app.models.templates.Template",
    pk="SPACE#{space_id}",
    sk="TEMPLATE#{template_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="TEMPLATE#{template_id}",
    parents=(Parent("Space"),),
    author="author_id",
)
JOURNAL_ENTRIES: Entity[JournalEntry] = Entity(
    name="JournalEntry",
    model_path="app.models.journals.JournalEntry",
    pk="SPACE#{space_id}",
    sk="JOURNAL#{entry_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="JOURNAL#{entry_id}",
    parents=(Parent("Space"),),
    author="author_id",
)
HIGHLIGHTS: Entity[Highlight] = Entity(
    name="Highlight",
    model_path="app.models.highlights.Highlight",
    pk="JOURNAL#{entry_id}",
    sk="HIGHLIGHT#{highlight_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="HIGHLIGHT#{highlight_id}",
    parents=(Parent("JournalEntry"),),
    author="author_id",
)
COMMENTS: Entity[Comment] = Entity(
    name="Comment",
    model_path="app.models.comments.Comment",
    pk="JOURNAL#{entry_id}",
    sk="COMMENT#{comment_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="COMMENT#{comment_id}",
    indexed=lambda item: item.author_id != NO_AUTHOR,
    parents=(Parent("JournalEntry"), Parent("Comment", {"parent_id": "comment_id"})),
    author="author_id",
    on_author_erased=TOMBSTONE,
    counters=(Counter("Comment", lambda _: {"reply_count": 1}, {"comment_id": "parent_id"}),),
)
GOALS: Entity[Goal] = Entity(
    name="Goal",
    model_path="app.models.goals.Goal",
    pk="SPACE#{space_id}",
    sk="GOAL#{goal_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="GOAL#{goal_id}",
    indexed=lambda item: item.author_id != NO_AUTHOR,
    parents=(Parent("Space"),),
    author="author_id",
    on_author_erased=_WITHOUT_AUTHOR,
    counters=(Counter("Space", lambda _: {"tracker_count": 1}),),
)
GOAL_CHECK_INS: Entity[GoalCheckIn] = Entity(
    name="GoalCheckIn",
    model_path="app.models.goals.GoalCheckIn",
    pk="GOAL#{goal_id}",
    sk="CHECKIN#{check_in_id}",
    gsi1pk="CHECKINS#{user_id}",
    gsi1sk="{date}#{check_in_id}",
    parents=(Parent("Goal"),),
    author="user_id",
    counters=(Counter("Goal", lambda step: {"reached": step.value}),),
)
HABITS: Entity[Habit] = Entity(
    name="Habit",
    model_path="app.models.habits.Habit",
    pk="SPACE#{space_id}",
    sk="HABIT#{habit_id}",
    gsi1pk="AUTHOR#{author_id}",
    gsi1sk="HABIT#{habit_id}",
    indexed=lambda item: item.author_id != NO_AUTHOR,
    parents=(Parent("Space"),),
    author="author_id",
    on_author_erased=_WITHOUT_AUTHOR,
    counters=(Counter("Space", lambda _: {"tracker_count": 1}),),
)
# Deleted before the check-ins: each new one checks that its summary is there, so none is left behind.
HABIT_SUMMARIES: Entity[HabitSummary] = Entity(
    name="HabitSummary",
    model_path="app.models.habit_summaries.HabitSummary",
    pk="HABIT#{habit_id}",
    sk="SUMMARY#{user_id}",
    gsi1pk="USER#{user_id}",
    gsi1sk="HABIT#{habit_id}",
    parents=(Parent("Habit"),),
    author="user_id",
)
HABIT_CHECK_INS: Entity[HabitCheckIn] = Entity(
    name="HabitCheckIn",
    model_path="app.models.habits.HabitCheckIn",
    pk="HABIT#{habit_id}",
    sk="CHECKIN#{user_id}#{date}",
    gsi1pk="CHECKINS#{user_id}",
    gsi1sk="{date}#{habit_id}",
    parents=(Parent("Habit"),),
    author="user_id",
)
ACTIVITIES: Entity[Activity] = Entity(
    name="Activity",
    model_path="app.models.activity.Activity",
    pk="ACTIVITIES#{space_id}",
    sk="{activity_id}",
    gsi1pk="AUTHOR#{actor_id}",
    gsi1sk="ACTIVITY#{activity_id}",
    parents=(Parent("Space"),),
    author="actor_id",
)
REACTIONS: Entity[Reaction] = Entity(
    name="Reaction",
    model_path="app.models.activity.Reaction",
    pk="ACTIVITY#{activity_id}",
    sk="REACTION#{user_id}#{emoji}",
    gsi1pk="AUTHOR#{user_id}",
    gsi1sk="REACTION#{activity_id}#{emoji}",
    parents=(Parent("Activity"),),
    author="user_id",
    counters=(Counter("Activity", lambda reaction: {reaction.emoji: 1}),),
)
NOTIFICATIONS: Entity[Notification] = Entity(
    name="Notification",
    model_path="app.models.notifications.Notification",
    pk="INBOX#{user_id}",
    sk="{notification_id}",
    parents=(Parent("UserProfile"),),
)
AUDIT_EVENTS: Entity[AuditEvent] = Entity(
    name="AuditEvent",
    model_path="app.models.audit.AuditEvent",
    pk="AUDIT#{space_id}",
    sk="{event_id}",
    expires="purge_at",
)
REMINDERS: Entity[Reminder] = Entity(
    name="Reminder",
    model_path="app.models.reminders.Reminder",
    pk="REMINDER#{timezone}#{shard}",
    sk="{time}#{user_id}",
    exempt="Deleted when the account is closed, with the preference that makes it",
)
OPERATIONS: Entity[Operation] = Entity(
    name="Operation",
    model_path="app.models.operations.Operation",
    pk="OPERATION#{operation_id}",
    sk="OPERATION",
    expires="purge_at",
)
OUTBOX_MESSAGES: Entity[OutboxMessage] = Entity(
    name="OutboxMessage",
    model_path="app.models.operations.OutboxMessage",
    pk="OUTBOX#{shard}",
    sk="{message_id}",
    exempt="Deleted by the run that executes it",
)

ENTITIES = tuple(value for value in list(globals().values()) if isinstance(value, Entity))


def _group(name: str, gsi1pk: str) -> EntityGroup:
    """The entities with these partitions of GSI1, whatever they call the user's id."""
    literals = key_templates.literals(gsi1pk)
    members = (entity for entity in ENTITIES if key_templates.literals(entity.gsi1pk or "") == literals)
    return EntityGroup(name, gsi1pk=gsi1pk, members=tuple(members))


# What a user wrote, whatever it is and wherever.
AUTHORED = _group("Authored", "AUTHOR#{user_id}")
# What a user has checked in on, by day.
CHECK_INS = _group("CheckIn", "CHECKINS#{user_id}")
# The spaces that a user is in, and the summaries of the habits that they have checked in on.
OF_USER = _group("OfUser", "USER#{user_id}")
AUTHOR_GROUPS = (AUTHORED, CHECK_INS, OF_USER)

# What a path below a space can name, with the fields of its keys.
_NAMED_IN_PATHS = [
    (entity, entity.key_fields)
    for entity in (
        ACTIVITIES,
        COMMENTS,
        GOALS,
        HABITS,
        HIGHLIGHTS,
        JOURNAL_ENTRIES,
        MEMBERSHIPS,
        TEMPLATES,
        USER_PROFILES,
    )
]
# The same, where there is one for each user and the caller's is meant.
_CALLERS_IN_PATHS = [(entity, entity.key_fields) for entity in (HABIT_CHECK_INS, REACTIONS)]


def items_named_by(
    parts: Mapping[str, str], *, caller_id: str, also: Sequence[Entity[Any]] = ()
) -> list[Key[Any]]:
    """The keys of all that a request in a space names by the key parts in its path.

    `also` are other entities with an item for each user: the caller's is meant, unless a part names a user.
    """
    own = {**parts, "user_id": caller_id}
    others = [(entity, entity.key_fields) for entity in also]
    return [
        entity.key(**{field: values[field] for field in fields})
        for entities, values in (
            (_NAMED_IN_PATHS, parts),
            (_CALLERS_IN_PATHS, own),
            (others, {"user_id": caller_id, **parts}),
        )
        for entity, fields in entities
        if fields <= values.keys()
    ]


def members_of_space(space_id: str) -> Query[Membership]:
    """The members of a space, by user id."""
    return MEMBERSHIPS.within(space_id=space_id)


def memberships_of_user(user_id: str) -> Query[Membership]:
    """The spaces that a user is in, the one made last first."""
    return MEMBERSHIPS.on_gsi1(user_id=user_id).backwards()


def public_spaces() -> Query[Space]:
    """The public spaces, newest first."""
    return SPACES.on_gsi1().backwards()


def templates_of_space(space_id: str) -> Query[Template]:
    """A space's own templates, newest first."""
    return TEMPLATES.within(space_id=space_id).backwards()


def journals_of_space(space_id: str) -> Query[JournalEntry]:
    """The journal entries of a space, newest first."""
    return JOURNAL_ENTRIES.within(space_id=space_id).backwards()


def journals_of_author(user_id: str) -> Query[JournalEntry]:
    """What a user wrote in any space, those since left included, newest first."""
    return JOURNAL_ENTRIES.on_gsi1(author_id=user_id).backwards()


def highlights_of_entry(entry_id: str) -> Query[Highlight]:
    """The highlights of an entry, oldest first."""
    return HIGHLIGHTS.within(entry_id=entry_id)


def comments_of_entry(entry_id: str) -> Query[Comment]:
    """The comments on an entry, oldest first."""
    return COMMENTS.within(entry_id=entry_id)


def goals_of_space(space_id: str) -> Query[Goal]:
    """The goals of a space, newest first."""
    return GOALS.within(space_id=space_id).backwards()


def check_ins_of_goal(goal_id: str) -> Query[GoalCheckIn]:
    """The steps towards a goal, newest first."""
    return GOAL_CHECK_INS.within(goal_id=goal_id).backwards()


def habits_of_space(space_id: str) -> Query[Habit]:
    """The habits of a space, newest first."""
    return HABITS.within(space_id=space_id).backwards()


def check_ins_of_habit(habit_id: str, user_id: str) -> Query[HabitCheckIn]:
    """One user's days of a habit, in their order."""
    return HABIT_CHECK_INS.within(habit_id=habit_id, user_id=user_id)


def check_ins_of_user(user_id: str) -> Query[GoalCheckIn | HabitCheckIn]:
    """One user's steps towards all goals and days of all habits, by day."""
    return CHECK_INS.on_gsi1(user_id=user_id)


def users_of_organization(org_id: str) -> Query[UserProfile]:
    """The users of an organization, by user id."""
    return USER_PROFILES.on_gsi1(org_id=org_id)


def invitations_to(target_id: str) -> Query[Invitation]:
    """The invitations to a space or an organization, newest first."""
    return INVITATIONS.within(target_id=target_id).backwards()


def invitation_claims_to(target_id: str) -> Query[InvitationClaim]:
    """The e-mails with an open invitation to a space or an organization."""
    return INVITATION_CLAIMS.within(target_id=target_id)


def invitations_of(email: str, invitation_id: str | None = None) -> Query[Invitation]:
    """The invitations that an e-mail was sent, newest first; only this one, if there is an id."""
    parts = {"email": email} | ({"invitation_id": invitation_id} if invitation_id else {})
    return INVITATIONS.on_gsi1(**parts).backwards()


def activity_of_space(space_id: str) -> Query[Activity]:
    """What happened in a space, newest first."""
    return ACTIVITIES.within(space_id=space_id).backwards()


def notifications_of_user(user_id: str) -> Query[Notification]:
    """What concerns a user, newest first."""
    return NOTIFICATIONS.within(user_id=user_id).backwards()


def audit_of_space(space_id: str) -> Query[AuditEvent]:
    """The changes of a space's memberships, roles, codes and settings, newest first."""
    return AUDIT_EVENTS.within(space_id=space_id).backwards()


def messages_of_shard(shard: int) -> Query[OutboxMessage]:
    """The messages that are not executed yet, in one shard of the outbox, oldest first."""
    return OUTBOX_MESSAGES.within(shard=str(shard))


def reminders_of(timezone: str, shard: int) -> Query[Reminder]:
    """Who is reminded in a time zone, by the time of their day; its people are spread over shards."""
    return REMINDERS.within(timezone=timezone, shard=str(shard))
