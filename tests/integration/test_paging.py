"""Lists in pages: `limit`, and cursors that are good for their own list and caller alone."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person

PUBLIC, MINE = "/api/v1/spaces", "/api/v1/users/me/spaces"


@pytest.fixture
def ada(api: Api) -> Person:
    """Owner of five public spaces."""
    person = api.person("Ada")
    for number in range(5):
        person.make_space(f"Space {number}", visibility="public")
    return person


@pytest.fixture
def members(api: Api, ada: Person) -> str:
    """The path of the list of one space's five members."""
    space = ada.make_space(visibility="public")
    for _ in range(4):
        api.person().post(f"{PUBLIC}/{space['space_id']}/members")
    return f"{PUBLIC}/{space['space_id']}/members"


def pages(person: Person, path: str, limit: int) -> Iterator[list[Any]]:
    """Page by page until the list says that it has ended."""
    query = f"?limit={limit}"
    while True:
        response = person.get(f"{path}{query}")
        assert response.status_code == 200, response.text
        assert set(response.json()) == {"items", "next_cursor"}
        yield response.json()["items"]
        if response.json()["next_cursor"] is None:
            return
        query = f"?limit={limit}&cursor={response.json()['next_cursor']}"


def cursor_of(person: Person, path: str) -> str:
    """A cursor into this list."""
    cursor: str = person.get(f"{path}{'&' if '?' in path else '?'}limit=1").json()["next_cursor"]
    return cursor


class TestPages:
    @pytest.mark.parametrize("limit", [1, 2, 5, 100])
    @pytest.mark.parametrize("path", [PUBLIC, MINE])
    def test_pages_of_spaces_hold_all_of_them_once_in_order(self, ada: Person, path: str, limit: int) -> None:
        everything = ada.get(path).json()["items"]

        found = list(pages(ada, path, limit))

        assert [item for page in found for item in page] == everything
        assert [space["name"] for space in everything] == [f"Space {number}" for number in range(4, -1, -1)]
        assert all(len(page) <= limit for page in found)

    @pytest.mark.parametrize("limit", [1, 2, 5, 100])
    def test_pages_of_members_hold_all_of_them_once_in_order(
        self, ada: Person, members: str, limit: int
    ) -> None:
        everything = ada.get(members).json()["items"]

        found = list(pages(ada, members, limit))

        assert [item for page in found for item in page] == everything
        assert len(everything) == 5

    def test_pages_hold_twenty_if_nothing_is_said(self, ada: Person) -> None:
        for number in range(16):
            ada.make_space(f"More {number}")

        page = ada.get(MINE).json()

        assert len(page["items"]) == 20
        assert page["next_cursor"]
        assert len(ada.get(f"{MINE}?cursor={page['next_cursor']}").json()["items"]) == 1

    def test_pages_go_on_behind_an_item_that_has_gone(self, ada: Person) -> None:
        first = ada.get(f"{MINE}?limit=2").json()
        ada.delete(f"{PUBLIC}/{first['items'][1]['space_id']}")

        second = ada.get(f"{MINE}?limit=2&cursor={first['next_cursor']}").json()

        assert [space["name"] for space in second["items"]] == ["Space 2", "Space 1"]


class TestLimit:
    @pytest.mark.parametrize("limit", ["1", "100"])
    @pytest.mark.parametrize("path", [PUBLIC, MINE])
    def test_limit_is_between_1_and_100(self, ada: Person, path: str, limit: str) -> None:
        assert ada.get(f"{path}?limit={limit}").status_code == 200

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "", "ten", "1.5", "1e2", "9" * 100])
    def test_limit_rejects_anything_else(self, ada: Person, members: str, limit: str) -> None:
        for path in (PUBLIC, MINE, members):
            response = ada.get(f"{path}?limit={limit}")
            assert_problem(response, 422, "validation_failed", field="query.limit")


class TestCursor:
    def test_cursor_reveals_nothing(self, ada: Person, members: str) -> None:
        for path in (PUBLIC, MINE, members):
            cursor = cursor_of(ada, path)
            assert cursor.isascii()
            assert ada.email not in str(base64.urlsafe_b64decode(cursor + "=="))

    @pytest.mark.parametrize(
        "broken",
        ["x", "AAAA", "%00", "%F0%9F%98%80", "bnVsbA", "W10", "e30", "WzEsMl0", "W1tdLHt9XQ", "a" * 3000],
    )
    def test_cursor_that_was_never_made_is_rejected(self, ada: Person, members: str, broken: str) -> None:
        for path in (PUBLIC, MINE, members):
            assert_problem(ada.get(f"{path}?cursor={broken}"), 400, "invalid_cursor")

    def test_cursor_that_was_cut_or_changed_is_rejected(self, ada: Person) -> None:
        cursor = cursor_of(ada, MINE)

        for broken in (cursor[:-1], cursor[1:], cursor + "A", cursor[:10] + "x" + cursor[11:]):
            assert_problem(ada.get(f"{MINE}?cursor={broken}"), 400, "invalid_cursor")

    def test_cursor_of_another_list_is_rejected(self, ada: Person, members: str) -> None:
        paths = (PUBLIC, MINE, f"{MINE}?role=owner", members)
        for source in paths:
            cursor = cursor_of(ada, source)
            for target in paths:
                if target != source:
                    joint = "&" if "?" in target else "?"
                    assert_problem(ada.get(f"{target}{joint}cursor={cursor}"), 400, "invalid_cursor")

    def test_cursor_of_another_space_is_rejected(self, api: Api, ada: Person, members: str) -> None:
        other = ada.make_space(visibility="public")
        api.person().post(f"{PUBLIC}/{other['space_id']}/members")
        foreign = cursor_of(ada, f"{PUBLIC}/{other['space_id']}/members")

        assert_problem(ada.get(f"{members}?cursor={foreign}"), 400, "invalid_cursor")

    def test_cursor_of_another_user_is_rejected(self, api: Api, ada: Person) -> None:
        bob = api.person()
        bob.make_space()

        assert_problem(bob.get(f"{MINE}?cursor={cursor_of(ada, MINE)}"), 400, "invalid_cursor")

    def test_cursor_of_a_list_for_everybody_is_good_for_everybody(self, api: Api, ada: Person) -> None:
        response = api.person().get(f"{PUBLIC}?cursor={cursor_of(ada, PUBLIC)}")

        assert response.json()["items"][0]["name"] == "Space 3"

    def test_forged_cursor_never_leaves_the_list(self, api: Api, ada: Person) -> None:
        bob = api.person()
        bob.make_space("Bob's own")
        digest, position = json.loads(base64.urlsafe_b64decode(cursor_of(ada, MINE) + "=="))
        for key in position:
            forged = json.dumps([digest, position | {key: "USER#someone", "GSI1PK": f"USER#{bob.user_id}"}])
            cursor = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")

            response = ada.get(f"{MINE}?cursor={cursor}")

            assert response.status_code in {200, 400}
            assert "Bob's own" not in response.text
