"""Boxes in columns and arrows between them, as an SVG element and as a Mermaid graph."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from review.page import Picture

_WIDTH, _HEIGHT = 176, 56
_ACROSS, _DOWN = 300, 92
_MARGIN, _TOP = 16, 112
_MAX_SUBTITLE = 28  # of a subtitle, in a box


@dataclass(frozen=True)
class Node:
    """A box. Columns go from those who call to what is called; empty ones take no room."""

    id: str
    title: str
    subtitle: str
    column: int


@dataclass(frozen=True)
class Edge:
    """An arrow; dashed where it is not a call of one's own."""

    source: str
    target: str
    label: str
    dashed: bool = False


@dataclass(frozen=True)
class _Box:
    node: Node
    column: int
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2


def picture(nodes: Iterable[Node], edges: Iterable[Edge]) -> Picture:
    """Both drawings of the same graph."""
    nodes, edges = list(nodes), list(edges)
    return Picture(svg=_svg(nodes, edges), mermaid=_mermaid(nodes, edges))


def _layout(nodes: list[Node]) -> dict[str, _Box]:
    """The position of each box: columns side by side, each centred on the tallest."""
    columns = defaultdict(list)
    for node in nodes:
        columns[node.column].append(node)
    tallest = max(map(len, columns.values()))
    boxes = {}
    for place, column in enumerate(sorted(columns)):
        stacked = columns[column]
        top = _TOP + (tallest - len(stacked)) * _DOWN / 2
        for row, node in enumerate(stacked):
            boxes[node.id] = _Box(node, place, _MARGIN + place * _ACROSS, top + row * _DOWN)
    return boxes


def _svg(nodes: list[Node], edges: list[Edge]) -> str:
    boxes = _layout(nodes)
    width = max(box.x for box in boxes.values()) + _WIDTH + _MARGIN
    height = max(box.y for box in boxes.values()) + _HEIGHT + _MARGIN
    drawn = [_arrow(edge, boxes) for edge in edges]
    parts = [
        Markup(
            '<svg class="picture" viewBox="0 0 {:.0f} {:.0f}" role="img" '
            'aria-labelledby="picture-title picture-text">'
            '<title id="picture-title">Architecture</title><desc id="picture-text">{}</desc>'
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        ).format(width, height, _text(nodes, edges)),
        *(arrow for arrow, _ in drawn),
        *(label for _, label in drawn),
        *(_box(box) for box in boxes.values()),
        Markup("</svg>"),
    ]
    return str(Markup("").join(parts))


def _box(box: _Box) -> Markup:
    return Markup(
        '<g><rect x="{0:.0f}" y="{1:.0f}" width="{2}" height="{3}" rx="8"/>'
        '<text class="name" x="{4:.0f}" y="{5:.0f}">{6}</text>'
        '<text class="note" x="{4:.0f}" y="{7:.0f}">{8}</text></g>'
    ).format(
        box.x,
        box.y,
        _WIDTH,
        _HEIGHT,
        box.x + _WIDTH / 2,
        box.y + 24,
        box.node.title,
        box.y + 42,
        _short(box.node.subtitle),
    )


_Drawn = tuple[tuple[float, ...], tuple[float, float], str]


def _arrow(edge: Edge, boxes: dict[str, _Box]) -> tuple[Markup, Markup]:
    """The curve, and its label beside the end that has no other arrow."""
    source, target = boxes[edge.source], boxes[edge.target]
    if target.column < source.column:
        curve, label, anchor = _back(source, target)
    elif target.column > source.column + 1:
        curve, label, anchor = _over(source, target)
    else:
        curve, label, anchor = _ahead(source, target)
    path = Markup(
        '<path class="arrow{}" d="M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} {:.0f} {:.0f} {:.0f}" '
        'marker-end="url(#tip)"/>'
    ).format(" dashed" if edge.dashed else "", *curve)
    text = Markup('<text class="label {}" x="{:.0f}" y="{:.0f}">{}</text>').format(anchor, *label, edge.label)
    return path, text


def _ahead(source: _Box, target: _Box) -> _Drawn:
    """From side to side."""
    x, y, to_x, to_y = source.x + _WIDTH, source.middle, target.x, target.middle - 6
    half = (to_x - x) / 2
    return (
        (x, y, x + half, y, to_x - half, to_y, to_x, to_y),
        (to_x - 10, to_y + (15 if to_y > y else -7)),
        "ends",
    )


def _back(source: _Box, target: _Box) -> _Drawn:
    """Down or up to the box that the others start from."""
    x, y, to_x = source.x, source.middle + 14, target.x + _WIDTH * 0.7
    to_y = target.y if source.y < target.y else target.y + _HEIGHT
    return (x, y, x - 70, y, to_x, y, to_x, to_y), (x - 10, y + 15), "ends"


def _over(source: _Box, target: _Box) -> _Drawn:
    """Above the boxes, over the columns between."""
    skipped = target.column - source.column
    lane = _TOP - 46 * (skipped - 1)
    x, y = source.x + _WIDTH / 2, source.y
    to_x, to_y = target.x + _WIDTH / 2 - 22 * (skipped - 2), target.y
    middle = ((x + to_x) / 2 - 22, (lane * 3 + (y + to_y) / 2) / 4 - 6)
    return (x, y, x, lane, to_x - 60, lane, to_x, to_y), middle, "middle"


def _text(nodes: list[Node], edges: list[Edge]) -> str:
    """The drawing as text, for screen readers."""
    titles = {node.id: node.title for node in nodes}
    return "; ".join(
        f"{titles[edge.source]} to {titles[edge.target]}: {edge.label or 'calls'}" for edge in edges
    )


def _mermaid(nodes: list[Node], edges: list[Edge]) -> str:
    lines = ["flowchart LR"]
    lines += [f'  {_id(node.id)}["{node.title}<br/>{node.subtitle}"]' for node in nodes]
    for edge in edges:
        arrow = "-.->" if edge.dashed else "-->"
        label = f'|"{edge.label}"|' if edge.label else ""
        lines.append(f"  {_id(edge.source)} {arrow}{label} {_id(edge.target)}")
    return "\n".join(lines)


def _id(name: str) -> str:
    return "n_" + re.sub(r"\W", "_", name)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SUBTITLE else f"{text[: _MAX_SUBTITLE - 1]}…"
