"""Ranges of a list, and lists of several entities at once. Also run on DynamoDB Local (`tests/database`)."""

import pytest

from app.core.database import Table
from app.core.entities import Entity, EntityGroup
from app.core.errors import InvalidCursor
from app.core.records import Record
from tests.unit.core.entity_helpers import NOTES, THEN, TICKETS, creations, note, notes_by, notes_in


class Sketch(Record):
    """Something else that people draw into a notebook."""

    author: str
    number: str


SKETCHES: Entity[Sketch] = Entity(
    name="Sketch",
    model_path=f"{__name__}.Sketch",
    pk="SKETCH#{number}",
    sk="SKETCH",
    gsi1pk="AUTHOR#{author}",
    gsi1sk="NOTE#{number}",
)
WORKS = EntityGroup("Work", gsi1pk="AUTHOR#{who}", members=(NOTES, SKETCHES))


def sketch(number: int, author: str = "ada") -> Sketch:
    return Sketch(author=author, number=f"{number:04}", created_at=THEN, updated_at=THEN)


class TestBetween:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            ("0002", "0004", ["0002", "0003", "0004"]),
            ("0004", None, ["0004", "0005"]),
            (None, "0002", ["0001", "0002"]),
            ("0003", "0003", ["0003"]),
            ("0006", None, []),
            (None, None, ["0001", "0002", "0003", "0004", "0005"]),
        ],
    )
    def test_between_lists_both_ends_and_what_is_between(
        self, table: Table, first: str | None, last: str | None, expected: list[str]
    ) -> None:
        table.write(creations(5, author="ada"))
        for query in (notes_in("A"), notes_by("ada")):
            page = table.page(query.between(first, last), limit=9)
            assert [item.number for item in page.items] == expected

    def test_between_needs_no_prefix(self, table: Table) -> None:
        table.write([NOTES.create(note(1, author="ada")), SKETCHES.create(sketch(2))])
        works = WORKS.on_gsi1(who="ada")
        assert len(table.page(works.between(None, "NOTE#0001"), limit=9).items) == 1
        assert len(table.page(works.between("NOTE#0001", None), limit=9).items) == 2

    def test_between_lists_neither_other_partitions_nor_other_entities(self, table: Table) -> None:
        table.write([NOTES.create(note(1)), NOTES.create(note(2, notebook="B"))])
        assert [item.number for item in table.page(notes_in("A").between(None, "9"), limit=9).items] == [
            "0001"
        ]

    def test_between_makes_cursors_of_its_own(self, table: Table) -> None:
        table.write(creations(5))
        query = notes_in("A").between("0002", "0004")
        first = table.page(query, limit=2)
        assert first.next_cursor is not None
        assert [n.number for n in table.page(query, limit=9, cursor=first.next_cursor).items] == ["0004"]
        for other in (notes_in("A"), notes_in("A").between("0002", "0005")):
            with pytest.raises(InvalidCursor):
                table.page(other, limit=9, cursor=first.next_cursor)


class TestEntityGroup:
    def test_entity_group_lists_the_items_of_all_its_members_in_one_order(self, table: Table) -> None:
        mine = [note(1, author="ada"), sketch(2), note(3, author="ada")]
        table.write([WORKS.entity_of(item).create(item) for item in mine])
        table.write([SKETCHES.create(sketch(9, author="bob"))])
        assert table.page(WORKS.on_gsi1(who="ada"), limit=9).items == mine
        assert table.page(WORKS.on_gsi1(who="ada").backwards(), limit=2).items == mine[:0:-1]

    def test_entity_group_continues_after_a_cursor_that_no_member_takes(self, table: Table) -> None:
        table.write([SKETCHES.create(sketch(number)) for number in range(1, 4)])
        first = table.page(WORKS.on_gsi1(who="ada"), limit=2)
        assert first.next_cursor is not None
        rest = table.page(WORKS.on_gsi1(who="ada"), limit=2, cursor=first.next_cursor)
        assert first.items + rest.items == [sketch(1), sketch(2), sketch(3)]
        with pytest.raises(InvalidCursor):
            table.page(notes_by("ada"), limit=2, cursor=first.next_cursor)

    def test_entity_group_recognizes_the_keys_of_its_members_items(self) -> None:
        assert WORKS.key_of(note(1)) == NOTES.key_of(note(1))
        assert WORKS.key_of(sketch(1)) == SKETCHES.key_of(sketch(1))

    def test_entity_group_rejects_a_member_that_lives_elsewhere(self) -> None:
        with pytest.raises(TypeError, match="Works: Ticket is in other partitions"):
            EntityGroup("Works", gsi1pk="AUTHOR#{who}", members=(NOTES, TICKETS))
