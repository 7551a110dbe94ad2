import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidCursor
from app.core.queries import Query
from app.core.records import Record
from tests.unit.core.entity_helpers import NOTES, TICKETS, notes_by, notes_in

PARTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#"), min_size=1, max_size=40
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def position(query: Query[Any], number: str = "0001", notebook: str = "A") -> dict[str, Any]:
    """The keys of a row that the query finds."""
    key = NOTES.key(notebook=notebook, number=number).attributes
    if query.index is None:
        return key | {"PK": {"S": query.partition}}
    return key | {"GSI1PK": {"S": query.partition}, "GSI1SK": {"S": f"NOTE#{number}"}}


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def decoded(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=="))


def is_inside(query: Query[Any], start: dict[str, Any]) -> bool:
    partition, sort = query.key_names
    return (
        set(start) == {"PK", "SK", partition, sort}
        and start[partition] == {"S": query.partition}
        and start[sort]["S"].startswith(query.sk_prefix)
    )


both = pytest.mark.parametrize("query", [notes_in("A"), notes_by("ada")], ids=["table", "index"])


class TestWhere:
    def test_where_adds_to_the_filters(self) -> None:
        query = notes_in("A").where(mood="calm").where(starred=False).holding(labels="work")

        assert query.request()["FilterExpression"] == (
            "#data.#mood = :mood AND #data.#starred = :starred AND contains(#data.#labels, :labels)"
        )

    def test_where_without_a_value_is_no_filter(self) -> None:
        assert notes_in("A").where(mood=None).holding(labels=None) == notes_in("A")


class TestCursor:
    @both
    @given(number=PARTS, notebook=PARTS)
    def test_cursor_leads_back_to_if_it_was_made(
        self, query: Query[Record], number: str, notebook: str
    ) -> None:
        row = position(query, number, notebook)
        assert query.start_key(query.cursor_after(row)) == row

    @both
    def test_cursor_fits_in_an_address(self, query: Query[Record]) -> None:
        assert set(query.cursor_after(position(query, "ü+/?&=%"))) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )

    @both
    def test_cursor_does_not_carry_its_own_partition(self, query: Query[Record]) -> None:
        _, carried = decoded(query.cursor_after(position(query)))
        assert query.key_names[0] not in carried

    @pytest.mark.parametrize(
        "other",
        [
            notes_in("B"),
            notes_in("A").backwards(),
            notes_in("A").where(mood="calm"),
            notes_in("A").holding(mood="calm"),
            TICKETS.within(notebook="A"),
            notes_by("ada"),
            notes_by("A"),
        ],
        ids=["partition", "direction", "filter", "list", "entity", "index", "index, same id"],
    )
    def test_cursor_is_rejected_by_another_query(self, other: Query[Record]) -> None:
        mine = notes_in("A")
        with pytest.raises(InvalidCursor):
            other.start_key(mine.cursor_after(position(mine)))
        with pytest.raises(InvalidCursor):
            mine.start_key(other.cursor_after(position(other)))

    def test_cursor_is_rejected_under_another_value_of_the_filter(self) -> None:
        calm, wild = notes_in("A").where(mood="calm"), notes_in("A").where(mood="wild")
        with pytest.raises(InvalidCursor):
            wild.start_key(calm.cursor_after(position(calm)))


class TestForgedCursor:
    """Whatever a caller makes up is refused, or leads to a place in the partition that they may read."""

    @both
    @given(cursor=st.text())
    def test_forged_cursor_of_any_text_is_rejected(self, query: Query[Record], cursor: str) -> None:
        with pytest.raises(InvalidCursor):
            query.start_key(cursor)

    @both
    @given(content=st.binary())
    def test_forged_cursor_of_any_bytes_is_rejected(self, query: Query[Record], content: bytes) -> None:
        with pytest.raises(InvalidCursor):
            query.start_key(base64.urlsafe_b64encode(content).decode())

    @both
    @given(value=JSON)
    def test_forged_cursor_of_any_json_is_rejected(self, query: Query[Record], value: Any) -> None:
        with pytest.raises(InvalidCursor):
            query.start_key(encoded(value))

    @both
    @given(value=JSON)
    def test_forged_cursor_with_any_position_is_rejected(self, query: Query[Record], value: Any) -> None:
        digest, _ = decoded(query.cursor_after(position(query)))
        with pytest.raises(InvalidCursor):
            query.start_key(encoded([digest, value]))

    @both
    @given(
        value=st.none()
        | st.integers()
        | st.lists(st.text())
        | st.sampled_from(
            ["", "X", "NOTE", "PROFILE", "NOTE#" + "x" * 1020, "NOTE#" + "é" * 510, "NOTE#\ud800"]
        )
    )
    def test_forged_cursor_with_any_other_sort_key_is_rejected(
        self, query: Query[Record], value: Any
    ) -> None:
        digest, place = decoded(query.cursor_after(position(query)))
        with pytest.raises(InvalidCursor):
            query.start_key(encoded([digest, place | {query.key_names[1]: value}]))

    @pytest.mark.parametrize("number", ["0001", "0005", "~"])
    def test_forged_cursor_beyond_the_bounds_of_its_query_is_rejected(self, number: str) -> None:
        query = notes_in("A").between("0002", "0004")
        digest, _ = decoded(query.cursor_after(position(query, "0003")))
        for inside in ("0002", "0004", "00045"):
            query.start_key(encoded([digest, {"SK": f"NOTE#{inside}"}]))

        with pytest.raises(InvalidCursor):
            query.start_key(encoded([digest, {"SK": f"NOTE#{number}"}]))

    @both
    @given(data=st.data())
    def test_forged_cursor_of_a_changed_one_never_leads_outside(
        self, query: Query[Record], data: st.DataObject
    ) -> None:
        cursor = query.cursor_after(position(query))
        at = data.draw(st.integers(0, len(cursor)))
        cut = data.draw(st.integers(0, 3))
        put = data.draw(st.text(max_size=3) | st.text("ABab01-_=+/", max_size=3))
        try:
            start = query.start_key(cursor[:at] + put + cursor[at + cut :])
        except InvalidCursor:
            return
        assert is_inside(query, start)

    @both
    @given(sort=st.text(), keys=st.dictionaries(st.sampled_from(["PK", "SK", "GSI1PK", "GSI1SK"]), st.text()))
    def test_forged_cursor_with_the_right_digest_never_leads_outside(
        self, query: Query[Record], sort: str, keys: dict[str, str]
    ) -> None:
        digest, place = decoded(query.cursor_after(position(query)))
        forged = place | keys | {query.key_names[1]: f"NOTE#{sort}"}
        try:
            start = query.start_key(encoded([digest, forged]))
        except InvalidCursor:
            return
        assert is_inside(query, start)

    @both
    def test_nested_without_end_is_rejected(self, query: Query[Record]) -> None:
        with pytest.raises(InvalidCursor):
            query.start_key(base64.urlsafe_b64encode(b"[" * 100_000).decode())

    @both
    def test_forged_cursor_with_an_endless_number_is_rejected(self, query: Query[Record]) -> None:
        with pytest.raises(InvalidCursor):
            query.start_key(base64.urlsafe_b64encode(b"9" * 10_000).decode())
