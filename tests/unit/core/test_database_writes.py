"""How the table is written. `tests/database/test_engine.py` runs these on DynamoDB Local too."""

from datetime import timedelta
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.database import Session, Table
from app.core.entities import Key
from app.core.errors import AlreadyMember, NotFound, SpaceFull, StaleRead
from tests.factories import FrozenClock
from tests.unit.core.entity_helpers import NOTES, THEN, TICKETS, Note, note, notes_by, notes_in, ticket

LATER = THEN + timedelta(minutes=1)
KEY: Key[Note] = NOTES.key(notebook="A", number="0001")
OTHER: Key[Note] = NOTES.key(notebook="A", number="0002")


class TestCreate:
    def test_create_stores_the_item(self, table: Table) -> None:
        table.write([NOTES.create(note())])
        assert table.get(KEY) == note()

    def test_create_rejects_a_second_item_with_the_same_key(self, table: Table) -> None:
        table.write([NOTES.create(note(text="First"))])
        with pytest.raises(StaleRead):
            table.write([NOTES.create(note(text="Second"))])
        assert table.get(KEY) == note(text="First")

    def test_create_rejects_with_the_reason_it_was_given(self, table: Table) -> None:
        table.write([NOTES.create(note())])
        with pytest.raises(AlreadyMember):
            table.write([NOTES.create(note(), on_conflict=AlreadyMember())])


class TestCreateExpiring:
    def test_create_expiring_rejects_while_the_old_one_lives(self, table: Table, clock: FrozenClock) -> None:
        table.write([TICKETS.create(ticket(clock.now + timedelta(minutes=1)))])
        clock.advance(seconds=59)
        with pytest.raises(StaleRead):
            table.write([TICKETS.create(ticket(clock.now + timedelta(minutes=9), now=clock.now))])

    def test_create_expiring_replaces_the_old_one_once_it_is_dead(
        self, table: Table, clock: FrozenClock
    ) -> None:
        table.write([TICKETS.create(ticket(clock.now + timedelta(minutes=1)))])
        clock.advance(minutes=1)
        new = ticket(clock.now + timedelta(minutes=9), now=clock.now)
        table.write([TICKETS.create(new)])
        assert table.get(TICKETS.key(notebook="A", number="0001")) == new

    @pytest.mark.parametrize("milliseconds", range(0, 2000, 125))
    def test_create_expiring_replaces_exactly_what_reading_takes_for_dead(
        self, table: Table, clock: FrozenClock, milliseconds: int
    ) -> None:
        key = TICKETS.key(notebook="A", number="0001")
        table.write([TICKETS.create(ticket(clock.now + timedelta(seconds=1)))])
        clock.advance(milliseconds=milliseconds)
        dead = table.get(key) is None
        try:
            table.write([TICKETS.create(ticket(clock.now + timedelta(minutes=9), now=clock.now))])
        except StaleRead:
            assert not dead
        else:
            assert dead


class TestUpdate:
    def test_update_changes_the_fields_that_differ_and_leaves_the_rest(self, table: Table) -> None:
        was = note(text="Old", mood="calm", tags={"a": True})
        table.write([NOTES.create(was)])
        now = was.patched(LATER, {"text": "New", "mood": None, "tags": {"b": False}})
        table.write([NOTES.update(was, now)])
        assert table.get(KEY) == note(text="New", tags={"b": False}, version=2, updated_at=LATER)

    def test_update_without_a_difference_checks_the_condition_alone(self, table: Table) -> None:
        was = note(text="Old")
        table.write([NOTES.create(was)])
        table.write([NOTES.update(was, was)])
        assert table.get(KEY) == was
        table.write([NOTES.update(was, was.patched(LATER, {"text": "Faster"}))])
        with pytest.raises(StaleRead):
            table.write([NOTES.update(was, was)])

    def test_update_rejects_when_somebody_was_faster(self, table: Table) -> None:
        was = note(text="Old")
        table.write([NOTES.create(was)])
        table.write([NOTES.update(was, was.patched(LATER, {"text": "Faster"}))])
        with pytest.raises(StaleRead):
            table.write([NOTES.update(was, was.patched(LATER, {"text": "Slower"}))])
        assert table.get(KEY) == note(text="Faster", version=2, updated_at=LATER)

    def test_update_rejects_what_is_gone(self, table: Table) -> None:
        was = note()
        with pytest.raises(StaleRead):
            table.write([NOTES.update(was, was.patched(LATER, {"text": "New"}))])
        assert table.get(KEY) is None

    def test_update_loses_no_count_that_came_in_between(self, table: Table) -> None:
        was = note(stars=1)
        table.write([NOTES.create(was)])
        table.write([NOTES.increment(KEY, {"stars": 2})])
        table.write([NOTES.update(was, was.patched(LATER, {"text": "New"}))])
        assert table.get(KEY) == note(text="New", stars=3, version=2, updated_at=LATER)

    def test_update_moves_the_item_on_the_index(self, table: Table) -> None:
        ada, bob = notes_by("ada"), notes_by("bob")
        was = note(author=None)
        table.write([NOTES.create(was)])
        for author in ("ada", "bob", None):
            now = was.patched(LATER, {"author": author})
            table.write([NOTES.update(was, now)])
            assert table.page(ada, limit=9).items == [now] * (author == "ada")
            assert table.page(bob, limit=9).items == [now] * (author == "bob")
            was = now


class TestIncrement:
    def test_increment_moves_the_counters_and_nothing_else(self, table: Table) -> None:
        table.write([NOTES.create(note(stars=5, readers=1))])
        table.write([NOTES.increment(KEY, {"stars": -2, "readers": 1})])
        assert table.get(KEY) == note(stars=3, readers=2)

    def test_increment_rejects_if_nothing_is(self, table: Table) -> None:
        with pytest.raises(StaleRead):
            table.write([NOTES.increment(KEY, {"stars": 1})])
        assert table.get(KEY) is None

    def test_increment_goes_up_to_the_limit_and_not_over_it(self, table: Table) -> None:
        table.write([NOTES.create(note(stars=1))])
        table.write([NOTES.increment(KEY, {"stars": 2}, at_most={"stars": 3})])
        with pytest.raises(StaleRead):
            table.write([NOTES.increment(KEY, {"stars": 1}, at_most={"stars": 3})])
        assert table.get(KEY) == note(stars=3)

    def test_increment_comes_down_from_above_a_limit_that_was_lowered(self, table: Table) -> None:
        table.write([NOTES.create(note(stars=9))])
        table.write([NOTES.increment(KEY, {"stars": -1})])
        assert table.get(KEY) == note(stars=8)

    def test_increment_goes_down_to_the_limit_and_not_below_it(self, table: Table) -> None:
        table.write([NOTES.create(note(stars=2))])
        table.write([NOTES.increment(KEY, {"stars": -1}, at_least={"stars": 1})])
        with pytest.raises(StaleRead):
            table.write([NOTES.increment(KEY, {"stars": -1}, at_least={"stars": 1})])
        assert table.get(KEY) == note(stars=1)

    def test_increment_rejects_if_a_field_is_not_as_required(self, table: Table) -> None:
        table.write([NOTES.create(note(mood="calm"))])
        table.write([NOTES.increment(KEY, {"stars": 1}, require={"mood": "calm"})])
        with pytest.raises(StaleRead):
            table.write([NOTES.increment(KEY, {"stars": 1}, require={"mood": "wild"})])
        assert table.get(KEY) == note(mood="calm", stars=1)


class TestDelete:
    def test_delete_takes_the_item_away(self, table: Table) -> None:
        table.write([NOTES.create(note())])
        table.write([NOTES.delete(note())])
        assert table.get(KEY) is None

    def test_delete_rejects_what_has_changed(self, table: Table) -> None:
        now = note().patched(LATER, {"text": "New"})
        table.write([NOTES.create(note())])
        table.write([NOTES.update(note(), now)])
        with pytest.raises(StaleRead):
            table.write([NOTES.delete(note())])
        assert table.get(KEY) == now

    def test_delete_rejects_what_counts_otherwise_than_required(self, table: Table) -> None:
        table.write([NOTES.create(note(stars=2))])
        with pytest.raises(StaleRead):
            table.write([NOTES.delete(note(stars=2), require={"stars": 1})])
        table.write([NOTES.delete(note(stars=2), require={"stars": 2})])
        assert table.get(KEY) is None

    def test_delete_rejects_what_is_gone(self, table: Table) -> None:
        with pytest.raises(StaleRead):
            table.write([NOTES.delete(note())])


class TestDeleteIfExists:
    def test_delete_if_exists_takes_away_whatever_is_there(self, table: Table) -> None:
        table.write([NOTES.create(note(version=7))])
        table.write([NOTES.delete_if_exists(KEY)])
        assert table.get(KEY) is None

    def test_delete_if_exists_does_not_mind_that_nothing_is_there(self, table: Table) -> None:
        table.write([NOTES.delete_if_exists(KEY)])


class TestBatchDelete:
    def test_batch_delete_takes_away_what_is_there_25_by_a_call(self, table: Table, calls: list[str]) -> None:
        keys = [NOTES.key(notebook="A", number=f"{number:04}") for number in range(1, 52)]
        for number in (1, 25, 26, 51, 52):
            table.write([NOTES.create(note(number))])
        table.batch_delete(keys)
        assert calls.count("BatchWriteItem") == 3
        assert table.page(notes_in("A"), limit=9).items == [note(52)]

    def test_batch_delete_of_nothing_calls_nobody(self, table: Table, calls: list[str]) -> None:
        table.batch_delete([])
        assert calls == []


class TestRequireUnchanged:
    @pytest.mark.parametrize("beside", [[], [NOTES.create(note(2))]], ids=["alone", "beside a write"])
    def test_require_unchanged_accepts_an_unchanged_item(self, table: Table, beside: list[Any]) -> None:
        table.write([NOTES.create(note())])
        table.write([NOTES.require_unchanged(note()), *beside])
        assert table.get(KEY) == note()

    @pytest.mark.parametrize("beside", [[], [NOTES.create(note(2))]], ids=["alone", "beside a write"])
    def test_require_unchanged_rejects_what_has_changed(self, table: Table, beside: list[Any]) -> None:
        table.write([NOTES.create(note())])
        table.write([NOTES.update(note(), note().patched(LATER, {"text": "New"}))])
        with pytest.raises(StaleRead):
            table.write([NOTES.require_unchanged(note()), *beside])
        assert table.get(OTHER) is None

    def test_require_unchanged_rejects_what_is_gone(self, table: Table) -> None:
        with pytest.raises(StaleRead):
            table.write([NOTES.require_unchanged(note())])


class TestRecreatedItem:
    """Whoever leaves and comes back starts again at version 1, and is not who was read."""

    @pytest.mark.parametrize("change", ["update", "delete", "unchanged"])
    def test_recreated_item_is_not_taken_for_what_was_read(self, table: Table, change: str) -> None:
        was, successor = note(mood="calm"), note(mood="wild", created_at=LATER, updated_at=LATER)
        writes = {
            "update": NOTES.update(was, was.patched(LATER, {"text": "New"})),
            "delete": NOTES.delete(was),
            "unchanged": NOTES.require_unchanged(was),
        }
        table.write([NOTES.create(successor)])
        with pytest.raises(StaleRead):
            table.write([writes[change]])
        assert table.get(KEY) == successor


class TestWrite:
    def test_writes_all(self, table: Table) -> None:
        table.write([NOTES.create(note(number)) for number in range(1, 101)])
        assert None not in table.batch_get([KEY, OTHER, NOTES.key(notebook="A", number="0100")])

    def test_writes_nothing_if_one_is_rejected(self, table: Table) -> None:
        table.write([NOTES.create(note(2, text="First"))])
        with pytest.raises(StaleRead):
            table.write([NOTES.create(note(1)), NOTES.create(note(2)), NOTES.create(note(3))])
        assert table.get(KEY) is None

    def test_write_raises_the_reason_of_the_first_that_is_rejected(self, table: Table) -> None:
        table.write([NOTES.create(note(2)), NOTES.create(note(3))])
        with pytest.raises(SpaceFull):
            table.write(
                [
                    NOTES.create(note(1), on_conflict=AlreadyMember()),
                    NOTES.create(note(2), on_conflict=SpaceFull()),
                    NOTES.create(note(3), on_conflict=NotFound()),
                ]
            )

    def test_write_is_no_transaction_if_there_is_only_one(self, table: Table, calls: list[str]) -> None:
        table.write([NOTES.create(note())])
        table.write([NOTES.update(note(), note().patched(LATER, {"text": "New"}))])
        table.write([NOTES.delete_if_exists(KEY)])
        assert calls == ["PutItem", "UpdateItem", "DeleteItem"]

    def test_write_is_one_call_if_there_are_more(self, table: Table, calls: list[str]) -> None:
        table.write([NOTES.create(note(1)), NOTES.create(note(2))])
        assert calls == ["TransactWriteItems"]

    def test_write_is_no_call_if_there_are_none(self, table: Table, calls: list[str]) -> None:
        table.write([])
        assert calls == []


class TestSession:
    def test_session_keeps_one_time_for_the_whole_request(self, table: Table, clock: FrozenClock) -> None:
        began = clock.now
        session = Session(table)
        clock.advance(seconds=1)
        assert session.now == began

    def test_session_writes_nothing_before_the_commit(self, table: Table, calls: list[str]) -> None:
        session = Session(table)
        session.add(NOTES.create(note()))
        assert calls == []

    def test_session_commits_everything_at_once(self, table: Table, calls: list[str]) -> None:
        session = Session(table)
        session.add(NOTES.create(note(1)))
        session.add(NOTES.create(note(2)), NOTES.create(note(3)))
        session.commit()
        assert calls == ["TransactWriteItems"]
        assert table.batch_get([KEY, OTHER]) == [note(1), note(2)]

    def test_session_commits_what_was_added_only_once(self, table: Table, calls: list[str]) -> None:
        session = Session(table)
        session.add(NOTES.create(note()))
        session.commit()
        session.commit()
        assert calls == ["PutItem"]

    def test_session_makes_its_own_ids(self, table: Table, dynamodb: DynamoDBClient) -> None:
        ids = iter(["first", "second"])
        session = Session(table, new_id=lambda: next(ids))
        assert [session.new_id(), session.new_id()] == ["first", "second"]
