"""Assemblies to report on: the real ones of `cdk.json`, and small ones made by hand."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from review.assembly import Assembly, read
from review.page import Cell, Points, Section, Table
from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS, make_stack

Entry = dict[str, Any]


@cache
def assembly(name: str) -> Assembly:
    """An environment as the CDK synthesises it, once a session."""
    with TemporaryDirectory() as folder:
        app, _ = make_stack(load_settings(ENVIRONMENTS, name), outdir=Path(folder))
        app.synth()
        return read(Path(folder), name)


def made(**resources: Entry) -> Assembly:
    """An assembly of nothing but these resources, which nobody checked and nothing protects."""
    template = {"Resources": resources}
    return Assembly("made", template, [], protected=False, template_bytes=len(str(template)))


def resource(kind: str, /, *, entry: Entry | None = None, **properties: Any) -> Entry:
    """A template's entry; `kind` leaves out `AWS::`."""
    return {"Type": f"AWS::{kind}", "Properties": properties, **(entry or {})}


def table(section: Section, caption: str) -> Table:
    """The table under this caption."""
    (found,) = [block for block in section.blocks if isinstance(block, Table) and block.caption == caption]
    return found


def texts(found: Table) -> list[tuple[str, ...]]:
    """A table's rows as they read: label and text of each cell."""
    return [tuple(said(cell) for cell in row) for row in found.rows]


def points(section: Section) -> list[str]:
    """Every sentence of a section's lists."""
    return [said(cell) for block in section.blocks if isinstance(block, Points) for cell in block.points]


def said(cell: Cell) -> str:
    """A cell as it reads."""
    return f"{cell.label} {cell.text}".strip()
