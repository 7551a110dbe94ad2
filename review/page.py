"""What a report is made of, before it is HTML or Markdown.

Texts are plain, with `code` between backticks and nothing else; each renderer escapes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

# How serious something is. The label says it in words too, for readers who cannot see colours.
Tone = Literal["plain", "good", "warn", "bad"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table. A label is shown before the text, in the colour of the tone."""

    text: str
    tone: Tone = "plain"
    label: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below named columns; `numbers` are the columns (from 0) that are aligned as numbers.

    A long table is folded in Markdown, where it would bury what follows.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()
    long: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    points: tuple[Cell, ...]


@dataclass(frozen=True)
class Picture:
    """The same drawing twice: an SVG element for HTML, a Mermaid graph for Markdown."""

    svg: str
    mermaid: str


Block = Table | Points | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """One question of a reviewer: `answer` says in a sentence or two what the blocks prove."""

    anchor: str
    title: str
    answer: str
    blocks: tuple[Block, ...] = field(default=())


def row(*cells: str | Cell) -> Row:
    """A row of plain texts and cells."""
    return tuple(Cell(cell) if isinstance(cell, str) else cell for cell in cells)


def points(*texts: str | Cell) -> Points:
    """A list of plain texts and cells."""
    return Points(row(*texts))


def listed(names: Iterable[str], *, nothing: str = "nothing") -> str:
    """`a`, `a and b`, `a, b and c`; `nothing` for an empty list."""
    *most, last = [*names] or [nothing]
    return f"{', '.join(most)} and {last}" if most else last


def count(number: int, noun: str) -> str:
    """`1 alarm`, `2 alarms`, `1,000 alarms`; a noun in -y or -ch as English has it."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{number:,} {noun[:-1]}ies"
    return f"{number:,} {noun}{'es' if noun.endswith(('ch', 's')) else 's'}"
