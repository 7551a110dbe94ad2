from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.clock import new_ulid
from app.models.access_patterns import EMAIL_CLAIMS
from app.models.fields import (
    Bio,
    Category,
    Description,
    Email,
    HttpsUrl,
    Input,
    Locale,
    LongText,
    Markdown,
    Name,
    Page,
    Patch,
    Quantity,
    Remark,
    Tags,
    TimeOfDay,
    TimeZone,
    Ulid,
    UserId,
    View,
    WholeNumber,
    tag_key,
)
from app.models.fields import Note as NoteText
from tests.email_addresses import NO_EMAILS
from tests.unit.core.entity_helpers import Note, note

# Everything that a JSON body can hold, lone surrogates too.
ANY_TEXT = st.text(st.characters(exclude_categories=[]))

# The examples of RFC 5646, appendix A, and others of their kinds.
LOCALES = [
    *("en", "en-GB", "gsw", "de", "fr", "ja", "i-enochian", "zh-Hant", "sr-Latn", "zh-cmn-Hans-CN", "yue-HK"),
    *("zh-Hans-CN", "sr-Latn-RS", "sl-rozaj", "sl-rozaj-biske", "sl-nedis", "de-CH-1901", "sl-IT-nedis"),
    *("hy-Latn-IT-arevela", "de-DE", "en-US", "es-419", "de-CH-x-phonebk", "az-Arab-x-AZE-derbend"),
    *("x-whatever", "x-private", "qaa-Qaaa-QM-x-southern", "de-Qaaa", "sr-Latn-QM", "sr-Qaaa-RS"),
    *("en-US-u-islamcal", "zh-CN-a-myext-x-private", "en-a-myext-b-another", "en-US-u-hc-h12", "art-lojban"),
    *("en-GB-oed", "sgn-BE-FR", "zh-min-nan", "EN-us", "de-1996", "en-u-ca-gregory-nu-latn"),
]
NO_LOCALES = [
    *(
        "",
        "e",
        "en_GB",
        "en-",
        "-en",
        "english",
        "en-GB\n",
        "e1",
        "de-419-DE",
        "a-DE",
        "en--GB",
        "en-x",
        "x-",
    ),
    *(
        "en-u",
        "en-GB-123456789",
        "en-US.UTF-8",
        "\u0435n",
        "ar-a-aaa-b-bbb-a-",
        "x-123456789",
        "en-" + "a" * 98,
    ),
]


def accepts(kind: Any, value: object) -> Any:
    """What the kind of field makes of a value."""
    return TypeAdapter(kind).validate_python(value)


def refuses(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        accepts(kind, value)


@pytest.mark.parametrize("kind", [Bio, Description, LongText, Markdown, NoteText, Remark])
@pytest.mark.parametrize(
    "line_break", ["\r\n", "\r", "\n", "\v", "\f", "\x85", "\u2028", "\u2029"], ids=ascii
)
def test_prose_has_one_kind_of_line_break(kind: Any, line_break: str) -> None:
    assert accepts(kind, f"one{line_break}two{line_break * 2}three") == "one\ntwo\n\nthree"


class TestTag:
    @pytest.mark.parametrize(
        ("tags", "kept"),
        [
            (["Run", "run", "RUN"], ["Run"]),
            (["cafe\u0301", "caf\u00e9"], ["cafe\u0301"]),
            (["CAF\u00c9", "cafe\u0301"], ["CAF\u00c9"]),
            (["run", "ru\u200bn", "run\ufe0f", "\u2060run", "ru\u00adn"], ["run"]),
            (["stra\u00dfe", "STRASSE", "Strasse"], ["stra\u00dfe"]),
            (
                ["\u03a3\u039f\u03a6\u039f\u03a3", "\u03c3\u03bf\u03c6\u03bf\u03c2"],
                ["\u03a3\u039f\u03a6\u039f\u03a3"],
            ),
            (["\u2764\ufe0f", "\u2764"], ["\u2764\ufe0f"]),
            (["run", " run "], ["run"]),
            (["resume", "r\u00e9sum\u00e9", "running"], ["resume", "r\u00e9sum\u00e9", "running"]),
        ],
        ids=ascii,
    )
    def test_tag_counts_once_however_it_is_spelled(self, tags: list[str], kept: list[str]) -> None:
        assert accepts(Tags, tags) == kept

    @given(ANY_TEXT)
    def test_key_is_its_own_key(self, text: str) -> None:
        assert tag_key(tag_key(text)) == tag_key(text)


@pytest.mark.parametrize("value", ["7", True, None, [7]])
def test_numbers_are_not_made_of_other_things(value: object) -> None:
    assert accepts(Quantity, 7.5) == Decimal("7.5")
    assert accepts(WholeNumber, 7) == 7
    refuses(Quantity, value)
    refuses(WholeNumber, value)


def test_whole_numbers_are_whole_as_they_are_written() -> None:
    refuses(WholeNumber, 7.0)


def accepted_or_refused(kind: Any, value: object) -> Any:
    """What the kind makes of a value, None where it refuses; any other exception is a failure."""
    try:
        return accepts(kind, value)
    except ValidationError:
        return None


@pytest.mark.parametrize(("kind", "longest"), [(Name, 100), (Category, 50)])
class TestLine:
    def test_line_is_trimmed(self, kind: Any, longest: int) -> None:
        assert accepts(kind, "  Morning runners\n") == "Morning runners"

    def test_line_is_counted_after_trimming(self, kind: Any, longest: int) -> None:
        assert accepts(kind, " " + "ä" * longest + " ") == "ä" * longest
        refuses(kind, "a" * (longest + 1))

    @pytest.mark.parametrize(
        "text",
        [
            *("\u200b", "\u200e \u200f", "\u00a0\u2060", "\u3164", "\u2800", "\u115f\u1160", "\uffa0"),
            *("\ufe0f", "\u0301", "\u034f", "\u180e", "\u3000", "\U000e0020", "\ufffc", "\u00ad", "\u2063"),
        ],
        ids=ascii,
    )
    def test_line_holds_something_that_can_be_seen(self, kind: Any, longest: int, text: str) -> None:
        refuses(kind, text)
        assert accepts(kind, f"{text}a").endswith("a")

    @pytest.mark.parametrize(
        "mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206f", ids=ascii
    )
    def test_line_does_not_change_the_direction_of_writing(self, kind: Any, longest: int, mark: str) -> None:
        refuses(kind, f"a{mark}b")
        assert accepts(kind, "\u05e2\u05d1\u200f A\u200e") == "\u05e2\u05d1\u200f A\u200e"

    @pytest.mark.parametrize(
        "text", ["", "   ", "\t\n", "two\nlines", "a\vb", "a\x00b", "a\x7fb", "a\x85b", "a\u2028b", None, 1]
    )
    def test_line_holds_something_on_one_line(self, kind: Any, longest: int, text: object) -> None:
        refuses(kind, text)


@pytest.mark.parametrize(("kind", "longest"), [(Description, 500), (Bio, 1000)])
class TestProse:
    @pytest.mark.parametrize("text", ["", "One\nTwo\tThree", "🏃‍♀️ every day", "עברית"])
    def test_prose_holds_any_writing(self, kind: Any, longest: int, text: str) -> None:
        assert accepts(kind, text) == text

    def test_prose_is_trimmed_and_counted_after(self, kind: Any, longest: int) -> None:
        assert accepts(kind, " " + "a" * longest + "\n") == "a" * longest
        refuses(kind, "a" * (longest + 1))

    @pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x1cb", "a\x9fb", None])
    def test_prose_holds_no_control_characters(self, kind: Any, longest: int, text: object) -> None:
        refuses(kind, text)


class TestEmail:
    @pytest.mark.parametrize(
        "email",
        [
            "ada@example.com",
            "a.b+c'd@x.y.z",
            "!$%&*/=?^_`{|}~-@example.com",
            "1@1.example",
            "a" * 64 + "@" + "b" * 63 + ".example",
            "a@" + "b." * 122 + "example",
            "ada@xn--exmple-cua.org",
        ],
    )
    def test_email_accepts_an_address(self, email: str) -> None:
        assert accepts(Email, email) == email

    @pytest.mark.parametrize("email", [" Ada@Example.COM ", "ADA@EXAMPLE.COM\r\n", "\tada@example.com"])
    def test_email_is_trimmed_and_lower_case(self, email: str) -> None:
        assert accepts(Email, email) == "ada@example.com"

    @pytest.mark.parametrize("email", NO_EMAILS, ids=ascii)
    def test_email_rejects_anything_else(self, email: object) -> None:
        refuses(Email, email)

    @given(st.builds("{}@{}.{}".format, ANY_TEXT, ANY_TEXT, ANY_TEXT) | st.emails() | ANY_TEXT)
    @example("\u0130@example.com")
    @example("mar\u212a@example.com")
    def test_email_can_be_a_key_and_is_ascii(self, text: str) -> None:
        email = accepted_or_refused(Email, text)
        if email is not None:
            assert EMAIL_CLAIMS.key(email=email).pk == f"EMAIL#{email}"
            assert accepts(Email, email) == email
            assert email.isascii()
            assert email == text.strip().lower()


class TestHttpsUrl:
    @pytest.mark.parametrize(
        "url",
        ["https://example.com/a.png", "https://cdn.example.com:8443/a?b=c#d", "https://bücher.example/ä"],
    )
    def test_https_url_is_an_address_of_the_web(self, url: str) -> None:
        assert str(accepts(HttpsUrl, url)).startswith("https://")

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/a.png",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "https://",
            "//example.com/a.png",
            "example.com",
            "",
            None,
        ],
    )
    def test_https_url_rejects_anything_else(self, url: object) -> None:
        refuses(HttpsUrl, url)

    def test_https_url_is_counted_as_it_is_stored(self) -> None:
        start = "https://example.com/"
        assert len(str(accepts(HttpsUrl, start + "a" * (2048 - len(start))))) == 2048
        refuses(HttpsUrl, start + "a" * (2049 - len(start)))
        refuses(HttpsUrl, start + "é" * 1000)

    @given(st.builds("https://{}/{}".format, st.just("example.com") | ANY_TEXT, ANY_TEXT) | ANY_TEXT)
    @example("https://example.com/" + "é" * 1000)
    def test_https_url_can_be_read_back(self, text: str) -> None:
        url = accepted_or_refused(HttpsUrl, text)
        if url is not None:
            assert accepts(HttpsUrl, str(url)) == url


class TestTimeZone:
    @pytest.mark.parametrize(
        "name", ["UTC", "Europe/Zurich", "America/Argentina/Ushuaia", "Asia/Kathmandu", "Etc/GMT+12"]
    )
    def test_time_zone_is_one_of_the_iana_database(self, name: str) -> None:
        assert accepts(TimeZone, name) == name

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "/",
            "Europe",
            "Europe/",
            "Europe/Atlantis",
            "europe/zurich",
            "../../etc/passwd",
            "/etc/passwd",
            "UTC\x00",
            "localtime",
            "posix/Europe/Zurich",
            "tzdata.zi",
            "zone.tab",
            "posixrules",
            "+01:00",
            "a" * 65,
            None,
        ],
    )
    def test_time_zone_rejects_anything_else(self, name: object) -> None:
        refuses(TimeZone, name)

    @given(ANY_TEXT | st.text("ABCabc/.+-_", max_size=20))
    def test_time_zone_can_be_used(self, text: str) -> None:
        name = accepted_or_refused(TimeZone, text)
        if name is not None:
            assert ZoneInfo(name).key == name


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Locale, LOCALES, NO_LOCALES),
        (
            TimeOfDay,
            ["00:00", "09:30", "23:59"],
            ["24:00", "9:30", "12:60", "12:30:00", "", "١٢:٣٠", "12:30\n"],
        ),
        (
            Ulid,
            [new_ulid(), "7" + "Z" * 25],
            ["", "8" + "0" * 25, "0" * 25, "0" * 27, "0" * 25 + "U", "0" * 25 + "a", "0" * 25 + "#"],
        ),
        (
            UserId,
            ["1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"],
            ["", "me", "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED", "1b9d6bcd", "#" * 36],
        ),
    ],
    ids=["Locale", "TimeOfDay", "Ulid", "UserId"],
)
class TestCodes:
    def test_codes_are_in_their_form(self, kind: Any, good: list[str], bad: list[str]) -> None:
        for text in good:
            assert accepts(kind, text) == text

    def test_codes_are_nothing_else(self, kind: Any, good: list[str], bad: list[str]) -> None:
        for text in bad:
            refuses(kind, text)


@pytest.mark.parametrize(
    "kind", [Name, Category, Description, Bio, Email, HttpsUrl, TimeZone, Locale, TimeOfDay, Ulid, UserId]
)
class TestTextField:
    @given(text=ANY_TEXT)
    def test_text_field_takes_any_text_or_rejects_it(self, kind: Any, text: str) -> None:
        value = accepted_or_refused(kind, text)
        if value is not None:
            str(value).encode()


class Wish(Patch):
    text: Name = ""
    reason: Description | None = None


class TestInput:
    def test_input_rejects_fields_that_it_does_not_know(self) -> None:
        class Text(Input):
            text: str

        with pytest.raises(ValidationError, match="extra_forbidden"):
            Text.model_validate({"text": "a", "txet": "b"})


class TestPatch:
    @pytest.mark.parametrize(
        ("sent", "changes"),
        [
            ({}, {}),
            ({"text": " New "}, {"text": "New"}),
            ({"reason": None}, {"reason": None}),
            ({"text": "New", "reason": "So"}, {"text": "New", "reason": "So"}),
        ],
    )
    def test_patch_changes_what_was_sent(self, sent: dict[str, Any], changes: dict[str, Any]) -> None:
        assert Wish.model_validate(sent).changes() == changes

    def test_patch_rejects_fields_that_it_does_not_know(self) -> None:
        with pytest.raises(ValidationError, match="extra_forbidden"):
            Wish.model_validate({"txet": "b"})


class TestView:
    class Card(View):
        text: str
        mine: bool

    def test_view_takes_its_own_fields_and_no_more(self) -> None:
        card = self.Card.of(note(text="Hello", mood="calm"), mine=True)
        assert card.model_dump() == {"text": "Hello", "mine": True}

    def test_view_prefers_what_depends_on_who_asks(self) -> None:
        assert self.Card.of(note(text="Hello"), mine=True, text="***").text == "***"

    def test_view_needs_all_of_its_fields(self) -> None:
        with pytest.raises(AttributeError, match="mine"):
            self.Card.of(note())


class TestPage:
    def test_page_holds_items_and_where_to_go_on(self) -> None:
        page = Page[Note](items=[note()], next_cursor=None)
        assert set(page.model_dump(mode="json")) == {"items", "next_cursor"}
