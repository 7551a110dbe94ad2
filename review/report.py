"""The whole report: its sections in order, and its two forms."""

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from review import access, alarms, architecture, cost, data, difference, findings, quotas, routes
from review.assembly import Assembly
from review.difference import Differences, differences
from review.page import Picture, Section, Table

_TEMPLATES = Path(__file__).with_name("templates")
_CODE = re.compile(r"`([^`]*)`")
# Where a long name may be broken: after a separator, and before a capital.
_SEAM = re.compile(r"(?<=[./:_}-])(?=\w)|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Against:
    """What is compared with; `environment` where it is another stack and not an older revision."""

    assembly: Assembly
    environment: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a reviewer reads."""

    kicker: str
    title: str
    made: str
    sections: tuple[Section, ...]
    assembly: Assembly
    differences: Differences | None


def report(assembly: Assembly, *, revision: str, against: Against | None) -> Report:
    """Every section of an environment; what differs comes first, where there is something to compare with."""
    stack = assembly.stack
    sections = [
        architecture.section(stack),
        routes.section(stack),
        access.section(stack),
        data.section(assembly),
        alarms.section(stack),
        findings.section(assembly),
        cost.section(stack, against.assembly.stack if against is not None else None),
        quotas.section(assembly),
    ]
    found = None
    if against is not None:
        found = differences(against.assembly, assembly, environments=against.environment)
        names = (against.assembly.name, assembly.name)
        sections.insert(0, difference.section(found, names, environments=against.environment))
    return Report(
        kicker="Review of a deployment",
        title=str(assembly.template.get("Description", assembly.name)),
        made=f"Made from the synthesised template of `{assembly.name}` at `{revision}`, and from nothing "
        "that runs: it says what a deployment of it would be, not what is deployed.",
        sections=tuple(sections),
        assembly=assembly,
        differences=found,
    )


def html(found: Report) -> str:
    """One file that needs nothing beside it."""
    style = Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return _environment(autoescape=True).get_template("report.html.jinja").render(report=found, style=style)


def markdown(found: Report) -> str:
    """For a pull request."""
    return _environment(autoescape=False).get_template("report.md.jinja").render(report=found)


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,  # noqa: S701 - off for Markdown, which has an escape of its own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"inline": _inline, "markdown": _markdown}
    environment.tests |= {
        "table": lambda block: isinstance(block, Table),
        "picture": lambda block: isinstance(block, Picture),
    }
    return environment


def _inline(text: str) -> Markup:
    """Text for HTML, with `code` as such."""
    return Markup(_CODE.sub(_code, str(escape(text))))  # noqa: S704 - escaped just before


def _code(found: re.Match[str]) -> str:
    return f"<code>{_SEAM.sub('<wbr>', found[1])}</code>"


def _markdown(text: str) -> str:
    """Text for a cell of a Markdown table: nothing in it ends the cell or begins an element."""
    return text.replace("|", r"\|").replace("\n", " ").replace("<", "&lt;")
