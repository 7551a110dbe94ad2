"""`/spaces/{space_id}/journals/{entry_id}/highlights`: marking passages."""

from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person
from tests.integration.journal_helpers import at, highlight, path_of, write_entry

# A flag is two code points, an accent one of its own, an owl beyond 16 bits one.
CONTENT = "🇨🇭 e\u0301 **owl** 🦉 by the river\n"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def entry(ada: Person) -> dict[str, Any]:
    return write_entry(ada, ada.make_space(), content=CONTENT)


class TestCreateHighlight:
    def test_create_highlight_marks_a_passage(self, ada: Person, entry: dict[str, Any]) -> None:
        body = {"start": 0, "end": 2, "text": "🇨🇭", "color": "blue"}

        response = ada.post(f"{path_of(entry)}/highlights", body)

        assert response.status_code == 201
        made = response.json()
        assert made == body | {
            "highlight_id": made["highlight_id"],
            "entry_id": entry["entry_id"],
            "entry_version": 1,
            "space_id": entry["space_id"],
            "author_id": ada.user_id,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == f"{path_of(entry)}/highlights/{made['highlight_id']}"

    @pytest.mark.parametrize("text", ["e", "e\u0301", "**owl**", "🦉 by", "\n", CONTENT])
    def test_create_highlight_counts_code_points(self, ada: Person, entry: dict[str, Any], text: str) -> None:
        made = highlight(ada, entry, text)

        assert CONTENT[made["start"] : made["end"]] == made["text"] == text

    @pytest.mark.parametrize("text", ["the sea", "river\n ", "é", "River"])
    def test_create_highlight_rejects_text_that_differs_from_the_content(
        self, ada: Person, entry: dict[str, Any], text: str
    ) -> None:
        body = {"start": 3, "end": 3 + len(text), "text": text, "color": "pink"}

        response = ada.post(f"{path_of(entry)}/highlights", body)

        assert_problem(response, 422, "validation_failed", field="body.text")

    def test_create_highlight_is_20_000_characters_long_at_most(
        self, ada: Person, entry: dict[str, Any]
    ) -> None:
        long = write_entry(ada, entry, content="\U0001f989" * 20_001)

        assert highlight(ada, long, "\U0001f989" * 20_000)["end"] == 20_000
        body = {"start": 0, "end": 20_001, "text": long["content"], "color": "pink"}
        response = ada.post(f"{path_of(long)}/highlights", body)

        assert_problem(response, 422, "validation_failed", field="body.text")

    def test_create_highlight_ends_behind_its_start(self, ada: Person, entry: dict[str, Any]) -> None:
        body = {"start": 2, "end": 2, "text": "e", "color": "pink"}

        response = ada.post(f"{path_of(entry)}/highlights", body)

        assert_problem(response, 422, "validation_failed", field="body.end")

    def test_create_highlight_ends_within_the_content(self, ada: Person, entry: dict[str, Any]) -> None:
        body = {"start": len(CONTENT) - 1, "end": len(CONTENT) + 1, "text": "\n", "color": "pink"}

        response = ada.post(f"{path_of(entry)}/highlights", body)

        assert_problem(response, 422, "validation_failed", field="body.end")

    def test_create_highlight_has_the_version_of_the_entry(
        self, ada: Person, entry: dict[str, Any], before_commit: Any
    ) -> None:
        before_commit(lambda: ada.elsewhere().patch(path_of(entry), {"content": "Another day"}))
        body = {"start": 0, "end": 2, "text": "🇨🇭", "color": "blue"}

        response = ada.post(f"{path_of(entry)}/highlights", body)

        assert_problem(response, 422, "validation_failed", field="body.text")
        assert ada.get(f"{path_of(entry)}/highlights").json()["items"] == []

    def test_create_on_an_entry_deleted_concurrently_is_rejected(
        self, ada: Person, entry: dict[str, Any], before_commit: Any
    ) -> None:
        before_commit(lambda: ada.elsewhere().delete(path_of(entry)))
        body = {"start": 0, "end": 2, "text": "🇨🇭", "color": "blue"}

        assert_problem(ada.post(f"{path_of(entry)}/highlights", body), 404, "not_found")


class TestDeleteHighlight:
    def test_delete_highlight_returns_404_under_another_entry_or_in_another_space(
        self, ada: Person, entry: dict[str, Any]
    ) -> None:
        made = highlight(ada, entry)["highlight_id"]
        other = write_entry(ada, entry)

        for path in (path_of(other), f"{at(ada.make_space())}/journals/{entry['entry_id']}"):
            assert_problem(ada.delete(f"{path}/highlights/{made}"), 404, "not_found")
