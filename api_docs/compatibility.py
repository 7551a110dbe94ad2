"""What a new version of the contract would break for those who call the last one.

`python -m api_docs.compatibility` compares `contract/openapi.json` with `contract/released.json`, the last
release. It prints what breaks and fails, unless the version says so: by its first number, or before 1.0 by
its second.

Not counted, as callers are told to expect them: new operations, new optional input, new fields, new
values of an enumeration and new problems in answers.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api_docs.schema_compatibility import Comparison, Document

ROOT = Path(__file__).parent.parent
RELEASED = ROOT / "contract" / "released.json"
CURRENT = ROOT / "contract" / "openapi.json"

Part = Mapping[str, Any]


@dataclass(frozen=True)
class _Both:
    """One operation as it was and as it is."""

    place: str
    old: Part
    new: Part
    compare: Comparison

    def breaks(self) -> Iterator[str]:
        for breach in (*self._call(), *self._parameters(), *self._body(), *self._answers()):
            yield f"{self.place}: {breach}"

    def _call(self) -> Iterator[str]:
        if self.old["operationId"] != self.new["operationId"]:
            yield f"operationId was {self.old['operationId']}, which names methods of clients"
        if self.new.get("security") and not self.old.get("security"):
            yield "a token is needed now"

    def _parameters(self) -> Iterator[str]:
        old, new = (
            {(each["in"], each["name"]): each for each in operation.get("parameters", [])}
            for operation in (self.old, self.new)
        )
        for place, name in old.keys() - new.keys():
            yield f"{place} {name} is gone"
        for key, parameter in new.items():
            name = " ".join(key)
            if parameter["required"] and not old.get(key, {}).get("required"):
                yield f"{name} is required now"
            if key in old:
                yield from self.compare.sent(old[key]["schema"], parameter["schema"], name)

    def _body(self) -> Iterator[str]:
        old, new = self.old.get("requestBody"), self.new.get("requestBody")
        if old is None and new is not None:
            yield "a body is required now"
        elif old is not None and new is None:
            yield "the body is gone"
        elif old is not None and new is not None:
            yield from self.compare.sent(_schema(old), _schema(new), "body")

    def _answers(self) -> Iterator[str]:
        for status, answer in self.old["responses"].items():
            if status >= "400":
                continue
            now = self.new["responses"].get(status)
            if now is None:
                yield f"{status} is gone"
                continue
            for header in answer["headers"].keys() - now["headers"].keys():
                yield f"{status}: header {header} is gone"
            yield from self.compare.answered(_schema(answer), _schema(now), status)


def breaks(old: Part, new: Part) -> list[str]:
    """What of the old document does not hold in the new one, a line each: where, and what."""
    compare = Comparison(Document(old), Document(new))
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            place = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            found += [f"{place}: is gone"] if now is None else _Both(place, operation, now, compare).breaks()
    return sorted(found)


def allowed(old: str, new: str) -> bool:
    """Whether the version says that something may break: `1.4.2` to `2.0.0`, or `0.1.3` to `0.2.0`."""
    (old_major, old_minor, _), (new_major, new_minor, _) = (
        [int(number) for number in version.split(".")] for version in (old, new)
    )
    return new_major > old_major or (new_major == old_major == 0 and new_minor > old_minor)


def main() -> int:
    """Compares the two committed documents; 1 where something breaks that may not."""
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (RELEASED, CURRENT))
    found, (was, now) = breaks(old, new), (each["info"]["version"] for each in (old, new))
    for line in found:
        print(f"breaks {was}: {line}", file=sys.stderr)
    if found and not allowed(was, now):
        print(f"error: {len(found)} breaking changes, and the version is {now}", file=sys.stderr)
        return 1
    return 0


def _schema(place: Part) -> Part:
    """Of a body or an answer; of no content, what allows anything."""
    schema: Part = place.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


if __name__ == "__main__":
    sys.exit(main())
