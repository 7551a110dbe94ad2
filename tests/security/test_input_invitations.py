"""Batches of invitations: what is no batch is refused whole, and what is wrong in one is refused alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import WRITES
from tests.security.conftest import ORGANIZATION, SPACE, Target, assert_refused

PLACES = pytest.mark.parametrize("place", [SPACE, ORGANIZATION])
EVE, BOB = "eve@example.org", "bob@example.org"
NOT_TEXT: list[Any] = [0, 1.5, True, [], ["text"], {}]
# Beside addresses, which are the same everywhere.
WRONG: list[tuple[str, list[Any]]] = [
    ("role", ["", "owner", "Admin", "admin ", "\ud800", None, *NOT_TEXT]),
    (
        "message",
        ["a" * 501, "🦉" * 501, "a" * 500_000, "\x00", "a\x07", "a\x7f", "a\x9fb", "\ud800", *NOT_TEXT],
    ),
    ("status", ["pending"]),
    ("invited_by", ["x"]),
    ("a" * 10_000, ["x"]),
    ("\ud800", ["x"]),
]


def judge(target: Target, *asked: dict[str, Any]) -> list[tuple[str, int]]:
    response = target.send(invitations=list(asked))
    assert response.status_code == 200, response.text
    return [(result["email"], result["status"]) for result in response.json()["results"]]


@PLACES
class TestBatch:
    def test_batch_is_a_list_of_one_to_25(
        self, target: Callable[[str], Target], calls: list[str], place: str
    ) -> None:
        one = {"email": EVE}
        wrong: list[Any] = [None, 0, 1.5, True, "text", {}, one, [], [one] * 26, [{}] * 50_000]

        assert_refused(target(f"POST {place}/invitations/batch"), "invitations", wrong, calls)

    def test_batch_names_an_address_in_each(
        self, target: Callable[[str], Target], calls: list[str], place: str
    ) -> None:
        nameless: list[Any] = [None, 0, True, EVE, [], [EVE], {}, {"role": "member"}, {"Email": EVE}]
        nameless += [{"email": email} for email in (None, *NOT_TEXT)]
        batches = [batch for one in nameless for batch in ([one], [{"email": EVE}, one])]

        assert_refused(target(f"POST {place}/invitations/batch"), "invitations", batches, calls)


@PLACES
class TestOneOfABatch:
    @pytest.mark.parametrize(("field", "values"), WRONG, ids=[ascii(field[:9]) for field, _ in WRONG])
    def test_one_of_a_batch_is_rejected_alone(
        self, target: Callable[[str], Target], calls: list[str], place: str, field: str, values: list[Any]
    ) -> None:
        request = target(f"POST {place}/invitations/batch")
        calls.clear()

        for value in values:
            assert judge(request, {"email": EVE, field: value}) == [(EVE, 422)], value
        assert not WRITES & set(calls)

    def test_one_of_a_batch_is_named_as_far_as_it_can_be(
        self, target: Callable[[str], Target], calls: list[str], place: str
    ) -> None:
        request = target(f"POST {place}/invitations/batch")
        calls.clear()

        for email, shown in [
            ("", ""),
            ("\ud800@x.org", "?@x.org"),
            ("a" * 900_000, "a" * 254),
            ("\x00", "\x00"),
        ]:
            assert judge(request, {"email": email}) == [(shown, 422)]
        assert not WRITES & set(calls)

    def test_one_of_a_batch_comes_back_as_it_was_at_its_limits(
        self, target: Callable[[str], Target], place: str
    ) -> None:
        request = target(f"POST {place}/invitations/batch")
        messages = ["a" * 500, "🦉" * 500, "one\n\n\ttwo", "עדה לאבלייס", "Zoe\u0308", "<b>$url</b>"]
        sent = {f"person{number}@example.org": message for number, message in enumerate(messages)}
        sent["ab@" + "b." * 122 + "example"] = f" \n{'a' * 500}\t"

        results = judge(request, *[{"email": email, "message": message} for email, message in sent.items()])

        assert results == [(email, 201) for email in sent]
        items = request.person.get(request.path.removesuffix("/batch")).json()["items"]
        assert {item["email"]: item["message"] for item in items} == {
            email: message.strip() for email, message in sent.items()
        }

    def test_one_of_a_batch_may_go_without_a_word(self, target: Callable[[str], Target], place: str) -> None:
        request = target(f"POST {place}/invitations/batch")

        assert judge(request, {"email": EVE, "message": None}, {"email": BOB}) == [(EVE, 201), (BOB, 201)]
