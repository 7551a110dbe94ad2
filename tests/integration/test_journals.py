"""`/spaces/{space_id}/journals`: writing entries, changing and deleting them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import comments_of_entry, highlights_of_entry
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person
from tests.integration.journal_helpers import at, comment, highlight, listed, path_of, write_entry


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


class TestCreateEntry:
    def test_create_entry_stores_what_is_sent(self, ada: Person, space: dict[str, Any]) -> None:
        body = {
            "title": "A day",
            "content": "  By the **river**\n\nwith _Bob_  \n",
            "tags": ["river", "Bob"],
            "emotions": ["calm", "grateful"],
            "pinned": True,
        }

        response = ada.post(f"{at(space)}/journals", body)

        assert response.status_code == 201
        made = response.json()
        assert made == body | {
            "entry_id": made["entry_id"],
            "date": "2026-03-14",
            "space_id": space["space_id"],
            "author_id": ada.user_id,
            "template_id": None,
            "template_version": None,
            "template_sections": [],
            "sections": [],
            "word_count": 5,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made

    @pytest.mark.parametrize(
        ("content", "excerpt", "word_count"),
        [
            ("# 日记\n\n" + "今天天气很好" * 60, ("日记 " + "今天天气很好" * 60)[:200], 362),
            (
                "See https://example.com/" + "a" * 300,
                ("See https://example.com/" + "a" * 300)[:200],
                2,
            ),
            ("<!-- a > b hidden -->\n\nshown", "shown", 1),
        ],
        ids=["no spaces", "long URL", "comment"],
    )
    def test_create_entry_summarizes_what_a_reader_sees(
        self, ada: Person, space: dict[str, Any], content: str, excerpt: str, word_count: int
    ) -> None:
        made = write_entry(ada, space, content=content)

        assert made["word_count"] == word_count
        assert listed(ada, f"{at(space)}/journals")[0]["excerpt"] == excerpt

    def test_create_entry_requires_a_title_only(self, ada: Person, space: dict[str, Any]) -> None:
        made = write_entry(ada, space, title="Only this")

        assert (made["content"], made["tags"], made["emotions"], made["pinned"]) == ("", [], [], False)
        assert made["word_count"] == 0

    def test_create_entry_announces_an_activity(
        self, ada: Person, space: dict[str, Any], run_background: Callable[[], None]
    ) -> None:
        made = write_entry(ada, space)
        run_background()

        (activity,) = listed(ada, f"{at(space)}/activity")
        assert (activity["kind"], activity["subject_id"]) == ("journal_created", made["entry_id"])

    def test_create_entry_takes_300_kilobytes_and_not_a_byte_more(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        title, tags = "é" * 200, ["🦉" * 50]
        room = 300_000 - 400 - 200

        fits = write_entry(ada, space, title=title, tags=tags, content="é" * (room // 2))
        body = {"title": title, "tags": tags, "content": "é" * (room // 2) + "a"}
        response = ada.post(f"{at(space)}/journals", body)

        assert ada.get(path_of(fits)).json() == fits
        assert_problem(response, 422, "validation_failed", field="body.content")


class TestUpdateEntry:
    def test_update_entry_changes_what_is_sent(self, api: Api, ada: Person, space: dict[str, Any]) -> None:
        entry = write_entry(ada, space, content="One *two*", tags=["a"])
        api.clock.advance(minutes=1)

        changed = ada.patch(path_of(entry), {"content": "Three", "tags": [], "pinned": True}).json()

        assert changed == entry | {
            "content": "Three",
            "tags": [],
            "pinned": True,
            "word_count": 1,
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }
        assert listed(ada, f"{at(space)}/journals")[0]["excerpt"] == "Three"

    def test_update_entry_keeps_words_and_excerpt_of_what_stays(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        entry = write_entry(ada, space, content="One *two*")

        assert ada.patch(path_of(entry), {"title": "Other"}).json()["word_count"] == 2
        assert listed(ada, f"{at(space)}/journals")[0]["excerpt"] == "One two"

    def test_update_entry_that_changes_nothing_makes_no_version(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        entry = write_entry(ada, space, content="One *two*")

        assert ada.patch(path_of(entry), {"content": "One *two*"}).json() == entry

    def test_update_entry_keeps_to_300_kilobytes_with_what_stays(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        entry = write_entry(ada, space, content="a" * 299_000)

        response = ada.patch(path_of(entry), {"tags": [f"{n:02}" + "a" * 48 for n in range(20)]})

        assert_problem(response, 422, "validation_failed", field="body.content")


class TestDeleteEntry:
    def test_delete_entry_takes_highlights_and_comments_with_it(
        self, ada: Person, space: dict[str, Any], run_background: Callable[[], None], table: Table
    ) -> None:
        kept, gone = (write_entry(ada, space, content="By the river") for _ in range(2))
        for entry in (kept, gone):
            highlight(ada, entry)
            comment(ada, entry, parent_id=comment(ada, entry)["comment_id"])

        assert ada.delete(path_of(gone)).status_code == 204
        run_background()

        assert_problem(ada.get(path_of(gone)), 404, "not_found")
        for entry, highlights, comments in ((gone, 0, 0), (kept, 1, 2)):
            assert len(table.first(highlights_of_entry(entry["entry_id"]), at_most=9)) == highlights
            assert len(table.first(comments_of_entry(entry["entry_id"]), at_most=9)) == comments
