"""What sets one environment's template apart from another's."""

from collections.abc import Iterator, Mapping
from typing import Any

_ABSENT = object()


def differences(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Each path at which `other` differs from `base`, with the value there, None where there is none."""
    return dict(_differences(base, other, ""))


def _differences(base: Any, other: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(base, Mapping) and isinstance(other, Mapping):
        for key in sorted({*base, *other}):
            yield from _differences(base.get(key, _ABSENT), other.get(key, _ABSENT), f"{path}/{key}")
    elif isinstance(base, list) and isinstance(other, list) and len(base) == len(other):
        for index, (of_base, of_other) in enumerate(zip(base, other, strict=True)):
            yield from _differences(of_base, of_other, f"{path}/{index}")
    elif base != other:
        yield path, None if other is _ABSENT else other
