"""Attribute values against boto3's serializer, which knows more types."""

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given

from app.core.attribute_values import deserialize, serialize

numbers = st.integers(-(10**37), 10**37) | st.decimals(
    min_value=-(10**15), max_value=10**15, places=6, allow_nan=False
)
scalars = st.none() | st.booleans() | st.text() | numbers
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class TestSerialize:
    @given(values)
    def test_serialize_matches_boto3(self, value: Any) -> None:
        assert serialize(value) == TypeSerializer().serialize(value)

    def test_serialize_stores_tuple_as_list(self) -> None:
        assert serialize(("a", 1)) == {"L": [{"S": "a"}, {"N": "1"}]}

    @pytest.mark.parametrize("value", [1.5, {"a"}, b"a", object()], ids=lambda value: type(value).__name__)
    def test_serialize_rejects_other_types(self, value: Any) -> None:
        with pytest.raises(TypeError, match=type(value).__name__):
            serialize(value)


class TestDeserialize:
    @given(values)
    def test_deserialize_matches_boto3(self, value: Any) -> None:
        attribute = TypeSerializer().serialize(value)
        assert deserialize(attribute) == TypeDeserializer().deserialize(attribute)

    def test_deserialize_keeps_every_digit_of_a_number(self) -> None:
        found = deserialize({"N": "0.10000000000000000000000000000000000001"})
        assert found == Decimal("0.10000000000000000000000000000000000001")

    @pytest.mark.parametrize("kind", ["SS", "NS", "BS", "B"])
    def test_deserialize_rejects_what_is_never_stored(self, kind: str) -> None:
        with pytest.raises(TypeError, match=kind):
            deserialize({kind: ["a"]})
