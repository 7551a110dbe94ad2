"""The frame of each page: navigation, sign-in, and what stands between."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class Link(NamedTuple):
    """One line of the navigation: where it leads, what it says, and the HTTP method if it is an operation."""

    href: str
    text: str
    method: str = ""


class Section(NamedTuple):
    """A titled part of the navigation."""

    title: str
    links: Sequence[Link]


def markdown(text: str) -> str:
    """Markdown as HTML. HTML in it is shown, not taken."""
    html: str = _MARKDOWN.render(text)
    return html


def inline(text: str) -> str:
    """One line of Markdown as HTML, without a paragraph around it."""
    html: str = _MARKDOWN.renderInline(text)
    return html


def page(*, title: str, body: str, href: str, sections: Sequence[Section]) -> str:
    """A whole page. `href` is its own, so that the navigation shows where one is."""
    navigation = "".join(_section(section, href) for section in sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Lifestyle Spaces</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/style.css">
<script src="assets/cognito.js" defer></script>
<script src="assets/site.js" type="module"></script>
</head>
<body>
<header>
<a class="name" href="index.html">Lifestyle Spaces <span>API</span></a>
<form id="sign-in">
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
<output id="who" role="status"></output>
</form>
</header>
<nav aria-label="Pages">{navigation}</nav>
<main>
{body}
</main>
</body>
</html>
"""


def _section(section: Section, here: str) -> str:
    links = "".join(
        f'<li><a href="{link.href}"{" aria-current=page" if link.href == here else ""}>'
        f"{method(link.method) if link.method else ''}{escape(link.text)}</a></li>"
        for link in section.links
    )
    opened = (
        " open" if any(link.href == here for link in section.links) or not section.links[0].method else ""
    )
    return f"<details{opened}><summary>{escape(section.title)}</summary><ul>{links}</ul></details>"


def method(name: str) -> str:
    """An HTTP method as a badge."""
    return f'<b class="method {name}">{name.upper()}</b> '
