"""Activity: telling what happened, reading it, and reacting to it."""

from collections.abc import Mapping

from app.core.database import Session
from app.core.errors import NotFound
from app.core.records import Versions
from app.models.access_patterns import ACTIVITIES, REACTIONS, activity_of_space
from app.models.activity import Activity, ActivityKind, ActivityView, Emoji, Reaction
from app.models.fields import Page, page_of
from app.models.messages import AnnounceActivity, WithdrawReactionNotification
from app.models.users import NotificationKind
from app.services import lifecycle, outbox
from app.services.permissions import Access


def announce(
    session: Session,
    access: Access,
    kind: ActivityKind | None,
    *,
    subject_id: str,
    notify: Mapping[str, NotificationKind] | None = None,
) -> None:
    """Have what the caller did told to the space, and to those by user id whom it concerns.

    Without a kind it is told to these alone. It happens in the background, and nobody is notified of
    what they did themselves.
    """
    others = {user_id: why for user_id, why in (notify or {}).items() if user_id != access.user.user_id}
    if kind is None and not others:
        return
    message = AnnounceActivity(
        activity_id=session.new_id(),
        happened_at=session.now,
        space_id=access.space.space_id,
        actor_id=access.user.user_id,
        kind=kind,
        subject_id=subject_id,
        notify=others,
    )
    outbox.enqueue(session, message)


def list_page(session: Session, access: Access, *, limit: int, cursor: str | None) -> Page[ActivityView]:
    """What happened in the space, newest first."""
    found = session.table.page(activity_of_space(access.space.space_id), limit=limit, cursor=cursor)
    return page_of(found, ActivityView.of_activity)


def react(
    session: Session, access: Access, *, activity_id: str, emoji: Emoji, versions: Versions
) -> ActivityView:
    """React, if the caller has not reacted so already.

    Raises:
        NotFound: nothing of this id happened in the space.
        PreconditionFailed: the activity is at none of these versions.
    """
    activity, was = _read(session, access, activity_id, emoji)
    activity.require_version(versions)
    if was is not None:
        return ActivityView.of_activity(activity)
    reaction = Reaction(
        activity_id=activity_id,
        space_id=activity.space_id,
        user_id=access.user.user_id,
        emoji=emoji,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(
        REACTIONS.create(reaction),
        ACTIVITIES.increment(ACTIVITIES.key_of(activity), {emoji: 1}),
        access.membership_unchanged(),
    )
    announce(session, access, None, subject_id=activity_id, notify={activity.actor_id: "reaction"})
    return ActivityView.of_activity(activity.model_copy(update={emoji.value: getattr(activity, emoji) + 1}))


def withdraw(session: Session, access: Access, *, activity_id: str, emoji: Emoji, versions: Versions) -> None:
    """Take a reaction back.

    Raises:
        NotFound: nothing of this id happened in the space, or the caller did not react so.
        PreconditionFailed: the activity is at none of these versions.
    """
    activity, was = _read(session, access, activity_id, emoji)
    activity.require_version(versions)
    if was is None:
        raise NotFound
    lifecycle.delete(session, was)
    session.add(access.membership_unchanged())
    if activity.actor_id != access.user.user_id:
        message = WithdrawReactionNotification(
            user_id=activity.actor_id, actor_id=access.user.user_id, subject_id=activity_id
        )
        outbox.enqueue(session, message)


def _read(
    session: Session, access: Access, activity_id: str, emoji: Emoji
) -> tuple[Activity, Reaction | None]:
    keys = (
        ACTIVITIES.key(space_id=access.space.space_id, activity_id=activity_id),
        REACTIONS.key(activity_id=activity_id, user_id=access.user.user_id, emoji=emoji),
    )
    activity, reaction = session.read(keys)
    if activity is None:
        raise NotFound
    return activity, reaction
