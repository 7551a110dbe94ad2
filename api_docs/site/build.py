"""Build the site: `python -m api_docs.site.build` writes `.build/site`, for any static server."""

import json
import shutil
from collections.abc import Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from api_docs.site.page import Link, Section, inline, markdown, page
from api_docs.site.problems import ADVICE, problems
from api_docs.site.reference import operation_page, operations
from api_docs.site.schemas import schemas_page

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "guide"
TARGET = ROOT / ".build" / "site"
_ASSETS = Path(__file__).parent / "assets"
_COGNITO = ROOT / "node_modules" / "amazon-cognito-identity-js" / "dist" / "amazon-cognito-identity.min.js"
_INBOX = """<h1>Inbox</h1>
<p>All mail that the environment <code>local</code> would have sent, newest first: codes to confirm an e-mail,
invitations, mentions. None leaves this machine.</p>
<section id="inbox" aria-live="polite"></section>
"""
# The pages of the guide, as they stand in the navigation.
_GUIDE = (
    "index",
    "signing-in",
    "errors",
    "pagination",
    "text",
    "idempotency",
    "concurrency",
    "roles",
    "rate-limits",
    "clients",
)


def build(target: Path = TARGET) -> None:
    """Writes the whole site, and nothing else, into the folder."""
    document = json.loads((ROOT / "contract" / "openapi.json").read_text(encoding="utf-8"))
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(_ASSETS, target / "assets")
    shutil.copy(_COGNITO, target / "assets" / "cognito.js")
    shutil.copy(ROOT / "contract" / "openapi.json", target)
    advice = {kind.code: {"title": kind.title, "advice": inline(ADVICE[kind.code])} for kind in problems()}
    (target / "problems.json").write_text(json.dumps(advice), encoding="utf-8")
    pages = _pages(document)
    sections = _sections(document, {href: title for href, (title, _) in pages.items()})
    for href, (title, body) in pages.items():
        (target / href).write_text(
            page(title=title, body=body, href=href, sections=sections), encoding="utf-8"
        )


def _pages(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Title and body of each page, by its name."""
    pages = {}
    for name in _GUIDE:
        text = (GUIDE / f"{name}.md").read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        pages[f"{name}.html"] = (title, markdown(text) + (_all_problems() if name == "errors" else ""))
    pages["inbox.html"] = ("Inbox", _INBOX)
    pages["schemas.html"] = ("Schemas", schemas_page(document))
    for operation in operations(document):
        pages[operation.href] = (operation.content["summary"], operation_page(document, operation))
    return pages


def _sections(document: Mapping[str, Any], titles: Mapping[str, str]) -> list[Section]:
    def tag(operation: Any) -> str:
        return str(operation.content["tags"][0])

    reference = [
        Section(name.capitalize(), [Link(each.href, each.content["summary"], each.method) for each in group])
        for name, group in groupby(sorted(operations(document), key=tag), key=tag)
    ]
    guide = [Link(f"{name}.html", titles[f"{name}.html"]) for name in _GUIDE]
    more = [Link("schemas.html", "Schemas"), Link("inbox.html", "Inbox of local")]
    return [Section("Guide", guide), *reference, Section("More", more)]


def _all_problems() -> str:
    rows = "".join(
        f'<tr id="{kind.code}"><td>{kind.status}</td><td><code>{kind.code}</code></td>'
        f"<td>{escape(kind.title)}</td><td>{inline(ADVICE[kind.code])}</td></tr>"
        for kind in problems()
    )
    return (
        f"<table><tr><th>Status</th><th>Code</th><th>What it means</th><th>What to do</th></tr>{rows}</table>"
    )


if __name__ == "__main__":
    build()
