"""Boxes in columns and arrows between them, as an SVG element and as a Mermaid graph."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from tools.review.page import Picture

_WIDTH, _HEIGHT = 176, 56
_ACROSS, _DOWN = 300, 92
_MARGIN, _SKY = 16, 84


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


def _places(nodes: list[Node]) -> dict[str, _Box]:
    """Where each box stands: columns side by side, each centred on the tallest."""
    columns = defaultdict(list)
    for node in nodes:
        columns[node.column].append(node)
    tallest = max(map(len, columns.values()))
    boxes = {}
    for place, column in enumerate(sorted(columns)):
        stacked = columns[column]
        top = _SKY + (tallest - len(stacked)) * _DOWN / 2
        for row, node in enumerate(stacked):
            boxes[node.id] = _Box(node, place, _MARGIN + place * _ACROSS, top + row * _DOWN)
    return boxes


def _svg(nodes: list[Node], edges: list[Edge]) -> str:
    boxes = _places(nodes)
    width = max(box.x for box in boxes.values()) + _WIDTH + _MARGIN
    height = max(box.y for box in boxes.values()) + _HEIGHT + _MARGIN
    parts = [
        Markup(
            '<svg class="picture" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="picture-title picture-text">'
            '<title id="picture-title">Architecture</title><desc id="picture-text">{}</desc>'
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        ).format(width, height, _text(nodes, edges)),
        *(_arrow(edge, boxes) for edge in edges),
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


def _arrow(edge: Edge, boxes: dict[str, _Box]) -> Markup:
    """Straight ahead from side to side; back, a little lower; over others, through the sky."""
    source, target = boxes[edge.source], boxes[edge.target]
    if target.column > source.column + 1 and target.y < source.y:
        lane = _SKY - 30 * (target.column - source.column)
        start = (source.x + _WIDTH / 2, source.y)
        end = (target.x + _WIDTH / 2 - 26 * (target.column - source.column - 1), target.y)
        bends = ((start[0], lane), (end[0] - 60, lane))
        label = ((start[0] + end[0]) / 2, (lane * 3 + (start[1] + end[1]) / 2) / 4 - 5)
    else:
        back = target.column < source.column
        start = (source.x + (0 if back else _WIDTH), source.middle + (14 if back else -4))
        end = (target.x + (_WIDTH if back else 0), target.middle + (18 if back else 0))
        half = (end[0] - start[0]) / 2
        bends = ((start[0] + half, start[1]), (end[0] - half, end[1]))
        label = (
            start[0] + (end[0] - start[0]) * 0.62,
            start[1] + (end[1] - start[1]) * 0.75 + (14 if back else -6),
        )
    return Markup(
        '<path class="arrow{}" d="M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} {:.0f} {:.0f} {:.0f}" marker-end="url(#tip)"/>'
        '<text class="label" x="{:.0f}" y="{:.0f}">{}</text>'
    ).format(" dashed" if edge.dashed else "", *start, *bends[0], *bends[1], *end, *label, edge.label)


def _text(nodes: list[Node], edges: list[Edge]) -> str:
    """The drawing for whoever cannot see it."""
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
    return text if len(text) <= 28 else f"{text[:27]}…"
