"""Fields that are more than text: e-mails, addresses, time zones, choices, codes; and ids in paths."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.factories import Api
from tests.security.conftest import ME, SPACES, Target, assert_refused

TARGETS = ["POST /users", "PATCH /users/me"]
NOT_TEXT: list[Any] = [0, 1.5, True, [], ["text"], {}]
NOT_AN_OBJECT: list[Any] = [None, 0, True, "text", []]
NOT_TRUE_OR_FALSE: list[Any] = [None, "yes", "true", 1, 0, "", [], {}]
WEB = "https://example.com/"


@pytest.mark.parametrize("name", TARGETS)
class TestProfileFields:
    def test_email(self, target: Callable[[str], Target], calls: list[str], name: str) -> None:
        wrong = [
            "",
            " ",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "ada@@example.com",
            "ada lovelace@example.com",
            "ada@exam ple.com",
            "ada#admin@example.com",
            "ada@example.com#CLAIM",
            "ada@example.com\nbcc:all@example.com",
            "ada\x00@example.com",
            "ada@example.com\x7f",
            "a" * 243 + "@example.com",
            "a" * 500_000 + "@example.com",
            "\ud800@example.com",
        ]

        assert_refused(target(name), "email", [*wrong, *NOT_TEXT], calls)

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
            ("preferences.mail", [*NOT_AN_OBJECT, {"spam": True}, {"Mention": True}, {"": True}]),
            ("preferences.mail", [{"mention": wrong} for wrong in NOT_TRUE_OR_FALSE]),
            ("preferences.notifications", [*NOT_AN_OBJECT, {"a" * 10_000: True}, {"mention": "on"}]),
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
                    {"mail": {}, "notifications": {}, "reminder_time": time}
                    for time in (None, "00:00", "23:59")
                ],
            ),
        ],
    )
    def test_come_back_as_they_were(
        self, target: Callable[[str], Target], field: str, values: list[Any]
    ) -> None:
        request = target("PATCH /users/me")

        for value in values:
            response = request.send(**{field: value})
            assert response.status_code == 200, response.text
            assert request.person.get(ME).json()[field] == value

    def test_an_email_of_254_characters_does(self, api: Api) -> None:
        email = "a" * 242 + "@example.com"

        assert api.someone(email).make_profile().get(ME).json()["email"] == email

    @pytest.mark.parametrize("email", ["ada#admin@example.com", "a" * 243 + "@example.com", "ada"])
    def test_an_email_that_cannot_be_kept_is_refused_though_it_was_verified(
        self, api: Api, email: str
    ) -> None:
        response = api.someone(email).post("/api/v1/users", {"email": email, "name": "Ada"})

        assert_problem(response, 422, "validation_failed", field="body.email")


class TestChoices:
    @pytest.mark.parametrize("name", ["POST /spaces", "PATCH /spaces/{space_id}"])
    def test_visibility(self, target: Callable[[str], Target], calls: list[str], name: str) -> None:
        wrong = ["", "Public", " public", "secret", "\ud800", None, *NOT_TEXT]

        assert_refused(target(name), "visibility", wrong, calls)

    def test_role(self, target: Callable[[str], Target], calls: list[str]) -> None:
        wrong = ["", "owner", "Admin", "admin ", "root", "\ud800", None, *NOT_TEXT]

        assert_refused(target("PATCH member"), "role", wrong, calls)

    def test_code(self, target: Callable[[str], Target], calls: list[str]) -> None:
        wrong = ["", "A" * 65, "A" * 500_000, "\ud800", None, *NOT_TEXT]

        assert_refused(target("POST /spaces/join"), "code", wrong, calls)

    def test_code_may_be_anything_else_and_is_merely_none(self, target: Callable[[str], Target]) -> None:
        request = target("POST /spaces/join")

        for code in ["A", "A" * 64, "#", "\x00", "ADA#CODE", "🦉🦉🦉🦉🦉🦉🦉🦉", "\u017f" * 8]:
            assert_problem(request.send(code=code), 404, "invite_code_invalid")


NO_ULID = [
    "x",
    "01ARZ3NDEKTSV4RRFFQ69G5FA",
    "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
    "01arz3ndektsv4rrffq69g5fav",
    "81ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAI",
    "01ARZ3NDEKTSV4RRFFQ69G5FA#",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
    "SPACE#01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "\x00",
    " ",
    "🦉",
    "a" * 5000,
]
NO_USER_ID = [
    "you",
    "00000000-0000-0000-0000-00000000000",
    "00000000-0000-0000-0000-0000000000000",
    "00000000-0000-0000-0000-00000000000G",
    "00000000-0000-0000-0000-00000000000A",
    "00000000-0000-0000-0000-00000000000#",
    "00000000-0000-0000-0000-000000000001\n",
    "ada@example.com",
    "\x00",
    "🦉",
    "a" * 5000,
]


class TestPath:
    @pytest.mark.parametrize(
        "route",
        [
            "GET /spaces/{}",
            "PATCH /spaces/{}",
            "DELETE /spaces/{}",
            "GET /spaces/{}/members",
            "POST /spaces/{}/members",
            "GET /spaces/{}/members/00000000-0000-0000-0000-000000000001",
            "PATCH /spaces/{}/members/00000000-0000-0000-0000-000000000001",
            "DELETE /spaces/{}/members/00000000-0000-0000-0000-000000000001",
            "GET /spaces/{}/invite-code",
            "POST /spaces/{}/invite-code",
            "DELETE /spaces/{}/invite-code",
        ],
    )
    def test_holds_the_id_of_a_space(self, api: Api, calls: list[str], route: str) -> None:
        ada = api.person()
        calls.clear()
        method, path = route.split()

        for wrong in NO_ULID:
            response = ada.request(method, "/api/v1" + path.format(quote(wrong, safe="")), json={})
            assert_problem(response, 422, "validation_failed", field="path.space_id")
        assert not WRITES & set(calls)

    @pytest.mark.parametrize("route", ["GET {}/members/{}", "PATCH {}/members/{}", "DELETE {}/members/{}"])
    def test_holds_the_id_of_a_member(self, api: Api, calls: list[str], route: str) -> None:
        ada = api.person()
        space = f"{SPACES}/{ada.make_space()['space_id']}"
        calls.clear()

        for wrong in NO_USER_ID:
            method, path = route.format(space, quote(wrong, safe="")).split()
            response = ada.request(method, path, json={"role": "viewer"})
            assert_problem(response, 422, "validation_failed", field="path.user_id")
        assert not WRITES & set(calls)

    @pytest.mark.parametrize(
        ("path", "field", "wrongs"),
        [
            ("/api/v1/users/{}", "user_id", NO_USER_ID),
            ("/api/v1/operations/{}", "operation_id", NO_ULID),
        ],
    )
    def test_holds_an_id(self, api: Api, path: str, field: str, wrongs: list[str]) -> None:
        ada = api.person()

        for wrong in wrongs:
            response = ada.get(path.format(quote(wrong, safe="")))
            assert_problem(response, 422, "validation_failed", field=f"path.{field}")

    @pytest.mark.parametrize("path", ["/api/v1/spaces/%FF%FE", "/api/v1/users/%C3%28", "/api/v1/users/%"])
    def test_holds_text(self, api: Api, path: str) -> None:
        assert_problem(api.person().get(path), 422, "validation_failed")

    @pytest.mark.parametrize(
        "path",
        ["/api/v1/spaces/..%2F..%2Fhealth", "/api/v1/spaces/01ARZ3NDEKTSV4RRFFQ69G5FAV%2Fmembers%2F.."],
    )
    def test_leads_nowhere_else(self, api: Api, path: str) -> None:
        assert api.person().get(path).status_code in {404, 422}
