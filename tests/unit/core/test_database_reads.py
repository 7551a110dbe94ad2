"""How the table is read. `tests/database/test_engine.py` runs these on DynamoDB Local too."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.database import Slice, Table
from app.core.entities import Key
from app.core.errors import InvalidCursor
from app.core.queries import Query
from tests.client_helpers import intercepted
from tests.factories import FrozenClock
from tests.unit.core.entity_helpers import (
    NOTES,
    TICKETS,
    Note,
    Ticket,
    creations,
    note,
    notes_by,
    notes_in,
    ticket,
)


def keys(*numbers: int) -> list[Key[Note]]:
    return [NOTES.key(notebook="A", number=f"{number:04}") for number in numbers]


def numbers(items: list[Note]) -> list[int]:
    return [int(item.number) for item in items]


@pytest.fixture
def store(table: Table) -> Callable[..., None]:
    """`store(10, text="...")`: put the notes 1 to 10 into the table."""

    def put(count: int, **fields: object) -> None:
        for write in creations(count, **fields):
            table.write([write])

    return put


@pytest.fixture
def requests(dynamodb: DynamoDBClient) -> Iterator[list[dict[str, Any]]]:
    """What DynamoDB was asked, as the client was given it."""
    asked: list[dict[str, Any]] = []

    def note(_: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
        asked.append(parameters)
        return call()

    with intercepted(dynamodb, note):
        yield asked


class TestGet:
    def test_get_gives_the_item(self, table: Table) -> None:
        table.write([NOTES.create(note(mood="calm"))])
        assert table.get(keys(1)[0]) == note(mood="calm")

    def test_get_gives_nothing_if_nothing_is(self, table: Table) -> None:
        assert table.get(keys(1)[0]) is None

    def test_get_reads_consistently(self, table: Table, requests: list[dict[str, Any]]) -> None:
        table.get(keys(1)[0])
        assert [request["ConsistentRead"] for request in requests] == [True]


class TestBatchGet:
    def test_batch_get_gives_the_items_in_the_order_of_the_keys(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(3)
        assert numbers(table.batch_get(keys(2, 3, 1))) == [2, 3, 1]

    def test_batch_get_gives_nothing_in_the_place_of_what_is_absent(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(1)
        assert table.batch_get(keys(7, 1, 8)) == [None, note(1), None]

    def test_batch_get_gives_an_item_as_often_as_it_is_asked_for(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(2)
        assert numbers(table.batch_get(keys(2, 1, 2, 2))) == [2, 1, 2, 2]

    def test_batch_get_reads_different_entities_at_once(self, table: Table, clock: FrozenClock) -> None:
        alive = ticket(clock.now + timedelta(hours=1))
        table.write([NOTES.create(note()), TICKETS.create(alive)])
        assert table.batch_get([TICKETS.key(notebook="A", number="0001"), *keys(1)]) == [alive, note()]

    def test_batch_get_asks_nothing_if_no_key_is_given(self, table: Table, calls: list[str]) -> None:
        assert table.batch_get([]) == []
        assert calls == []

    def test_batch_get_asks_once_for_a_hundred_keys(
        self, table: Table, store: Callable[..., None], calls: list[str]
    ) -> None:
        store(201)
        calls.clear()
        assert numbers(table.batch_get(keys(*range(1, 101)))) == [*range(1, 101)]
        assert calls == ["BatchGetItem"]
        assert numbers(table.batch_get(keys(*range(1, 202)))) == [*range(1, 202)]
        assert calls == ["BatchGetItem"] * 4

    def test_batch_get_does_not_pay_for_a_key_twice(
        self, table: Table, store: Callable[..., None], requests: list[dict[str, Any]]
    ) -> None:
        store(1)
        requests.clear()
        table.batch_get(keys(1, 1, 2) * 60)
        (request,) = requests
        ((asked,),) = ([*each.values()] for each in (request["RequestItems"],))
        assert len(asked["Keys"]) == 2

    @pytest.mark.parametrize("consistent", [True, False])
    def test_batch_get_reads_consistently_where_told(
        self, table: Table, requests: list[dict[str, Any]], consistent: bool
    ) -> None:
        table.batch_get(keys(1), consistent=consistent)
        (asked,) = requests[0]["RequestItems"].values()
        assert asked["ConsistentRead"] is consistent


class TestPage:
    def test_page_lists_in_the_order_of_the_keys(self, table: Table, store: Callable[..., None]) -> None:
        store(3)
        assert table.page(notes_in("A"), limit=10) == Slice([note(1), note(2), note(3)], None)

    def test_page_lists_backwards(self, table: Table, store: Callable[..., None]) -> None:
        store(3)
        assert numbers(table.page(notes_in("A").backwards(), limit=10).items) == [3, 2, 1]

    def test_page_lists_by_the_index(self, table: Table, store: Callable[..., None]) -> None:
        store(2, notebook="A", author="ada")
        store(1, notebook="B", author="ada")
        store(1, notebook="C", author="bob")
        found = table.page(notes_by("ada"), limit=10)
        assert sorted((item.notebook, item.number) for item in found.items) == [
            ("A", "0001"),
            ("A", "0002"),
            ("B", "0001"),
        ]

    def test_page_is_empty_if_nothing_is(self, table: Table) -> None:
        assert table.page(notes_in("A"), limit=10) == Slice([], None)

    def test_page_lists_neither_other_partitions_nor_other_entities(
        self, table: Table, store: Callable[..., None], clock: FrozenClock
    ) -> None:
        store(1, notebook="A")
        store(2, notebook="AB")
        table.write([TICKETS.create(ticket(clock.now + timedelta(hours=1)))])
        assert numbers(table.page(notes_in("A"), limit=10).items) == [1]

    @pytest.mark.parametrize("query", [notes_in("A"), notes_by("ada"), notes_in("A").backwards()])
    def test_page_goes_on_if_the_page_before_ended(
        self, table: Table, store: Callable[..., None], query: Query[Note]
    ) -> None:
        store(7, author="ada")
        found, cursor = list[int](), None
        while True:
            page = table.page(query, limit=3, cursor=cursor)
            assert len(page.items) <= 3
            found += numbers(page.items)
            if (cursor := page.next_cursor) is None:
                break
        assert found == sorted(found, reverse=query.newest_first)
        assert sorted(found) == [*range(1, 8)]

    def test_page_goes_on_although_the_item_it_ended_with_is_gone(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(4)
        page = table.page(notes_in("A"), limit=2)
        table.write([NOTES.delete_if_exists(keys(2)[0])])
        assert numbers(table.page(notes_in("A"), limit=2, cursor=page.next_cursor).items) == [3, 4]

    def test_page_asks_once(self, table: Table, store: Callable[..., None], calls: list[str]) -> None:
        store(7)
        calls.clear()
        table.page(notes_in("A"), limit=3)
        assert calls == ["Query"]

    def test_page_rejects_the_cursor_of_another_list(self, table: Table, store: Callable[..., None]) -> None:
        store(3)
        page = table.page(notes_in("A"), limit=2)
        with pytest.raises(InvalidCursor):
            table.page(notes_in("B"), limit=2, cursor=page.next_cursor)


class TestPageWithFilter:
    def test_page_with_filter_lists_only_what_has_the_value(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(2, mood="calm")
        table.write([NOTES.create(note(3, mood="wild"))])
        table.write([NOTES.create(note(4))])
        assert numbers(table.page(notes_in("A").where(mood="calm"), limit=10).items) == [1, 2]

    def test_page_with_filter_asks_for_every_value_at_once(self, table: Table) -> None:
        moods = [("calm", "ada"), ("calm", "bob"), ("wild", "ada")]
        for number, (mood, author) in enumerate(moods):
            table.write([NOTES.create(note(number, mood=mood, author=author))])
        assert numbers(table.page(notes_in("A").where(mood="calm", author="bob"), limit=9).items) == [1]

    @pytest.mark.parametrize(("starred", "expected"), [(True, [1]), (False, [2])])
    def test_page_with_filter_knows_true_from_false(
        self, table: Table, starred: bool, expected: list[int]
    ) -> None:
        table.write([NOTES.create(note(1, starred=True))])
        table.write([NOTES.create(note(2))])
        assert numbers(table.page(notes_in("A").where(starred=starred), limit=9).items) == expected

    def test_page_with_filter_finds_whole_elements_of_a_list(self, table: Table) -> None:
        for number, labels in enumerate([["work", "home"], ["workshop"], []]):
            table.write([NOTES.create(note(number, labels=labels))])
        assert numbers(table.page(notes_in("A").holding(labels="work"), limit=9).items) == [0]

    def test_page_with_filter_may_be_short_while_the_list_goes_on(
        self, table: Table, store: Callable[..., None]
    ) -> None:
        store(10, mood="wild")
        table.write([NOTES.create(note(11, mood="calm"))])
        query = notes_in("A").where(mood="calm")

        first = table.page(query, limit=2)
        second = table.page(query, limit=2, cursor=first.next_cursor)

        assert first.items == []
        assert numbers(second.items) == [11]
        assert second.next_cursor is None

    def test_page_with_filter_reads_five_times_the_limit_and_no_more(
        self, table: Table, store: Callable[..., None], requests: list[dict[str, Any]]
    ) -> None:
        store(30, mood="wild")
        requests.clear()
        table.page(notes_in("A").where(mood="calm"), limit=4)
        assert [request["Limit"] for request in requests] == [20]

    def test_page_with_filter_gives_everything_in_pages_nothing_twice(self, table: Table) -> None:
        for number in range(1, 25):
            table.write([NOTES.create(note(number, mood="calm" if number % 3 else "wild"))])
        query, found, cursor = notes_in("A").where(mood="calm"), list[int](), None
        while True:
            page = table.page(query, limit=3, cursor=cursor)
            assert len(page.items) <= 3
            found += numbers(page.items)
            if (cursor := page.next_cursor) is None:
                break
        assert found == [number for number in range(1, 25) if number % 3]


class TestExpiry:
    """TTL deletes up to days late: an item is gone at its second, whether or not DynamoDB has noticed."""

    KEY = TICKETS.key(notebook="A", number="0001")

    @pytest.fixture
    def dies(self, table: Table, clock: FrozenClock) -> Ticket:
        """Lives for a minute."""
        made = ticket(clock.now + timedelta(minutes=1), now=clock.now)
        table.write([TICKETS.create(made)])
        return made

    def read(self, table: Table) -> tuple[list[Ticket | None], ...]:
        listed = table.page(TICKETS.within(notebook="A"), limit=10).items
        return [table.get(self.KEY)], table.batch_get([self.KEY]), [*listed] or [None]

    def test_expiry_leaves_an_item_until_its_last_second(
        self, table: Table, clock: FrozenClock, dies: Ticket
    ) -> None:
        clock.advance(seconds=59)
        assert self.read(table) == ([dies], [dies], [dies])

    def test_expiry_hides_an_item_from_then_on(self, table: Table, clock: FrozenClock, dies: Ticket) -> None:
        clock.advance(minutes=1)
        assert self.read(table) == ([None], [None], [None])

    def test_expiry_hides_an_item_at_the_very_second(
        self, table: Table, clock: FrozenClock, dies: Ticket
    ) -> None:
        clock.now = dies.expires_at.replace(microsecond=0) - timedelta(milliseconds=1)
        assert self.read(table) == ([dies], [dies], [dies])
        clock.advance(milliseconds=1)
        assert self.read(table) == ([None], [None], [None])

    def test_expiry_leaves_a_page_short_but_the_list_going_on(self, table: Table, clock: FrozenClock) -> None:
        for number in range(1, 6):
            dies_at = clock.now + timedelta(minutes=1 if number < 4 else 9)
            table.write([TICKETS.create(ticket(dies_at, number=f"{number:04}"))])
        clock.advance(minutes=2)
        query = TICKETS.within(notebook="A")

        first = table.page(query, limit=3)
        second = table.page(query, limit=3, cursor=first.next_cursor)

        assert first.items == []
        assert [item.number for item in second.items] == ["0004", "0005"]
