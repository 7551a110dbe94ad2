"""Telling what happened: to the space, and to those whom it concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.background import mail_templates
from app.background.cascades import delete_all
from app.background.work import Work
from app.core.entities import Key
from app.models.access_patterns import (
    ACTIVITIES,
    MEMBERSHIPS,
    NOTIFICATIONS,
    SPACES,
    USER_PROFILES,
    reactions_to,
)
from app.models.activity import Activity
from app.models.members import Membership
from app.models.notifications import Notification
from app.models.spaces import Space
from app.models.users import NotificationKind, UserProfile
from app.services import outbox


def announce(work: Work, payload: Mapping[str, Any]) -> None:
    """Write the activity of the space and the notifications; have mails sent to those mentioned.

    Nothing is told where the space or whoever did it has gone meanwhile. What is checked of people is
    checked again by the commit, so that nothing is written for an account that is being erased.
    """
    space_id, actor_id, notify = payload["space_id"], payload["actor_id"], payload["notify"]
    keys: list[Key[Any]] = [SPACES.key(space_id=space_id), USER_PROFILES.key(user_id=actor_id)]
    keys += [USER_PROFILES.key(user_id=user_id) for user_id in notify]
    keys += [MEMBERSHIPS.key(space_id=space_id, user_id=user_id) for user_id in notify]
    space, actor, *others = work.table.batch_get(keys, consistent=True)
    if not (_is_active(space) and _is_active(actor)):
        return
    if payload["kind"] is not None:
        _write_activity(work, payload)
    work.session.add(SPACES.require_unchanged(space), USER_PROFILES.require_unchanged(actor))
    people, memberships = others[: len(notify)], others[len(notify) :]
    for why, user, membership in zip(notify.values(), people, memberships, strict=True):
        if _concerns(why, user, membership):
            _notify(work, payload, why, user)


def mail_mention(work: Work, payload: Mapping[str, Any]) -> None:
    """Send a mail to someone whom a comment names, if they are still in the space and want it."""
    ids = {name: payload[name] for name in ("user_id", "space_id")}
    keys = (
        USER_PROFILES.key(user_id=payload["user_id"]),
        USER_PROFILES.key(user_id=payload["actor_id"]),
        SPACES.key(space_id=payload["space_id"]),
        MEMBERSHIPS.key(**ids),
    )
    user, author, space, membership = work.table.batch_get(keys, consistent=True)
    if not (_is_active(space) and _is_active(author) and _concerns("mention", user, membership)):
        return
    if user.wants("mention", "mail"):
        parameters = work.parameters()
        work.mail.send(
            mail_templates.mention(to=user.email, author=author.name, space=space, parameters=parameters)
        )


def delete_reactions(work: Work, payload: Mapping[str, Any]) -> None:
    """Delete the reactions to an activity that is gone."""
    delete_all(work, reactions_to(payload["activity_id"]))


def _is_active(whom_or_where: UserProfile | Space | None) -> bool:
    return whom_or_where is not None and whom_or_where.status == "active"


def _concerns(why: NotificationKind, user: UserProfile | None, membership: Membership | None) -> bool:
    # What happens in a space concerns its members; that they are none any more, those who were.
    return _is_active(user) and (membership is not None or why == "removed")


def _write_activity(work: Work, payload: Mapping[str, Any]) -> None:
    happened_at = datetime.fromisoformat(payload["happened_at"])
    activity = Activity(
        activity_id=payload["activity_id"],
        space_id=payload["space_id"],
        actor_id=payload["actor_id"],
        kind=payload["kind"],
        subject_id=payload["subject_id"],
        created_at=happened_at,
        updated_at=happened_at,
    )
    work.session.add(ACTIVITIES.create(activity))


def _notify(work: Work, payload: Mapping[str, Any], why: NotificationKind, user: UserProfile) -> None:
    ids = {name: payload[name] for name in ("actor_id", "space_id", "subject_id")}
    if user.wants(why, "notifications"):
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
        outbox.enqueue(work.session, "mention.mailed", user_id=user.user_id, **ids)
