"""A page for each operation, with a form that sends it to the environment `local`, and a list of all."""

import json
from html import escape

from api_docs.site.document import (
    JSON,
    PLACES,
    PROBLEM,
    Operation,
    Part,
    by_tag,
    codes,
    example,
    inline,
    resolve,
)
from api_docs.site.permissions import who_may_call
from api_docs.site.problems import problems
from api_docs.site.samples import samples
from api_docs.site.schemas import fields, kind, table
from api_docs.site.try_it import form

# A search finds each operation once, by its first part; fields are found among the schemas.
NOT_SEARCHED = "{ data-search-exclude }"
_SAMPLES = """How to get [the clients](clients.md), and `API_URL` and `TOKEN`
([your first request](index.md#your-first-request))."""


def badge(method: str) -> str:
    """An HTTP method as a badge."""
    return f'<b class="method {method}">{method.upper()}</b>'


def operation_page(document: Part, operation: Operation) -> str:
    """The page in Markdown. What the document says is inserted as HTML, in which no markup of it is left."""
    content = operation.content
    description = "" if content["description"] == f"{operation.summary}." else content["description"]
    parts = [
        f"# {operation.summary}",
        f'<p class="call">{badge(operation.method)} <code>{escape(operation.path)}</code></p>',
        f"<p>{inline(' '.join(description.split()))}</p>" if description else "",
        f"**Who may call it:** {who_may_call(operation)} See [roles](roles.md).",
        _parameters(operation),
        _body(document, operation),
        f"## Samples {NOT_SEARCHED}",
        samples(document, operation),
        _SAMPLES,
        f"## Try it {NOT_SEARCHED}",
        form(document, operation),
        _answers(document, operation),
    ]
    return "\n\n".join(filter(None, parts))


def reference_page(document: Part) -> str:
    """Markdown: every operation by its tag, with who may call it."""
    parts = ["# Operations", "Every operation of the API, and who may call it."]
    meanings = {each["name"]: each["description"] for each in document["tags"]}
    for tag, group in by_tag(document):
        rows = [
            (
                f"{badge(each.method)} <code>{escape(each.path)}</code>",
                f'<a href="{each.slug}.html">{inline(each.summary)}</a>',
                inline(who_may_call(each)),
            )
            for each in group
        ]
        said = f"<p>{inline(meanings[tag])}.</p>"
        parts += [f"## {tag.capitalize()}", said, table("Request", "Operation", "Who may call it", rows=rows)]
    return "\n\n".join(parts)


def _parameters(operation: Operation) -> str:
    rows = [
        (
            f"<code>{escape(each['name'])}</code>",
            place,
            kind(each["schema"]) + ("" if each["required"] else ", optional"),
            inline(each["description"]),
            f"<code>{escape(str(each['example']))}</code>",
        )
        for place in PLACES
        for each in operation.parameters(place)
    ]
    if not rows:
        return ""
    return f"## Parameters {NOT_SEARCHED}\n\n{table('Name', 'In', 'Type', 'Meaning', 'Example', rows=rows)}"


def _body(document: Part, operation: Operation) -> str:
    if "requestBody" not in operation.content:
        return ""
    schema = operation.content["requestBody"]["content"][JSON]["schema"]
    return f"## Body {NOT_SEARCHED}\n\n{fields(document, schema)}"


def _answers(document: Part, operation: Operation) -> str:
    """What is answered on success, and a table of the problems."""
    parts = [f"## Answers {NOT_SEARCHED}"]
    for status, answer in operation.content["responses"].items():
        found = resolve(document, answer)
        if PROBLEM not in found.get("content", {}):
            parts += _success(document, status, found)
    titles = {each.code: each.title for each in problems()}
    rows = [
        (status, f'<a href="errors.html#{code}"><code>{code}</code></a>', escape(titles.get(code, "")))
        for status, code in codes(document, operation)
    ]
    return "\n\n".join([*parts, f"## Errors {NOT_SEARCHED}", table("Status", "Code", "Meaning", rows=rows)])


def _success(document: Part, status: str, answer: Part) -> list[str]:
    headers = ", ".join(f"`{name}`" for name in answer["headers"])
    said = f"<p>{inline(answer['description'])}</p>"
    parts = [f"### {status} {NOT_SEARCHED}", said, f"Headers: {headers}."]
    if JSON in answer.get("content", {}):
        media = answer["content"][JSON]
        shown = json.dumps(example(document, media), indent=2, ensure_ascii=False)
        fence = f"```json\n{shown}\n```".replace("\n", "\n    ")
        parts += [fields(document, media["schema"]), f'??? example "Example"\n\n    {fence}']
    return parts
