"""Telling what happened: to the space, and to those whom it concerns."""

from typing import Any

from app.background import mail_limits, mail_templates
from app.background.work import Work
from app.core.entities import Key
from app.models.access_patterns import (
    ACTIVITIES,
    MEMBERSHIPS,
    NOTIFICATIONS,
    REACTIONS,
    SPACES,
    USER_PROFILES,
)
from app.models.activity import Activity, ActivityKind, Emoji
from app.models.members import Membership
from app.models.messages import AnnounceActivity, SendMentionMail, WithdrawReactionNotification
from app.models.notifications import Notification
from app.models.spaces import Space
from app.models.users import NotificationKind, UserProfile
from app.services import notifications, outbox


def announce(work: Work, message: AnnounceActivity) -> None:
    """Write the activity of the space and the notifications; have mails sent to those mentioned.

    Nothing is told where the space or whoever did it has gone meanwhile. What is checked of people is
    checked again by the commit, so that nothing is written for an account that is being erased.
    """
    space_id, actor_id, notify = message.space_id, message.actor_id, message.notify
    keys: list[Key[Any]] = [SPACES.key(space_id=space_id), USER_PROFILES.key(user_id=actor_id)]
    keys += [USER_PROFILES.key(user_id=user_id) for user_id in notify]
    keys += [MEMBERSHIPS.key(space_id=space_id, user_id=user_id) for user_id in notify]
    space, actor, *others = work.table.batch_get(keys, consistent=True)
    if not (_is_active(space) and _is_active(actor)):
        return
    if message.kind is not None:
        _write_activity(work, message, message.kind)
    work.session.add(SPACES.require_unchanged(space), USER_PROFILES.require_unchanged(actor))
    people, memberships = others[: len(notify)], others[len(notify) :]
    for why, user, membership in zip(notify.values(), people, memberships, strict=True):
        if _concerns(why, user, membership):
            _notify(work, message, why, user)


def send_mention_mail(work: Work, message: SendMentionMail) -> None:
    """Send a mail to someone whom a comment names, if they are still in the space and want it."""
    keys = (
        USER_PROFILES.key(user_id=message.user_id),
        USER_PROFILES.key(user_id=message.actor_id),
        SPACES.key(space_id=message.space_id),
        MEMBERSHIPS.key(space_id=message.space_id, user_id=message.user_id),
    )
    user, author, space, membership = work.table.batch_get(keys, consistent=True)
    if not (_is_active(space) and _is_active(author) and _concerns("mention", user, membership)):
        return
    if user.wants("mention", "mail") and mail_limits.take(
        work,
        email=user.email,
        cause=("mention", message.actor_id, message.subject_id),
        limit=mail_limits.MENTION,
        reference=work.message_id,
    ):
        parameters = work.parameters()
        work.mail.send(
            mail_templates.mention(to=user.email, author=author.name, space=space, parameters=parameters)
        )


def _is_active(whom_or_where: UserProfile | Space | None) -> bool:
    return whom_or_where is not None and whom_or_where.status == "active"


def _concerns(why: NotificationKind, user: UserProfile | None, membership: Membership | None) -> bool:
    # What happens in a space concerns its members; that they are none any more, those who were.
    return _is_active(user) and (membership is not None or why == "removed")


def _write_activity(work: Work, message: AnnounceActivity, kind: ActivityKind) -> None:
    activity = Activity(
        activity_id=message.activity_id,
        space_id=message.space_id,
        actor_id=message.actor_id,
        kind=kind,
        subject_id=message.subject_id,
        created_at=message.happened_at,
        updated_at=message.happened_at,
    )
    work.session.add(ACTIVITIES.create(activity))


def withdraw_reaction_notification(work: Work, message: WithdrawReactionNotification) -> None:
    """Delete what tells a user of a reaction that is no more, unless it is read."""
    user = work.table.get(USER_PROFILES.key(user_id=message.user_id))
    if user is None or _has_reacted(work, message.actor_id, message.subject_id):
        return
    for item in _unread(work, user, ("reaction", message.actor_id, message.subject_id)):
        work.session.add(NOTIFICATIONS.delete(item))


def _has_reacted(work: Work, user_id: str, activity_id: str) -> bool:
    keys = [REACTIONS.key(activity_id=activity_id, user_id=user_id, emoji=emoji) for emoji in Emoji]
    return any(work.table.batch_get(keys, consistent=True))


def _unread(work: Work, user: UserProfile, cause: tuple[NotificationKind, str, str]) -> list[Notification]:
    """Those of a user's latest notifications that are of this kind, actor and subject, and not read yet."""
    unread = notifications.latest_unread(work.table, user, consistent=True)
    return [item for item in unread if (item.kind, item.actor_id, item.subject_id) == cause]


def _notify(work: Work, message: AnnounceActivity, why: NotificationKind, user: UserProfile) -> None:
    ids = {"actor_id": message.actor_id, "space_id": message.space_id, "subject_id": message.subject_id}
    if why == "reaction" and not _has_reacted(work, message.actor_id, message.subject_id):
        return  # it was withdrawn meanwhile
    cause = (why, message.actor_id, message.subject_id)
    if user.wants(why, "notifications") and not _unread(work, user, cause):
        notification = Notification(
            notification_id=work.session.new_id(),
            user_id=user.user_id,
            kind=why,
            created_at=work.session.now,
            updated_at=work.session.now,
            **ids,
        )
        work.session.add(NOTIFICATIONS.create(notification), USER_PROFILES.require_unchanged(user))
    if why == "mention":
        outbox.enqueue(work.session, SendMentionMail(user_id=user.user_id, **ids))
