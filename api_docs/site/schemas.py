"""Schemas in words: a table of fields each, and all of them on one page."""

import json
from collections.abc import Sequence
from html import escape

from api_docs.site.document import Part, inline, resolve

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
    said += [text.format(f"{int(schema[bound]):,}") for bound, text in _BOUNDS.items() if bound in schema]
    return ", ".join([name, *said])


def table(*heads: str, rows: Sequence[Sequence[str]]) -> str:
    """A table of HTML cells, on one line: Markdown ends a block of HTML at an empty line."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def fields(document: Part, schema: Part) -> str:
    """A table of the schema's fields; of what has none, its kind."""
    resolved = resolve(document, schema)
    if "properties" not in resolved:
        return f"<p>{kind(resolved)}</p>"
    required = resolved.get("required", [])
    rows = [
        (
            f"<code>{name}</code>",
            kind(each) + ("" if name in required else ", optional"),
            inline(each.get("description", "")),
            _example(each),
        )
        for name, each in resolved["properties"].items()
    ]
    return table("Field", "Type", "Meaning", "Example", rows=rows)


def _example(schema: Part) -> str:
    """The field's example, where it is no more than a word or two."""
    shown = json.dumps(schema.get("examples", [None])[0], ensure_ascii=False)
    return f"<code>{escape(shown)}</code>" if shown != "null" and len(shown) < _LONGEST_EXAMPLE else ""


def schemas_page(document: Part) -> str:
    """Markdown: every schema, one below the other, in the order of their names."""
    parts = [
        f"## {name} {{#{name}}}\n\n{_paragraph(schema.get('description', ''))}\n\n{fields(document, schema)}"
        for name, schema in sorted(document["components"]["schemas"].items())
    ]
    return "\n\n".join(["# Schemas", *parts])


def _paragraph(text: str) -> str:
    return f"<p>{inline(' '.join(text.split()))}</p>"
