"""The form of an operation, which sends it to the environment `local` (assets/request.js)."""

import json
from html import escape

from api_docs.site.document import Operation, Part, body, resolve


def form(document: Part, operation: Operation) -> str:
    """The form as HTML, in one block. Its fields are empty but for the body, which is an example."""
    inputs = "".join(
        _input(document, each)
        for place in ("path", "query", "header")
        for each in operation.parameters(place)
    )
    sent = body(document, operation)
    if sent is not None:
        text = json.dumps(sent, indent=2, ensure_ascii=False)
        size = f'rows="{len(text.splitlines()) + 1}"'
        area = f'<textarea name="body" {size} spellcheck="false">{escape(text)}</textarea>'
        inputs += f"<label><span>Body</span>{area}</label>"
    call = f'data-method="{operation.method.upper()}" data-path="{escape(operation.path)}"'
    token = "" if operation.content["security"] else " data-open"
    return (
        f'<form id="try" {call}{token}>{inputs}'
        '<div class="actions"><button class="md-button md-button--primary">Send to local</button> '
        '<button type="button" class="md-button" id="as-curl">Copy as curl</button> '
        '<output id="who" role="status"></output></div></form>\n'
        '<section id="answer" aria-live="polite" aria-label="Answer" hidden></section>'
    )


def _input(document: Part, parameter: Part) -> str:
    """A field; a list to choose from where the values are known. Empty fields are not sent."""
    name, required = escape(parameter["name"]), " required" if parameter["required"] else ""
    attributes = f'name="{name}" data-in="{parameter["in"]}"{required}'
    values = _values(document, parameter["schema"])
    if values:
        first = [] if required else ['<option value="">not sent</option>']
        options = "".join([*first, *(f"<option>{escape(value)}</option>" for value in values)])
        field = f"<select {attributes}>{options}</select>"
    else:
        placeholder = f"&lt;{name}&gt;" if required else "optional"
        field = (
            f'<input {attributes} placeholder="{placeholder}" autocomplete="off"{_type(parameter["schema"])}>'
        )
    return f"<label><code>{name}</code>{field}</label>"


def _type(schema: Part) -> str:
    if schema.get("format") == "date":
        return ' type="date"'
    if schema.get("type") == "integer":
        return f' type="number" min="{schema["minimum"]}" max="{schema["maximum"]}"'
    return ""


def _values(document: Part, schema: Part) -> list[str]:
    resolved = resolve(document, schema)
    if resolved.get("type") == "boolean":
        return ["true", "false"]
    return [str(each) for each in resolved.get("enum", [resolved["const"]] if "const" in resolved else [])]
