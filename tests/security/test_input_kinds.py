"""Fields that are more than text: e-mails, addresses, time zones, choices, codes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.email_addresses import NO_EMAILS
from tests.factories import Api
from tests.security.conftest import (
    COLLEAGUE,
    GOAL,
    ME,
    MEMBER,
    NOTIFICATION,
    ORGANIZATION,
    SPACE,
    Target,
    assert_refused,
)

TARGETS = ["POST /users", "PATCH /users/me"]
NOT_TEXT: list[Any] = [0, 1.5, True, [], ["text"], {}]
NOT_AN_OBJECT: list[Any] = [None, 0, True, "text", []]
NOT_TRUE_OR_FALSE: list[Any] = [None, "yes", "true", 1, 0, "", [], {}]
WEB = "https://example.com/"


@pytest.mark.parametrize("name", [*TARGETS, f"POST {SPACE}/invitations", f"POST {ORGANIZATION}/invitations"])
def test_email(target: Callable[[str], Target], calls: list[str], name: str) -> None:
    wrong = [*NO_EMAILS, "a" * 500_000 + "@example.com", "\ud800@example.com"]

    assert_refused(target(name), "email", [*wrong, *NOT_TEXT], calls)


@pytest.mark.parametrize("name", TARGETS)
class TestProfileFields:
    def test_avatar_url(self, target: Callable[[str], Target], calls: list[str], name: str) -> None:
        wrong = [
            "",
            "ada.png",
            "//example.com/ada.png",
            "http://example.com/ada.png",
            "ftp://example.com/ada.png",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "https:",
            "https://",
            "https://exa mple.com/",
            "https://example.com:99999/",
            "https://[::1/",
            WEB + "a" * (2049 - len(WEB)),
            WEB + "é" * 1000,  # twice three characters each when it is encoded
            WEB + "a" * 500_000,
            "https://example.com/\ud800",
        ]

        assert_refused(target(name), "avatar_url", [*wrong, *NOT_TEXT], calls)

    def test_timezone(self, target: Callable[[str], Target], calls: list[str], name: str) -> None:
        wrong = ["", " ", "Europe", "europe/zurich", "Mars/Olympus", "localtime", "+01:00", "Europe/Zurich "]
        paths = ["../../etc/passwd", "/etc/passwd", "/etc/localtime", "..", ".", "UTC\x00", "tzdata.zi"]

        assert_refused(target(name), "timezone", [*wrong, *paths, "A" * 500_000, "\ud800", *NOT_TEXT], calls)

    def test_locale(self, target: Callable[[str], Target], calls: list[str], name: str) -> None:
        wrong = ["", "e", "engl", "en_GB", "en-", "-en", "en--GB", "en-G", "en-GB ", "en-ÄÖ", "12", "en\n"]

        assert_refused(target(name), "locale", [*wrong, "en" + "-abc" * 9, "\ud800", *NOT_TEXT], calls)

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("preferences", [*NOT_AN_OBJECT, "text", {"sms": {}}, {"mail": {}, "PK": "x"}]),
            ("preferences.mail", [*NOT_AN_OBJECT[1:], {"spam": True}, {"Mention": True}, {"": True}]),
            ("preferences.mail", [{"mention": wrong} for wrong in NOT_TRUE_OR_FALSE[1:]]),
            ("preferences.notifications", [*NOT_AN_OBJECT[1:], {"a" * 10_000: True}, {"mention": "on"}]),
            ("preferences.notifications", [{"\ud800": True}]),
            (
                "preferences.reminder_time",
                ["", "7:30", "24:00", "12:60", "07:30:00", "07:30 ", "\u0660\u0667:\u0663\u0660", 730],
            ),
        ],
    )
    def test_preferences(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str, wrong: list[Any]
    ) -> None:
        assert_refused(target(name), field, wrong, calls)

    def test_preferences_of_a_new_profile_have_no_null(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        if name == "POST /users":  # in a PATCH, null restores what holds by default
            assert_refused(target(name), "preferences.mail", [None, {"mention": None}], calls)


class TestProfileFieldsAtTheirLimits:
    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("avatar_url", [WEB, WEB + "a" * (2048 - len(WEB)), "https://example.com/a?b=c&d=%20#e"]),
            ("timezone", ["UTC", "Europe/Zurich", "America/Argentina/ComodRivadavia", "Asia/Kathmandu"]),
            ("locale", ["en", "gsw", "en-GB", "zh-Hant-TW", "de-CH-1996", "en" + "-abcdefgh" * 3 + "-abcde"]),
            (
                "preferences",
                [
                    {"mail": {}, "notifications": {}, "reminder_time": time, "week_start": "monday"}
                    for time in (None, "00:00", "23:59")
                ],
            ),
        ],
    )
    def test_profile_fields_at_their_limits_come_back_as_they_were(
        self, target: Callable[[str], Target], field: str, values: list[Any]
    ) -> None:
        request = target("PATCH /users/me")

        for value in values:
            response = request.send(**{field: value})
            assert response.status_code == 200, response.text
            assert request.person.get(ME).json()[field] == value

    def test_an_email_of_254_characters_does(self, api: Api) -> None:
        email = "ab@" + "b." * 122 + "example"

        assert api.user(email).make_profile().get(ME).json()["email"] == email

    @pytest.mark.parametrize("email", ["ada#admin@example.com", "a" * 65 + "@example.com", "ada"])
    def test_an_email_that_cannot_be_kept_is_rejected_though_it_was_verified(
        self, api: Api, email: str
    ) -> None:
        response = api.user(email).post("/api/v1/users", {"email": email, "name": "Ada"})

        assert_problem(response, 422, "validation_failed", field="body.email")


CHOICES = [
    ("POST /spaces", "visibility", ["Public", " public", "secret"]),
    (f"PATCH {SPACE}", "visibility", ["Public", " public", "secret"]),
    (f"PATCH {MEMBER}", "role", ["owner", "Admin", "admin ", "root"]),
    (f"POST {SPACE}/invitations", "role", ["owner", "Admin", "admin ", "root"]),
    (f"POST {ORGANIZATION}/invitations", "role", ["owner", "viewer", "Admin", "admin "]),
    (f"PATCH {COLLEAGUE}", "role", ["owner", "viewer", "Admin", "admin "]),
    (f"POST {SPACE}/goals", "kind", ["Numeric", "numeric ", "habit"]),
    (f"PATCH {GOAL}", "status", ["Active", "active ", "deleted"]),
]


class TestChoices:
    @pytest.mark.parametrize(("name", "field", "wrong"), CHOICES)
    def test_choices_are_those_that_are_named(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str, wrong: list[str]
    ) -> None:
        assert_refused(target(name), field, ["", *wrong, "\ud800", None, *NOT_TEXT], calls)

    def test_code(self, target: Callable[[str], Target], calls: list[str]) -> None:
        wrong = ["", "A" * 65, "A" * 500_000, "\ud800", None, *NOT_TEXT]

        assert_refused(target("POST /spaces/join"), "code", wrong, calls)

    def test_code_may_be_anything_else_and_is_merely_none(self, target: Callable[[str], Target]) -> None:
        request = target("POST /spaces/join")

        for code in ["A", "A" * 64, "#", "\x00", "ADA#CODE", "🦉🦉🦉🦉🦉🦉🦉🦉", "\u017f" * 8]:
            assert_problem(request.send(code=code), 404, "invite_code_invalid")


def test_user_id(target: Callable[[str], Target], calls: list[str]) -> None:
    short, whole = "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-000000000001"
    wrong = [
        "",
        "you",
        short,
        f"{short}G",
        f"{short}A",
        f"{short}#",
        f"{whole}0",
        f"{whole}\n",
        "\ud800",
        "\x00",
    ]

    assert_refused(target(f"POST {SPACE}/ownership"), "user_id", [*wrong, None, *NOT_TEXT], calls)


def test_read(target: Callable[[str], Target], calls: list[str]) -> None:
    assert_refused(target(f"PATCH {NOTIFICATION}"), "read", NOT_TRUE_OR_FALSE, calls)
