"""A page for each operation of the OpenAPI document, with a form that sends it to the environment `local`."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

from api_docs.site.page import inline, method
from api_docs.site.schemas import fields, kind

Part = Mapping[str, Any]
_PROBLEM = "application/problem+json"


class Operation(NamedTuple):
    """One operation and where it stands."""

    method: str
    path: str
    content: Part

    @property
    def href(self) -> str:
        """Its page."""
        return f"{self.content['operationId'].replace('_', '-')}.html"


def operations(document: Part) -> Iterator[Operation]:
    """Every operation, in the document's order."""
    for path, methods in document["paths"].items():
        for name, content in methods.items():
            yield Operation(name, path, content)


def operation_page(document: Part, operation: Operation) -> str:
    """What the page says, without its frame."""
    content = operation.content
    parts = [
        f"<h1>{inline(content['summary'])}</h1>",
        f'<p class="call">{method(operation.method)}<code>{escape(operation.path)}</code></p>',
        ""
        if content["description"] == f"{content['summary']}."
        else f"<p>{inline(content['description'])}</p>",
        "" if content["security"] else "<p>Needs no token.</p>",
        _parameters(content.get("parameters", [])),
        _body(document, content),
        _form(document, operation),
        "<h2>Answers</h2>",
        *(_answer(document, status, answer) for status, answer in content["responses"].items()),
    ]
    return "\n".join(parts)


def _parameters(parameters: list[Part]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td>"
        f"<td>{kind(each['schema'])}{'' if each['required'] else ', optional'}</td>"
        f"<td>{inline(each['description'])}</td></tr>"
        for each in parameters
    )
    head = "<tr><th>Name</th><th>In</th><th>Kind</th><th>What it is</th></tr>"
    return f"<h2>Parameters</h2><table>{head}{rows}</table>"


def _body(document: Part, content: Part) -> str:
    if "requestBody" not in content:
        return ""
    media = content["requestBody"]["content"]["application/json"]
    return f"<h2>Body</h2>{fields(document, media['schema'])}"


def _form(document: Part, operation: Operation) -> str:
    inputs = "".join(map(_input, operation.content.get("parameters", [])))
    if "requestBody" in operation.content:
        example = _example(document, operation.content["requestBody"]["content"]["application/json"])
        rows = example.count("\n") + 2
        area = f'<textarea name="body" rows="{rows}" spellcheck="false">{escape(example)}</textarea>'
        inputs += f"<label>Body {area}</label>"
    call = f'data-method="{operation.method.upper()}" data-path="{escape(operation.path)}"'
    return f"""<h2>Try it</h2>
<form id="try" {call}>{inputs}<button>Send to local</button></form>
<section id="answer" aria-live="polite" hidden></section>"""


def _input(parameter: Part) -> str:
    name, example = escape(parameter["name"]), escape(str(parameter["example"]))
    required = " required" if parameter["required"] else ""
    field = f'<input name="{name}" data-in="{parameter["in"]}" placeholder="{example}"{required}>'
    return f"<label><code>{name}</code>{field}</label>"


def _answer(document: Part, status: str, answer: Part) -> str:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content", {})
    said = ""
    if _PROBLEM in content:
        codes = content[_PROBLEM]["examples"]
        links = (f'<a href="errors.html#{code}"><code>{code}</code></a>' for code in codes)
        return f"<h3>{status}</h3><p>{' or '.join(links)}</p>"
    if "application/json" in content:
        media = content["application/json"]
        example = escape(_example(document, media))
        shown = f"<details><summary>Example</summary><pre>{example}</pre></details>"
        said = fields(document, media["schema"]) + shown
    headers = ", ".join(f"<code>{name}</code>" for name in answer["headers"])
    return f"<h3>{status}</h3><p>{inline(answer['description'])} Headers: {headers}.</p>{said}"


def _example(document: Part, media: Part) -> str:
    (example, *_) = media["examples"].values()
    value = document["components"]["examples"][example["$ref"].rpartition("/")[2]]["value"]
    return json.dumps(value, indent=2, ensure_ascii=False)
