from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import rfc3339
from app.core.entities import Entity
from app.core.errors import PreconditionFailed, StaleRead
from app.core.lifecycle import Parent
from app.core.records import Record, VersionTag
from tests.unit.core.entity_helpers import NOTES, THEN, TICKETS, Note, note, ticket

LATER = THEN + timedelta(minutes=1)
# What DynamoDB takes as text: everything but lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEY_PARTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#"), min_size=1, max_size=320
)


class Mark(Record):
    value: float


def row(item: Note) -> Any:
    return NOTES.create(item).request["Item"]


class TestDeclare:
    @pytest.mark.parametrize("template", ["pk", "sk", "gsi1pk", "gsi1sk"])
    def test_declare_rejects_a_template_that_names_no_field(self, template: str) -> None:
        templates = {"pk": "A#{notebook}", "sk": "B"} | {template: "C#{notebok}"}
        with pytest.raises(TypeError, match=r"Note: names unknown fields \['notebok'\]"):
            _ = Entity[Note](name="Note", model_path=NOTES.model_path, **templates).model  # type: ignore[arg-type]

    def test_declare_rejects_an_expiry_that_is_no_field(self) -> None:
        with pytest.raises(TypeError, match="purge_at"):
            _ = Entity[Note](
                name="Note", model_path=NOTES.model_path, pk="A", sk="B", expires="purge_at"
            ).model

    def test_declare_rejects_parent_by_unknown_field(self) -> None:
        parents = (Parent("Notebook", {"notebok": "name"}),)
        with pytest.raises(TypeError, match="notebok"):
            _ = Entity[Note](name="Note", model_path=NOTES.model_path, pk="A", sk="B", parents=parents).model

    @pytest.mark.parametrize("role", ["author", "addressee"])
    def test_declare_rejects_person_whose_items_are_not_on_index(self, role: str) -> None:
        with pytest.raises(TypeError, match="GSI1 does not list items by notebook"):
            Entity(name="Note", model_path=NOTES.model_path, pk="A", sk="B", **{role: "notebook"})  # type: ignore[arg-type]


class TestKey:
    def test_key_fills_the_templates(self) -> None:
        key = NOTES.key(notebook="A", number="0007")
        assert key.attributes == {"PK": {"S": "NOTEBOOK#A"}, "SK": {"S": "NOTE#0007"}}

    @pytest.mark.parametrize(
        "part", ["", "A#B", "#", "A\nB", "\x00", "\x7f", "A" * 321], ids=lambda part: repr(part[:5])
    )
    def test_key_rejects_what_would_not_be_one_part(self, part: str) -> None:
        with pytest.raises(ValueError, match="notebook cannot be part of a key"):
            NOTES.key(notebook=part, number="0001")

    def test_key_rejects_to_go_without_a_part(self) -> None:
        with pytest.raises(KeyError, match="number"):
            NOTES.key(notebook="A")

    @given(KEY_PARTS, KEY_PARTS)
    def test_key_holds_each_part_as_it_is(self, notebook: str, number: str) -> None:
        key = NOTES.key(notebook=notebook, number=number)
        assert key.pk.split("#") == ["NOTEBOOK", notebook]
        assert key.sk.split("#") == ["NOTE", number]

    def test_key_part_may_contain_braces(self) -> None:
        assert NOTES.key(notebook="{number}", number="1").pk == "NOTEBOOK#{number}"


class TestQueries:
    def test_queries_within_a_partition_of_the_table(self) -> None:
        query = NOTES.within(notebook="A")
        assert (query.index, query.partition, query.sk_prefix) == (None, "NOTEBOOK#A", "NOTE#")

    def test_queries_within_a_partition_of_the_index(self) -> None:
        query = NOTES.on_gsi1(author="ada")
        assert (query.index, query.partition, query.sk_prefix) == ("GSI1", "AUTHOR#ada", "NOTE#")

    def test_queries_rejects_what_would_not_be_one_part(self) -> None:
        with pytest.raises(ValueError, match="author"):
            NOTES.on_gsi1(author="ada#1")


class TestRow:
    def test_row_holds_keys_type_and_stamps_beside_the_data(self) -> None:
        assert row(note(author="ada", stars=3)) == {
            "PK": {"S": "NOTEBOOK#A"},
            "SK": {"S": "NOTE#0001"},
            "GSI1PK": {"S": "AUTHOR#ada"},
            "GSI1SK": {"S": "NOTE#0001"},
            "entity_type": {"S": "Note"},
            "version": {"N": "1"},
            "created_at": {"S": "2026-03-01T12:00:00.250Z"},
            "updated_at": {"S": "2026-03-01T12:00:00.250Z"},
            "data": {
                "M": {
                    "notebook": {"S": "A"},
                    "number": {"S": "0001"},
                    "text": {"S": "Hello"},
                    "author": {"S": "ada"},
                    "tags": {"M": {}},
                    "labels": {"L": []},
                    "starred": {"BOOL": False},
                    "stars": {"N": "3"},
                    "readers": {"N": "0"},
                }
            },
        }

    def test_row_is_off_the_index_if_it_does_not_belong(self) -> None:
        assert not {"GSI1PK", "GSI1SK"} & set(row(note(author=None)))

    def test_ttl_is_a_whole_second(self) -> None:
        item: Any = TICKETS.create(ticket(datetime(2026, 3, 2, 0, 0, 9, 900000, UTC))).request["Item"]
        assert item["ttl"] == {"N": str(int(datetime(2026, 3, 2, 0, 0, 9, tzinfo=UTC).timestamp()))}

    def test_row_keeps_fractions_exactly(self) -> None:
        marks: Entity[Mark] = Entity(name="Mark", model_path=f"{__name__}.Mark", pk="MARK", sk="MARK")
        item: Any = marks.create(Mark(value=0.1, created_at=THEN, updated_at=THEN)).request["Item"]
        assert Decimal(item["data"]["M"]["value"]["N"]) == Decimal("0.1")
        assert marks.load(item).value == 0.1

    @given(
        text=TEXT,
        number=KEY_PARTS,
        author=st.none() | KEY_PARTS,
        mood=st.none() | TEXT,
        tags=st.dictionaries(TEXT, st.booleans()),
        stars=st.integers(-(10**37), 10**37),
        created_at=st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0)),
    )
    def test_row_reads_back_as_what_was_written(self, number: str, **fields: Any) -> None:
        item = note(number, **fields)
        assert NOTES.load(row(item)) == item


class TestUpdate:
    def test_update_names_only_what_differs(self) -> None:
        was = note(text="Old", mood="calm", stars=5, author="ada")
        write = NOTES.update(was, was.patched(LATER, {"text": "New", "mood": None}))
        assert write.request["UpdateExpression"] == (
            "SET #data.#text = :text, #version = :version, #updated_at = :updated_at REMOVE #data.#mood"
        )

    def test_update_takes_an_item_onto_the_index_and_off_it(self) -> None:
        hidden = note(author=None)
        shown = hidden.patched(LATER, {"author": "ada"})
        onto = NOTES.update(hidden, shown).request["UpdateExpression"]
        off = NOTES.update(shown, shown.patched(LATER, {"author": None})).request["UpdateExpression"]
        assert "#GSI1PK = :GSI1PK" in onto
        assert off.endswith("REMOVE #data.#author, #GSI1PK, #GSI1SK")


class TestWrites:
    def test_writes_ask_for_a_new_try_when_rejected_unless_told_otherwise(self) -> None:
        item, key = note(), NOTES.key(notebook="A", number="0001")
        for write in (
            NOTES.create(item),
            NOTES.update(item, item.patched(LATER, {"text": "New"})),
            NOTES.increment(key, {"stars": 1}),
            NOTES.delete(item),
            NOTES.require_unchanged(item),
        ):
            assert isinstance(write.on_conflict, StaleRead)


class TestPatched:
    def test_patched_makes_the_next_version(self) -> None:
        item = note(version=4)
        assert item.patched(LATER, {"text": "New", "mood": "calm"}) == note(
            version=5, text="New", mood="calm", updated_at=LATER
        )

    def test_patched_is_the_same_item_if_nothing_differs(self) -> None:
        item = note(text="Old")
        assert item.patched(LATER, {"text": "Old", "mood": None}) is item
        assert item.patched(LATER, {}) is item


def tags(*versions: int) -> frozenset[VersionTag]:
    """What the ETags of these versions of a note say."""
    created_at = rfc3339(note().created_at)
    return frozenset(VersionTag.make(version, created_at, "0123456789") for version in versions)


class TestRequireVersion:
    @pytest.mark.parametrize("versions", [None, {3}, {1, 3}])
    def test_require_version_accepts_the_current_one(self, versions: set[int] | None) -> None:
        note(version=3).require_version(None if versions is None else tags(*versions))

    @pytest.mark.parametrize("versions", [set[int](), {2}, {1, 4}])
    def test_require_version_rejects_any_other(self, versions: set[int]) -> None:
        with pytest.raises(PreconditionFailed):
            note(version=3).require_version(tags(*versions))

    def test_require_version_rejects_one_made_again_in_its_place(self) -> None:
        with pytest.raises(PreconditionFailed):
            note(version=3, created_at=LATER).require_version(tags(3))
