"""The kinds of field that inputs are made of, and the bases of what comes in and what goes out."""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    UrlConstraints,
    WithJsonSchema,
    computed_field,
)
from pydantic.networks import AnyUrl

from app.core import email
from app.core.clock import Timestamp, rfc3339
from app.core.database import Slice
from app.core.model import Model
from app.core.records import NO_DIGEST, Record, VersionTag

T = TypeVar("T")
R = TypeVar("R", bound=Record)
_URL_LENGTH = 2048


# Control characters (category Cc) and Unicode's own line and paragraph separator.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_PROSE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# As Windows, old Macs, word processors and mainframes end a line.
_LINE_BREAK = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# Embeddings, overrides and isolates (UAX #9), and those that they replaced: what comes behind them, as in a
# mail's subject, is shown in another order. Plain direction marks are part of many writings.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u206f]")
# Shown as nothing by themselves: control, format and space characters, marks, fillers, and the empty Braille
# pattern.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
# Format characters and variation selectors, which tell no tag from another.
_ZERO_WIDTH = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f\u180b-\u180d]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must be one line, without control characters")
    if _DIRECTION.search(text):
        raise ValueError("must not change the direction of writing")
    return text


def _visible(text: str) -> str:
    if all(char in _FILLERS or unicodedata.category(char) in _INVISIBLE for char in text):
        raise ValueError("must hold something that can be seen")
    return text


def _prose(text: str) -> str:
    text = _LINE_BREAK.sub("\n", text)
    if _CONTROL_IN_PROSE.search(text):
        raise ValueError("must not contain control characters other than line breaks and tabs")
    return text


def tag_key(tag: str) -> str:
    """What two spellings of one tag have in common: NFC and case folding, without zero-width characters."""
    shown = "".join(
        char
        for char in unicodedata.normalize("NFC", tag)
        if unicodedata.category(char) != "Cf" and not _ZERO_WIDTH.match(char)
    )
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", shown).casefold())


def _first_of_each_tag(tags: list[str]) -> list[str]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag_key(tag), tag)
    return list(first.values())


def _each_once(items: Sequence[T]) -> Sequence[T]:
    if len(set(items)) < len(items):
        raise ValueError("must name each once")
    return items


def _stored_whole(url: AnyUrl) -> AnyUrl:
    # What is stored is percent-encoded and up to twelve times as long as what was sent.
    if len(str(url)) > _URL_LENGTH:
        raise ValueError(f"must be at most {_URL_LENGTH} characters when percent-encoded")
    return url


@functools.cache
def time_zones() -> frozenset[str]:
    """Every IANA time zone."""
    # Of our own dependency: a host's own list has more, `localtime` for one, which means what the host says.
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("ascii").split())


def _timezone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("must be an IANA time zone, like Europe/Zurich")
    return name


def _iso_day(value: Any) -> Any:
    # Pydantic would take a number for seconds since 1970.
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a calendar day, like 2026-03-14")
    return value


def _number(value: Any) -> Any:
    # Pydantic would take text for a decimal. By type, as True is an int.
    if type(value) not in {int, float, Decimal}:
        raise ValueError("must be a number")
    return value


def _whole_number(value: Any) -> Any:
    # Pydantic would take "7", 7.0 and true too; the table answers decimals.
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a whole number")  # noqa: TRY004 - Pydantic answers no TypeError
    return value


def _email(text: str) -> str:
    if (normal := email.normalize(text)) is None:
        raise ValueError("must be an e-mail address, like ada@example.com")
    return normal


_LINE = (AfterValidator(_one_line), AfterValidator(_visible))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# RFC 5646 2.1: language and what narrows it, private use, or one of the irregular tags of before. No language
# of four letters or more is registered.
_LANGUAGE_TAG = (
    r"^(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    r"(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?|[xX](?:-[A-Za-z0-9]{1,8})+|[iI]-[A-Za-z]{3,8}|en-GB-oed|"
    r"sgn-(?:BE-FR|BE-NL|CH-DE))$"
)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), *_LINE]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_prose)]
Bio = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_prose)]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), *_LINE]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), *_LINE]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_prose)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), *_LINE]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), *_LINE]
Tags = Annotated[
    list[Tag],
    Field(
        max_length=20,
        description="Spellings of one tag count once, as first written",
        examples=[["running", "morning"]],
    ),
    AfterValidator(_first_of_each_tag),
]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), *_LINE]
Remark = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_prose),
    AfterValidator(_visible),
]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), AfterValidator(_prose)]
# Not trimmed: spaces mean something in Markdown, and highlights count its characters.
Markdown = Annotated[str, StringConstraints(max_length=300_000), AfterValidator(_prose)]
Passage = Annotated[
    str,
    # Far below what an answer that is kept for its Idempotency-Key may hold.
    StringConstraints(min_length=1, max_length=20_000),
    AfterValidator(_prose),
]
EachOnce = AfterValidator(_each_once)
Number = BeforeValidator(_number)
Day = Annotated[date, BeforeValidator(_iso_day)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
# A decimal, so that 0.1 three times is 0.3; JSON has it as a number.
Total = Annotated[Decimal, Number, PlainSerializer(float, return_type=float, when_used="json")]
_MOST = 1_000_000_000
Quantity = Annotated[
    Total,
    Field(ge=-_MOST, le=_MOST, decimal_places=6, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": -_MOST, "maximum": _MOST}),
]
Amount = Annotated[
    Total,
    Field(gt=0, le=_MOST, decimal_places=6, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": _MOST}),
]
Email = Annotated[
    str,
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": email.MAX_LENGTH}),
]
HttpsUrl = Annotated[
    AnyUrl,
    UrlConstraints(allowed_schemes=["https"], host_required=True, max_length=_URL_LENGTH),
    AfterValidator(_stored_whole),
]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_timezone)]
Locale = Annotated[str, StringConstraints(pattern=_LANGUAGE_TAG, max_length=100)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Ulid = Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
# Cognito's `sub`.
UserId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]


class Input(Model):
    """A request's body. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Patch(Input):
    """A partial change: what is absent stays, and null clears where the field allows it."""

    def changes(self) -> dict[str, Any]:
        """The fields that were sent, by name, as validated values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class View(Model):
    """An answer's body: exactly these fields, taken by name from what is stored."""

    model_config = ConfigDict(from_attributes=True, hide_input_in_errors=True)

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

    # Pydantic documents the exception: https://github.com/python/mypy/issues/14461
    @computed_field(  # type: ignore[prop-decorator]
        description="Names the version: send it as `If-Match`, and the change needs no GET before",
        examples=['"3-0000000000d6a3b6"'],
    )
    @property
    def etag(self) -> str:
        """The tag of this version, without the digest of an answer that the `ETag` header has."""
        return str(VersionTag.make(self.version, rfc3339(self.created_at), NO_DIGEST))


class Page(View, Generic[T]):
    """One page of a list. Only `next_cursor` null says that the list has ended."""

    items: list[T]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` to get the next page")]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`SpacePage`, as the OpenAPI document and the clients made from it say."""
        return f"{params[0].__name__.removesuffix('View')}Page"


def page_of(found: Slice[R], view: Callable[[R], T]) -> Page[T]:
    """A page of views of the items that a query found."""
    return Page(items=[view(item) for item in found.items], next_cursor=found.next_cursor)
