"""Read single values of a synthesised CloudFormation template."""

from typing import Any


def readable(value: Any) -> str:
    """A template's value as text, with references as `${Name}` and `${Name.Attribute}`."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(readable(part) for part in parts)
        case {"Fn::Sub": str(text)}:
            return text
        case _:
            return str(value)


def as_list(value: Any) -> list[Any]:
    """Several values, where CloudFormation takes one value or a list of them."""
    return value if isinstance(value, list) else [value]
