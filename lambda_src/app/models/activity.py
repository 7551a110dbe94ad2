"""Activity: what happened in a space, and how the others took it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.records import Record
from app.models.fields import Resource


class ActivityKind(StrEnum):
    """What happened."""

    MEMBER_JOINED = "member_joined"
    JOURNAL_CREATED = "journal_created"
    COMMENT_CREATED = "comment_created"
    GOAL_CREATED = "goal_created"
    GOAL_CHECK_IN = "goal_check_in"
    HABIT_CREATED = "habit_created"
    HABIT_CHECK_IN = "habit_check_in"


# Without names or titles: these change, and an activity stays.
SUMMARIES = {
    ActivityKind.MEMBER_JOINED: "joined the space",
    ActivityKind.JOURNAL_CREATED: "wrote a journal entry",
    ActivityKind.COMMENT_CREATED: "commented on a journal entry",
    ActivityKind.GOAL_CREATED: "set a goal",
    ActivityKind.GOAL_CHECK_IN: "took a step towards a goal",
    ActivityKind.HABIT_CREATED: "began a habit",
    ActivityKind.HABIT_CHECK_IN: "kept a habit",
}


class Emoji(StrEnum):
    """What one can react with."""

    HEART = "heart"
    CLAP = "clap"
    FIRE = "fire"
    STAR = "star"
    HUG = "hug"


class Activity(Record):
    """Something that happened, as stored. The fields named like an emoji are counters of its reactions."""

    activity_id: str
    space_id: str
    actor_id: str
    kind: ActivityKind
    subject_id: str
    heart: int = 0
    clap: int = 0
    fire: int = 0
    star: int = 0
    hug: int = 0


class ActivityView(Resource):
    """Something that happened in a space."""

    activity_id: str
    space_id: str
    kind: ActivityKind
    actor_id: Annotated[str, Field(description="Who did it")]
    subject_id: Annotated[str, Field(description="The id of what it is about")]
    summary: Annotated[str, Field(examples=["wrote a journal entry"])]
    reactions: Annotated[dict[Emoji, int], Field(description="How many reacted with each; all are named")]

    @classmethod
    def of_activity(cls, activity: Activity) -> "ActivityView":
        """The activity as every member sees it."""
        counts = {emoji: getattr(activity, emoji) for emoji in Emoji}
        return cls.of(activity, summary=SUMMARIES[activity.kind], reactions=counts)


class Reaction(Record):
    """One user's reaction: one of a kind an activity."""

    activity_id: str
    space_id: str
    user_id: str
    emoji: Emoji
