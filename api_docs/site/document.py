"""The OpenAPI document as the pages read it: its operations, and what its references lead to."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

Part = Mapping[str, Any]

ROOT = Path(__file__).parent.parent.parent
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
# ULIDs, UUIDs and invite codes.
_GENERATED = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[2-9A-Z]{12}")
JSON = "application/json"
PROBLEM = "application/problem+json"
# Of parameters, in the order in which they are shown.
PLACES = ("path", "query", "header")


class Operation(NamedTuple):
    """One operation: its method in lower case, its path, and what the document says of it."""

    method: str
    path: str
    content: Part

    @property
    def slug(self) -> str:
        """The name of its page, without an extension."""
        return str(self.content["operationId"]).replace("_", "-")

    @property
    def tag(self) -> str:
        """The group that it belongs to."""
        return str(self.content["tags"][0])

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return str(self.content["summary"])

    def parameters(self, place: str) -> list[Part]:
        """Its parameters in the path, the query or the header; those of the path in the path's order."""
        found = [each for each in self.content.get("parameters", []) if each["in"] == place]
        return sorted(found, key=lambda each: self.path.find(f"{{{each['name']}}}"))


def load() -> dict[str, Any]:
    """The committed document."""
    document: dict[str, Any] = json.loads((ROOT / "contract" / "openapi.json").read_text(encoding="utf-8"))
    return document


def operations(document: Part) -> list[Operation]:
    """Every operation, in the document's order."""
    return [
        Operation(method, path, content)
        for path, methods in document["paths"].items()
        for method, content in methods.items()
    ]


def by_tag(document: Part) -> list[tuple[str, list[Operation]]]:
    """The operations of each tag, in the order of the tags' names."""

    def tag(operation: Operation) -> str:
        return operation.tag

    return [(name, list(group)) for name, group in groupby(sorted(operations(document), key=tag), key=tag)]


def resolve(document: Part, part: Part) -> Part:
    """The part of the document, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Part = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def example(document: Part, media: Part) -> Any:
    """The first example of a body or an answer."""
    return resolve(document, next(iter(media["examples"].values())))["value"]


def body(document: Part, operation: Operation) -> Any:
    """An example of the body that the operation takes; None if it takes none.

    What only the caller can know, an id or an invite code, is a placeholder: `<space_id>`.
    """
    if "requestBody" not in operation.content:
        return None
    return _with_placeholders(example(document, operation.content["requestBody"]["content"][JSON]))


def _with_placeholders(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _with_placeholders(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(each, name) for each in value]
    return f"<{name}>" if _GENERATED.fullmatch(str(value)) else value


def codes(document: Part, operation: Operation) -> Iterator[tuple[str, str]]:
    """Status and code of each problem that the operation may answer."""
    for status, answer in operation.content["responses"].items():
        for code in resolve(document, answer).get("content", {}).get(PROBLEM, {}).get("examples", {}):
            yield status, code


def inline(text: str) -> str:
    """One line of Markdown as HTML, without a paragraph around it. HTML in it is shown, not taken."""
    html: str = _MARKDOWN.renderInline(text)
    return html
