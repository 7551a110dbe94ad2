"""Schemas in words: a table of fields each, and all of them on one page."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from api_docs.site.page import inline

Part = Mapping[str, Any]
_LONGEST_EXAMPLE = 45
_BOUNDS = {
    "minLength": "not empty",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "up to {}",
}


def kind(schema: Part) -> str:
    """What a value may be, as HTML: `string, at most 100 characters`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="schemas.html#{name}">{name}</a>'
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(kind(each) for each in schema[union])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    name = schema.get("type", "anything")
    if name == "array":
        name = f"list of {kind(schema['items'])}"
    said = [schema["format"]] if "format" in schema else []
    said += [text.format(f"{schema[bound]:,}") for bound, text in _BOUNDS.items() if bound in schema]
    return ", ".join([name, *said])


def fields(document: Part, schema: Part) -> str:
    """A table of the schema's fields; of what has none, its kind."""
    resolved = (
        document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    if "properties" not in resolved:
        return f"<p>{kind(resolved)}</p>"
    required = resolved.get("required", [])
    rows = "".join(
        f"<tr><td><code>{name}</code></td><td>{kind(each)}{'' if name in required else ', optional'}</td>"
        f"<td>{inline(each.get('description', ''))}</td><td>{_example(each)}</td></tr>"
        for name, each in resolved["properties"].items()
    )
    return f"<table><tr><th>Field</th><th>Kind</th><th>What it is</th><th>Example</th></tr>{rows}</table>"


def _example(schema: Part) -> str:
    """The field's example, where it is no more than a word or two."""
    shown = json.dumps(schema.get("examples", [None])[0], ensure_ascii=False)
    return f"<code>{escape(shown)}</code>" if shown != "null" and len(shown) < _LONGEST_EXAMPLE else ""


def schemas_page(document: Part) -> str:
    """Every schema, one below the other."""
    parts = [
        f'<h2 id="{name}">{name}</h2><p>{inline(schema.get("description", ""))}</p>{fields(document, schema)}'
        for name, schema in document["components"]["schemas"].items()
    ]
    return "\n".join(["<h1>Schemas</h1>", *parts])
