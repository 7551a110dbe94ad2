"""Attribute values as DynamoDB's API has them, from and to the plain values that the table stores.

boto3 has the same, but its import takes longer than the whole of this function's other AWS code
(docs/adr/0029). Sets and binary values are not stored here.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def serialize(value: Any) -> dict[str, Any]:
    """The attribute value of a string, number, boolean, None, list or mapping.

    Raises:
        TypeError: the value is something else; a float is, as DynamoDB's numbers are decimal.
    """
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {name: serialize(member) for name, member in value.items()}}
        case list() | tuple():
            return {"L": [serialize(element) for element in value]}
        case _:
            raise TypeError(f"DynamoDB stores no {type(value).__name__} here")


def deserialize(attribute: Mapping[str, Any]) -> Any:
    """The plain value of an attribute value; a number is a Decimal.

    Raises:
        TypeError: the attribute value is a set or binary.
    """
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return Decimal(value)
        case "M":
            return {name: deserialize(member) for name, member in value.items()}
        case "L":
            return [deserialize(element) for element in value]
        case "NULL":
            return None
        case _:
            raise TypeError(f"Nothing of the kind {kind} is stored here")
