"""The kinds of field that inputs are made of, and the bases of what comes in and what goes out."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    UrlConstraints,
)
from pydantic.networks import AnyUrl

from app.core.clock import Timestamp

T = TypeVar("T")


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("must not contain control characters")
    return text


def _prose(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise ValueError("must not contain control characters other than newline and tab")
    return text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be an IANA time zone, like Europe/Zurich") from None
    return name


def _iso_day(value: Any) -> Any:
    # Pydantic would take a number for seconds since 1970.
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a calendar day, like 2026-03-14")
    return value


def _lower_case(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


_LINE = (StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_one_line))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^@\s#]+@[^@\s#]+\.[^@\s#]+")

Name = Annotated[str, *_LINE, StringConstraints(max_length=100)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_prose)]
Bio = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_prose)]
Category = Annotated[str, *_LINE, StringConstraints(max_length=50)]
Title = Annotated[str, *_LINE, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_prose)]
Unit = Annotated[str, *_LINE, StringConstraints(max_length=20)]
Day = Annotated[date, BeforeValidator(_iso_day)]
# A decimal, so that 0.1 three times is 0.3; JSON has it as a number.
Quantity = Annotated[
    Decimal,
    Field(ge=-1_000_000_000, le=1_000_000_000, decimal_places=6, allow_inf_nan=False),
    PlainSerializer(float, return_type=float, when_used="json"),
]
# `#` is legal in an address and would break a key; nobody has one, so it is refused.
Email = Annotated[
    str,
    BeforeValidator(_lower_case),
    StringConstraints(max_length=254, pattern=_EMAIL.pattern),
    AfterValidator(_one_line),
]
HttpsUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"], host_required=True, max_length=2048)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_timezone)]
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Ulid = Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
# Cognito's `sub`.
UserId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]


class Input(BaseModel):
    """A request's body. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Patch(Input):
    """A partial change: what is absent stays, and null clears where the field allows it."""

    def changes(self) -> dict[str, Any]:
        """The fields that were sent, by name, as validated values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class View(BaseModel):
    """An answer's body: exactly these fields, taken by name from what is stored."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, stored: BaseModel, **more: Any) -> Self:
        """The view of a stored record, with the fields that depend on who asks."""
        names = cls.model_fields.keys() - more.keys()
        return cls.model_validate({name: getattr(stored, name) for name in names} | more)


class Resource(View):
    """A view of something that can change. Its `version` makes the ETag."""

    version: Annotated[int, Field(ge=1, description="Counts the changes, from 1")]
    created_at: Timestamp
    updated_at: Timestamp


class Page(View, Generic[T]):
    """One page of a list. Only `next_cursor` null says that the list has ended."""

    items: list[T]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` to get the next page")]
