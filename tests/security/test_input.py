"""What may be in each field, at, below and above its limits: nothing else is taken, and nothing stored."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.security.conftest import (
    BODIES,
    COLLEAGUE,
    COMMENT,
    DAY,
    ENTRY,
    GOAL,
    HABIT,
    MEMBER,
    NOTIFICATION,
    ORGANIZATION,
    SPACE,
    TEMPLATE,
    Target,
    assert_refused,
)

NOT_TEXT: list[Any] = [0, 1.5, True, [], ["text"], {}, {"text": "text"}]
CONTROLS = ["a\x00b", "\x00", "a\x07", "\x1b[31mred", "a\x7f", "a\x80", "a\x9fb"]
NOT_ONE_LINE = ["a\nb", "a\rb", "a\tb", "a\x0bb", "a\x0cb", "a\x85b", "a\u2028b", "a\u2029b"]
NOTHING_TO_SEE = ["", " ", " \t\n ", "\u00a0", "\u3000", "\u200b", "\u2060\ufeff", "\u200e\u202e"]
GOOD_TEXTS = [
    "Zoë",
    "Zoe\u0308",  # the same with a combining mark
    "עדה לאבלייס",
    "محمد",
    "山田 太郎",
    "👩‍👩‍👧‍👦",
    "Robert'); DROP TABLE users;--",
    "<script>alert(1)</script>",
    "#USER#1",
    "{user_id}",
    "null",
]
LINES = [
    ("POST /users", "name", 100),
    ("POST /users", "preferred_name", 100),
    ("PATCH /users/me", "name", 100),
    ("PATCH /users/me", "preferred_name", 100),
    ("POST /spaces", "name", 100),
    ("POST /spaces", "category", 50),
    (f"PATCH {SPACE}", "name", 100),
    (f"PATCH {SPACE}", "category", 50),
    (f"POST {SPACE}/goals", "title", 200),
    (f"POST {SPACE}/goals", "unit", 20),
    (f"PATCH {GOAL}", "title", 200),
    (f"PATCH {GOAL}", "unit", 20),
    (f"POST {SPACE}/habits", "title", 200),
    (f"PATCH {HABIT}", "title", 200),
    (f"POST {SPACE}/templates", "name", 100),
    (f"PATCH {TEMPLATE}", "name", 100),
    (f"POST {SPACE}/journals", "title", 200),
    (f"PATCH {ENTRY}", "title", 200),
    ("POST /organizations", "name", 100),
    (f"PATCH {ORGANIZATION}", "name", 100),
]
PROSE = [
    ("POST /users", "bio", 1000),
    ("PATCH /users/me", "bio", 1000),
    ("POST /spaces", "description", 500),
    (f"PATCH {SPACE}", "description", 500),
    (f"POST {SPACE}/goals", "description", 500),
    (f"PATCH {GOAL}", "description", 500),
    (f"POST {GOAL}/check-ins", "note", 500),
    (f"POST {SPACE}/habits", "description", 500),
    (f"PATCH {HABIT}", "description", 500),
    (f"PUT {DAY}", "note", 500),
    (f"POST {SPACE}/templates", "description", 500),
    (f"PATCH {TEMPLATE}", "description", 500),
    (f"POST {ENTRY}/comments", "text", 2000),
    (f"PATCH {COMMENT}", "text", 2000),
    (f"POST {SPACE}/invitations", "message", 500),
    (f"POST {ORGANIZATION}/invitations", "message", 500),
]
# A comment can be read in its list alone.
CHANGES = [row for row in LINES + PROSE if row[0].startswith("PATCH") and COMMENT not in row[0]]


class TestText:
    @pytest.mark.parametrize(("name", "field", "longest"), LINES)
    def test_text_of_one_line(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str, longest: int
    ) -> None:
        too_long = ["a" * (longest + 1), "é" * (longest + 1), "🦉" * (longest + 1), "a" * 500_000]

        assert_refused(target(name), field, [*NOTHING_TO_SEE, *NOT_ONE_LINE, *CONTROLS, *too_long], calls)

    @pytest.mark.parametrize(("name", "field", "longest"), PROSE)
    def test_text_of_many_lines(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str, longest: int
    ) -> None:
        too_long = ["a" * (longest + 1), "🦉" * (longest + 1), "a" * 500_000]

        assert_refused(target(name), field, [*CONTROLS, *too_long], calls)

    @pytest.mark.parametrize(("name", "field", "longest"), LINES + PROSE)
    def test_text_is_text(
        self, target: Callable[[str], Target], calls: list[str], name: str, field: str, longest: int
    ) -> None:
        surrogates = ["\ud800", "a\udfff", "\udc00\ud800"]

        assert_refused(target(name), field, [*NOT_TEXT, *surrogates], calls)

    @pytest.mark.parametrize(("name", "field", "longest"), CHANGES)
    def test_text_in_every_script_up_to_its_limit_comes_back_as_it_was(
        self, target: Callable[[str], Target], name: str, field: str, longest: int
    ) -> None:
        request = target(name)
        texts = [text for text in GOOD_TEXTS if len(text) <= longest]

        for text in [*texts, "a", "a" * longest, "é" * longest, "🦉" * longest]:
            assert request.send(**{field: text}).status_code == 200, text
            assert request.person.get(request.path).json()[field] == text

    @pytest.mark.parametrize(("name", "field", "longest"), CHANGES)
    def test_text_is_measured_after_trimming(
        self, target: Callable[[str], Target], name: str, field: str, longest: int
    ) -> None:
        response = target(name).send(**{field: f" \n\t{'a' * longest}\u2003 "})

        assert response.json()[field] == "a" * longest

    @pytest.mark.parametrize(("name", "field", "longest"), PROSE)
    def test_text_of_many_lines_keeps_them(
        self, target: Callable[[str], Target], name: str, field: str, longest: int
    ) -> None:
        assert target(name).send(**{field: "one\n\n\ttwo"}).json()[field] == "one\n\n\ttwo"


NULL_REFUSED = [
    ("POST /users", ["email", "name", "timezone", "preferences"]),
    ("PATCH /users/me", ["email", "name", "timezone", "preferences"]),
    ("POST /spaces", ["name", "visibility"]),
    (f"PATCH {SPACE}", ["name", "visibility"]),
    ("POST /spaces/invite-preview", ["code"]),
    ("POST /spaces/join", ["code"]),
    (f"PATCH {MEMBER}", ["role"]),
    (f"POST {SPACE}/goals", ["title", "kind"]),
    (f"PATCH {GOAL}", ["title", "target_value", "unit", "status"]),
    (f"POST {GOAL}/check-ins", ["value"]),
    (f"POST {SPACE}/habits", ["title", "cadence"]),
    (f"PATCH {HABIT}", ["title", "cadence", "archived"]),
    (f"POST {SPACE}/templates", ["name", "sections"]),
    (f"PATCH {TEMPLATE}", ["name", "sections"]),
    (f"POST {SPACE}/journals", ["title", "content", "sections", "tags", "emotions", "pinned"]),
    (f"PATCH {ENTRY}", ["title", "content", "sections", "tags", "emotions", "pinned"]),
    (f"POST {ENTRY}/highlights", ["start", "end", "text", "color"]),
    (f"POST {ENTRY}/comments", ["text", "mentions"]),
    (f"PATCH {COMMENT}", ["text", "mentions"]),
    (f"POST {SPACE}/ownership", ["user_id"]),
    (f"PATCH {NOTIFICATION}", ["read"]),
    ("POST /organizations", ["name"]),
    (f"PATCH {ORGANIZATION}", ["name"]),
    (f"PATCH {COLLEAGUE}", ["role"]),
    (f"POST {SPACE}/invitations", ["email", "role"]),
    (f"POST {SPACE}/invitations/batch", ["invitations"]),
    (f"POST {ORGANIZATION}/invitations", ["email", "role"]),
    (f"POST {ORGANIZATION}/invitations/batch", ["invitations"]),
]
REQUIRED = [
    ("POST /users", ["email", "name"]),
    ("POST /spaces", ["name"]),
    ("POST /spaces/join", ["code"]),
    (f"PATCH {MEMBER}", ["role"]),
    (f"POST {SPACE}/goals", ["title", "kind"]),
    (f"POST {SPACE}/habits", ["title", "cadence"]),
    (f"POST {SPACE}/templates", ["name", "sections"]),
    (f"POST {SPACE}/journals", ["title"]),
    (f"POST {ENTRY}/highlights", ["start", "end", "text", "color"]),
    (f"POST {ENTRY}/comments", ["text"]),
    (f"POST {SPACE}/ownership", ["user_id"]),
    (f"PATCH {NOTIFICATION}", ["read"]),
    ("POST /organizations", ["name"]),
    (f"PATCH {COLLEAGUE}", ["role"]),
    (f"POST {SPACE}/invitations", ["email"]),
    (f"POST {SPACE}/invitations/batch", ["invitations"]),
    (f"POST {ORGANIZATION}/invitations", ["email"]),
    (f"POST {ORGANIZATION}/invitations/batch", ["invitations"]),
]


class TestEveryBody:
    @pytest.mark.parametrize(("name", "fields"), NULL_REFUSED)
    def test_every_body_has_no_null_where_something_must_be(
        self, target: Callable[[str], Target], calls: list[str], name: str, fields: list[str]
    ) -> None:
        request = target(name)

        for field in fields:
            assert_refused(request, field, [None], calls)

    @pytest.mark.parametrize("name", BODIES)
    def test_every_body_has_no_unknown_field(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        request = target(name)
        calls.clear()
        stored = ["user_id", "space_id", "owner_id", "author_id", "member_count", "version", "created_at"]

        others = ["org_role", "Name", "PK", "__proto__", "", "a" * 10_000, "🦉"]
        for field in [name for name in (*stored, *others) if name not in request.body]:
            problem = assert_problem(request.send(**{field: "x"}), 422, "validation_failed")
            assert [error["code"] for error in problem["errors"]] == ["extra_forbidden"]
            assert problem["errors"][0]["field"] == f"body.{field}"[:200]
        assert_problem(request.send(**{"\ud800": "x"}), 422, "validation_failed")
        assert not WRITES & set(calls)

    @pytest.mark.parametrize("name", BODIES)
    def test_every_body_has_no_status_of_the_apps_own(
        self, target: Callable[[str], Target], calls: list[str], name: str
    ) -> None:
        assert_refused(target(name), "status", ["deleting"], calls)

    @pytest.mark.parametrize(("name", "fields"), REQUIRED)
    def test_every_body_has_what_is_required(
        self, target: Callable[[str], Target], name: str, fields: list[str]
    ) -> None:
        request = target(name)

        for field in fields:
            value = request.body.pop(field)
            assert_problem(request.send(), 422, "validation_failed", field=f"body.{field}")
            request.body[field] = value
