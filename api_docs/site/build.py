"""Build the site: `python -m api_docs.site.build` writes `.build/site`, for any static server."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from api_docs.site.changes import changelog
from api_docs.site.document import ROOT, Part, by_tag, inline, load, operations
from api_docs.site.downloads import write_downloads
from api_docs.site.generator import generate
from api_docs.site.limits import limits
from api_docs.site.permissions import operations_by_permission
from api_docs.site.problems import ADVICE, catalogue, problems
from api_docs.site.reference import operation_page, reference_page
from api_docs.site.schemas import schemas_page

GUIDE = ROOT / "docs" / "guide"
TARGET = ROOT / ".build" / "site"
_COGNITO = ROOT / "node_modules" / "amazon-cognito-identity-js" / "dist" / "amazon-cognito-identity.min.js"
_INBOX = """# Inbox

All mail that the environment `local` would have sent, newest first: codes to confirm an e-mail, invitations,
mentions. None leaves this machine.

<section id="mails" aria-live="polite" aria-label="Mail"></section>
"""
# The pages of the guide, in the order of the navigation.
_GUIDE = (
    "index",
    "signing-in",
    "errors",
    "pagination",
    "text",
    "idempotency",
    "concurrency",
    "roles",
    "deletion",
    "rate-limits",
    "clients",
    "versioning",
    "downloads",
)


def build(target: Path = TARGET) -> None:
    """Writes the whole site, and nothing else, into the folder."""
    document = load()
    generate(_pages(document), _navigation(document), target, site_url=os.environ.get("SITE_URL", ""))
    shutil.copy(_COGNITO, target / "assets" / "cognito.js")
    write_downloads(document, {name: _title(name) for name in _GUIDE}, target)
    advice = {kind.code: {"title": kind.title, "advice": inline(ADVICE[kind.code])} for kind in problems()}
    (target / "problems.json").write_text(json.dumps(advice), encoding="utf-8")


def _pages(document: Part) -> dict[str, str]:
    """The Markdown of each page, by its name."""
    pages = {name: _guide_page(name) for name in _GUIDE}
    pages["errors"] += "\n\n" + catalogue(document)
    pages["roles"] += "\n\n" + operations_by_permission(document)
    pages["rate-limits"] += "\n\n" + limits()
    released = json.loads((ROOT / "contract" / "released.json").read_text(encoding="utf-8"))
    clients = (ROOT / "clients" / "CHANGELOG.md").read_text(encoding="utf-8")
    pages["changelog"] = changelog(released, document, clients)
    pages |= {"inbox": _INBOX, "operations": reference_page(document), "schemas": schemas_page(document)}
    return pages | {each.slug: operation_page(document, each) for each in operations(document)}


def _title(name: str) -> str:
    return (GUIDE / f"{name}.md").read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _guide_page(name: str) -> str:
    """The page, with links to Markdown pages, which the generator checks."""
    text = (GUIDE / f"{name}.md").read_text(encoding="utf-8")
    return re.sub(r"\]\(([\w-]+)\.html(#[\w-]+)?\)", r"](\1.md\2)", text)


def _navigation(document: Part) -> list[dict[str, Any]]:
    groups = [
        {name.capitalize(): [{f"{each.method.upper()} {each.summary}": f"{each.slug}.md"} for each in group]}
        for name, group in by_tag(document)
    ]
    return [
        {"Guide": [f"{name}.md" for name in _GUIDE]},
        {"Reference": [{"All operations": "operations.md"}, *groups, {"Schemas": "schemas.md"}]},
        {"Changelog": "changelog.md"},
        {"Inbox": "inbox.md"},
    ]


if __name__ == "__main__":
    build()
