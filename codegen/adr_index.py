"""`docs/adr/README.md`: every architecture decision with its status and date, generated from the pages."""

import re
from pathlib import Path

PATH = Path(__file__).parent.parent / "docs" / "adr" / "README.md"
SECTIONS = ("Context", "Decision", "Alternatives refused", "Consequences")

_HEAD = """\
# Architecture decisions

Generated from the pages by `make pages`; do not edit.

One page for each decision that a newcomer would reasonably make differently: status, date, context, decision,
alternatives refused, consequences. A decision that no longer holds keeps its page; its status names the one
that replaced it.

| | decision | status | date |
|---|---|---|---|
"""
_PAGE = re.compile(
    r"# (?P<number>\d+)\. (?P<title>.+)\n\nStatus: (?P<status>.+)\. Date: (?P<date>\d{4}-\d\d-\d\d)\.\n"
)


class MalformedDecisionError(ValueError):
    """A page that lacks its title, status, date or one of `SECTIONS`."""


def pages() -> list[Path]:
    """The pages of the decisions, in the order of their numbers."""
    return sorted(PATH.parent.glob("[0-9]*.md"))


def render() -> str:
    """Return the index's text.

    Raises:
        MalformedDecisionError: a page does not have the form of a decision.
    """
    return _HEAD + "".join(_row(page) for page in pages())


def _row(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    head = _PAGE.match(text)
    if head is None or f"{int(head['number']):04}" != page.name[:4]:
        raise MalformedDecisionError(f"{page.name}: number, title, status or date is missing")
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != list(SECTIONS):
        raise MalformedDecisionError(f"{page.name}: the sections are not {', '.join(SECTIONS)}")
    return f"| {head['number']} | [{head['title']}]({page.name}) | {head['status']} | {head['date']} |\n"
