"""Templates of keys, like `SPACE#{space_id}`: literal text and named parts."""

import re
import string
from collections.abc import Mapping
from typing import Any

# `#` separates key parts; a control character would make keys unreadable in tools.
_PART = re.compile(r"[^#\x00-\x1f\x7f]{1,320}")


def fields(template: str) -> list[str]:
    """The names of the template's parts."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def literals(template: str) -> list[str]:
    """The text between the template's parts."""
    return [literal for literal, _, _, _ in string.Formatter().parse(template)]


def parts(template: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The values of the template's parts among these values."""
    return {name: str(values[name]) for name in fields(template)}


def fill(template: str, parts: Mapping[str, str]) -> str:
    """The template filled with its parts.

    Raises:
        ValueError: a part holds `#` or a control character, or is empty or too long.
    """
    for name, value in parts.items():
        if not _PART.fullmatch(value):
            raise ValueError(f"{name} cannot be part of a key")
    return template.format(**parts)


def prefix(template: str, parts: Mapping[str, str]) -> str:
    """The template filled from the left, up to the first missing part."""
    known = ""
    for literal, name, _, _ in string.Formatter().parse(template):
        known += literal
        if name is None or name not in parts:
            break
        known += parts[name]
    return known
