"""`/spaces/{space_id}/journals` and `/users/me/journals`: finding entries again."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from ulid import ULID

from app.core.database import Table
from app.models.access_patterns import JOURNAL_ENTRIES
from app.models.journals import JournalEntry
from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.journal_helpers import NOWHERE, at, listed, path_of, write_entry

MINE = "/api/v1/users/me/journals"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


class TestListEntries:
    def test_list_entries_shows_cards_newest_first_in_pages(self, ada: Person, space: dict[str, Any]) -> None:
        made = [write_entry(ada, space, content=f"Day *{number}*") for number in range(3)]

        first = ada.get(f"{at(space)}/journals?limit=2").json()
        second = ada.get(f"{at(space)}/journals?limit=2&cursor={first['next_cursor']}").json()

        left_out = {"content", "sections", "template_sections"}
        assert first["items"] + second["items"] == [
            {name: value for name, value in entry.items() if name not in left_out}
            | {"excerpt": f"Day {number}"}
            for number, entry in reversed(list(enumerate(made)))
        ]
        assert second["next_cursor"] is None

    def test_list_entries_by_author(self, api: Api, ada: Person, space: dict[str, Any]) -> None:
        bob = api.member_of(space, ada, "member")
        write_entry(ada, space)
        theirs = write_entry(bob, space)

        items = listed(ada, f"{at(space)}/journals?author_id={bob.user_id}")

        assert [item["entry_id"] for item in items] == [theirs["entry_id"]]

    def test_list_entries_by_tag(self, ada: Person, space: dict[str, Any]) -> None:
        for title, tags in {"river": ["a", "river"], "rivers": ["rivers"], "none": []}.items():
            write_entry(ada, space, title=title, tags=tags)

        assert [item["title"] for item in listed(ada, f"{at(space)}/journals?tag=river")] == ["river"]

    @pytest.mark.parametrize("spelling", ["Café", "cafe\u0301", "CAFÉ", "caf\u200bé"], ids=ascii)
    def test_list_entries_by_tag_in_any_spelling(
        self, ada: Person, space: dict[str, Any], spelling: str
    ) -> None:
        entry = write_entry(ada, space, tags=["Run", "run", "cafe\u0301", "café"])
        assert entry["tags"] == ["Run", "cafe\u0301"]
        ada.patch(path_of(entry), {"tags": ["Café", "CAFE\u0301"]})

        (found,) = listed(ada, f"{at(space)}/journals?tag={quote(spelling)}")
        assert found["tags"] == ["Café"]
        assert listed(ada, f"{at(space)}/journals?tag=run") == []

    def test_list_entries_by_whether_they_are_pinned(self, ada: Person, space: dict[str, Any]) -> None:
        for pinned in (True, False):
            write_entry(ada, space, pinned=pinned)

        for text, pinned in (("true", True), ("false", False)):
            items = listed(ada, f"{at(space)}/journals?pinned={text}")
            assert [item["pinned"] for item in items] == [pinned]

    def test_list_entries_by_all_at_once_in_short_pages_to_the_end(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        wanted = write_entry(ada, space, tags=["river"], pinned=True)
        for _ in range(12):
            write_entry(ada, space, tags=["river"])
        query = f"{at(space)}/journals?limit=1&tag=river&pinned=true&author_id={ada.user_id}"

        pages = [ada.get(query).json()]
        while pages[-1]["next_cursor"]:
            pages.append(ada.get(f"{query}&cursor={pages[-1]['next_cursor']}").json())

        assert [[item["entry_id"] for item in page["items"]] for page in pages] == [
            [],
            [],
            [wanted["entry_id"]],
        ]

    def test_list_entries_returns_404_in_a_space_that_is_not(self, ada: Person) -> None:
        assert_problem(ada.get(f"/api/v1/spaces/{NOWHERE}/journals"), 404, "not_found")


class TestListEntriesOfDays:
    MOMENTS = (
        "2024-02-28T23:59:59.999",
        "2024-02-29T00:00:00.000",
        "2024-02-29T23:59:59.999",
        "2024-03-01T00:00:00.000",
        "9999-12-31T23:59:59.999",
    )

    @pytest.fixture(autouse=True)
    def _entries(self, ada: Person, space: dict[str, Any], table: Table) -> None:
        """One of each moment, with it as its title."""
        for text in self.MOMENTS:
            moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
            entry = JournalEntry(
                entry_id=str(ULID.from_datetime(moment)),
                space_id=space["space_id"],
                author_id=ada.user_id,
                title=text,
                content="",
                template_sections=[],
                sections=[],
                tags=[],
                emotions=[],
                pinned=False,
                excerpt="",
                word_count=0,
                created_at=moment,
                updated_at=moment,
            )
            table.write([JOURNAL_ENTRIES.create(entry)])

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("from=2024-02-29&to=2024-02-29", MOMENTS[1:3]),
            ("from=2024-02-29", MOMENTS[1:]),
            ("to=2024-02-29", MOMENTS[:3]),
            ("from=2024-02-28&to=2024-03-01", MOMENTS[:4]),
            ("from=9999-12-31&to=9999-12-31", MOMENTS[4:]),
            ("from=0001-01-01&to=9999-12-31", MOMENTS),
            ("to=1969-12-31", ()),
        ],
    )
    def test_list_entries_of_days_holds_both_ends_in_utc(
        self, ada: Person, space: dict[str, Any], query: str, found: tuple[str, ...]
    ) -> None:
        items = listed(ada, f"{at(space)}/journals?{query}")

        assert [item["title"] for item in items] == [*reversed(found)]

    @pytest.mark.parametrize(
        ("timezone", "query", "found"),
        [
            # UTC+14: the local 1 March begins at 10:00 UTC on 29 February.
            ("Pacific/Kiritimati", "from=2024-02-29&to=2024-02-29", MOMENTS[:2]),
            ("Pacific/Kiritimati", "from=2024-03-01&to=2024-03-01", MOMENTS[2:4]),
            # UTC-11: the local 28 February ends at 11:00 UTC on 29 February.
            ("Pacific/Pago_Pago", "from=2024-02-28&to=2024-02-28", MOMENTS[:2]),
            ("Pacific/Kiritimati", "from=0001-01-01&to=9999-12-31", MOMENTS[:4]),
            ("Pacific/Pago_Pago", "from=0001-01-01&to=9999-12-31", MOMENTS),
            # Samoa skipped 30 December 2011.
            ("Pacific/Apia", "from=2011-12-30&to=2011-12-30", ()),
        ],
    )
    def test_list_journals_filters_by_calendar_days_of_the_callers_time_zone(
        self,
        ada: Person,
        space: dict[str, Any],
        timezone: str,
        query: str,
        found: tuple[str, ...],
    ) -> None:
        assert ada.patch("/api/v1/users/me", {"timezone": timezone}).status_code == 200

        for path in (f"{at(space)}/journals", MINE):
            items = listed(ada, f"{path}?{query}")

            assert [item["title"] for item in items] == [*reversed(found)]

    def test_list_journals_of_the_local_today_shows_an_entry_written_now(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        ada.patch("/api/v1/users/me", {"timezone": "Pacific/Kiritimati"})
        entry = write_entry(ada, space)

        today = ULID.from_str(entry["entry_id"]).datetime.astimezone(ZoneInfo("Pacific/Kiritimati")).date()

        items = listed(ada, f"{at(space)}/journals?from={today}&to={today}")

        assert [item["entry_id"] for item in items] == [entry["entry_id"]]

    def test_list_entries_of_days_goes_on_by_a_cursor_of_the_same_days_alone(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        path = f"{at(space)}/journals?limit=1"
        first = ada.get(f"{path}&from=2024-02-29&to=2024-02-29").json()
        cursor = f"cursor={first['next_cursor']}"

        assert len(listed(ada, f"{path}&from=2024-02-29&to=2024-02-29&{cursor}")) == 1
        assert_problem(ada.get(f"{path}&from=2024-02-28&{cursor}"), 400, "invalid_cursor")

    def test_list_entries_of_days_do_not_end_before_they_begin(
        self, ada: Person, space: dict[str, Any]
    ) -> None:
        response = ada.get(f"{at(space)}/journals?from=2024-02-29&to=2024-02-28")

        assert_problem(response, 422, "date_out_of_range", field="query.to")

    @pytest.mark.parametrize(
        "query", ["from=2023-02-29", "to=yesterday", "pinned=maybe", "tag=", "author_id=x"]
    )
    def test_list_entries_of_days_are_judged_by_name(
        self, ada: Person, space: dict[str, Any], query: str
    ) -> None:
        field = query.partition("=")[0]

        response = ada.get(f"{at(space)}/journals?{query}")

        assert_problem(response, 422, "validation_failed", field=f"query.{field}")


class TestListOwnEntries:
    def test_list_own_entries_shows_those_of_all_spaces_and_of_those_since_left(
        self, api: Api, ada: Person
    ) -> None:
        bob = api.person()
        one, other = ada.make_space(), bob.make_space()
        assert bob.join(ada.make_code(one["space_id"])).status_code == 200
        titles = ["First", "Second", "Third"]
        for title, place in zip(titles, (one, other, one), strict=True):
            write_entry(bob, place, title=title)
        write_entry(ada, one, title="Ada's")
        bob.delete(f"{at(one)}/members/{bob.user_id}")

        assert [item["title"] for item in listed(bob, MINE)] == titles[::-1]
        assert [item["title"] for item in listed(ada, MINE)] == ["Ada's"]

    def test_list_own_entries_is_paged(self, ada: Person, space: dict[str, Any]) -> None:
        for _ in range(3):
            write_entry(ada, space)

        first = ada.get(f"{MINE}?limit=2").json()
        second = ada.get(f"{MINE}?limit=2&cursor={first['next_cursor']}").json()

        assert [len(page["items"]) for page in (first, second)] == [2, 1]
        assert second["next_cursor"] is None

    def test_list_own_journals_rejects_days_in_the_wrong_order(self, ada: Person) -> None:
        response = ada.get(f"{MINE}?from=2024-02-29&to=2024-02-28")

        assert_problem(response, 422, "date_out_of_range", field="query.to")


class TestOwnEntriesAfterLeaving:
    @pytest.fixture
    def bob(self, api: Api, ada: Person, space: dict[str, Any]) -> Person:
        return api.member_of(space, ada, "member")

    def test_get_and_delete_own_journal_work_after_leaving_the_space(
        self, ada: Person, bob: Person, space: dict[str, Any]
    ) -> None:
        entry = write_entry(bob, space, content="Mine")
        bob.delete(f"{at(space)}/members/{bob.user_id}")

        shown = bob.get(f"{MINE}/{entry['entry_id']}")
        deleted = bob.delete(f"{MINE}/{entry['entry_id']}")

        assert (shown.status_code, shown.json(), deleted.status_code) == (200, entry, 204)
        assert_problem(bob.get(f"{MINE}/{entry['entry_id']}"), 404, "not_found")
        assert listed(ada, f"{at(space)}/journals") == []

    def test_delete_own_journal_rejects_another_version(self, bob: Person, space: dict[str, Any]) -> None:
        path = f"{MINE}/{write_entry(bob, space)['entry_id']}"

        response = bob.delete(path, if_match='"7"')

        assert_problem(response, 412, "precondition_failed")
        assert bob.get(path).status_code == 200

    def test_get_and_delete_own_journal_answer_404_to_others_than_the_author(
        self, ada: Person, bob: Person, space: dict[str, Any]
    ) -> None:
        path = f"{MINE}/{write_entry(bob, space)['entry_id']}"

        assert_problem(ada.get(path), 404, "not_found")
        assert_problem(ada.delete(path), 404, "not_found")
        assert bob.get(path).status_code == 200
