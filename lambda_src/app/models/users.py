"""People: the profile of whoever signed in."""

from typing import Annotated, Any, Literal, Self

from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictBool

from app.core.clock import Timestamp
from app.core.records import Record
from app.models.fields import (
    Bio,
    Email,
    HttpsUrl,
    Input,
    Locale,
    Name,
    Patch,
    Resource,
    TimeOfDay,
    TimeZone,
    View,
)
from app.models.organizations import OrgRole

NotificationKind = Literal[
    "mention",
    "comment",
    "invitation",
    "role_changed",
    "removed",
    "reaction",
    "reminder",
    "space_deleted",
]

FirstWeekday = Literal["monday", "saturday", "sunday"]


class Preferences(BaseModel):
    """What a user wants to hear of. A kind that is not named is on."""

    model_config = ConfigDict(extra="forbid")

    mail: dict[NotificationKind, StrictBool] = {}
    notifications: dict[NotificationKind, StrictBool] = {}
    reminder_time: Annotated[
        TimeOfDay | None, Field(description="In the user's time zone; null for none")
    ] = None
    week_start: Annotated[
        FirstWeekday,
        Field(description="The first day of the week, for habits that count a number of days a week"),
    ] = "monday"

    def merged(self, patch: "PreferencesPatch") -> Self:
        """These preferences with a patch merged into them (RFC 7396): null restores what holds by default."""
        changes: dict[str, Any] = {}
        for name, value in patch.changes().items():
            if value is None:
                changes[name] = getattr(Preferences(), name)
            elif isinstance(value, dict):
                kinds = {**getattr(self, name), **value}
                changes[name] = {kind: wanted for kind, wanted in kinds.items() if wanted is not None}
            else:
                changes[name] = value
        return self.model_copy(update=changes)


class PreferencesPatch(Patch):
    """Any of the preferences, and of their kinds; null restores the default of one."""

    mail: dict[NotificationKind, StrictBool | None] | None | MISSING = MISSING
    notifications: dict[NotificationKind, StrictBool | None] | None | MISSING = MISSING
    reminder_time: TimeOfDay | None | MISSING = MISSING
    week_start: FirstWeekday | None | MISSING = MISSING


class UserCreate(Input):
    """What it takes to make one's profile."""

    email: Annotated[
        Email, Field(description="The verified e-mail of the caller's token", examples=["ada@example.com"])
    ]
    name: Annotated[Name, Field(examples=["Ada Lovelace"])]
    preferred_name: Name | None = None
    bio: Bio | None = None
    avatar_url: HttpsUrl | None = None
    timezone: Annotated[TimeZone, Field(examples=["Europe/London"])] = "UTC"
    locale: Annotated[Locale | None, Field(description="BCP 47", examples=["en-GB"])] = None
    preferences: Preferences = Preferences()


class UserPatch(Patch):
    """Any of the profile's fields; null clears those that may be empty."""

    email: Email | MISSING = MISSING
    name: Name | MISSING = MISSING
    preferred_name: Name | None | MISSING = MISSING
    bio: Bio | None | MISSING = MISSING
    avatar_url: HttpsUrl | None | MISSING = MISSING
    timezone: TimeZone | MISSING = MISSING
    locale: Locale | None | MISSING = MISSING
    preferences: PreferencesPatch | MISSING = MISSING


class UserProfile(Record):
    """A person as stored. `owned_spaces` and `space_count` are counters.

    `email_as_of` (epoch seconds) is when the token was issued that `email` comes from.

    While the account is `deleting`, its owner counts as someone without a profile.
    """

    user_id: str
    email: str
    name: str
    preferred_name: str | None = None
    bio: str | None = None
    avatar_url: HttpsUrl | None = None
    timezone: str = "UTC"
    locale: str | None = None
    preferences: Preferences = Preferences()
    org_id: str | None = None
    org_role: OrgRole | None = None
    email_as_of: int | None = None
    notifications_read_to: Timestamp | None = None
    owned_spaces: int = 0
    space_count: int = 0
    status: Literal["active", "deleting"] = "active"

    def wants(self, kind: NotificationKind, by: Literal["mail", "notifications"]) -> bool:
        """Whether this person wants to hear of such a thing in this way."""
        return getattr(self.preferences, by).get(kind, True) is True


class EmailClaim(Record):
    """Says that an e-mail is taken, so that no two profiles have the same.

    `checked_at` is when it was last asked whether Cognito still has the address for this user.
    """

    email: str
    user_id: str
    checked_at: Timestamp | None = None


class ErasedUser(Record):
    """Says that the account of a user id has been erased, for longer than any of its tokens is valid."""

    user_id: str
    purge_at: Timestamp


class UserView(Resource):
    """One's own profile."""

    user_id: str
    email: str
    name: str
    preferred_name: str | None
    bio: str | None
    avatar_url: HttpsUrl | None
    timezone: str
    locale: str | None
    org_id: str | None
    org_role: OrgRole | None
    preferences: Preferences


class PublicUserView(View):
    """What others see of a person."""

    user_id: str
    name: str
    preferred_name: str | None
    avatar_url: HttpsUrl | None
    bio: str | None
