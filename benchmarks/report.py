"""`docs/performance.md` and its chart, from the figures in `benchmarks/results.json`."""

import json
from pathlib import Path
from typing import Any

from codegen.scale import MEMORY_GB, REQUEST_S
from codegen.templates import table as markdown
from review.prices import Line

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).with_name("results.json")
PATH, CHART = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
TEMPLATE, CAPACITY = Path(__file__).with_name("page.md"), ROOT / "docs" / "capacity.md"
LOGGED_GB = 1.6e-6  # a request
Figures = dict[str, dict[str, float]]
ROWS = {
    "cold": ("cold start to the first answer, instructions", "M"),
    "cold_ms": ("cold start to the first answer, CPU", "ms"),
    "restored": ("first answer after a SnapStart restore, over TLS, instructions", "M"),
    "restored_ms": ("first answer after a SnapStart restore (a fork), over TLS, CPU", "ms"),
    "get": ("warm `GET` of a space, instructions", "M"),
    "post": ("warm `POST` of a space, instructions", "M"),
    "rss_mb": ("memory after the first answer", "MB"),
    "zipped_mb": ("function and packages for arm64, zipped", "MB"),
}
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{height}" role="img"
 font-family="sans-serif" font-size="12">"""
_CAPTION = "Ratio to the bare handler: application (blue), usual handler (grey), budget (mark)"
ABSOLUTE = ("rss_mb", "zipped_mb")
# The operations of the page, by their rows in docs/capacity.md.
OPERATIONS = (
    "GET /spaces/{space_id}",
    "GET /spaces/{space_id}/journals",
    "GET /spaces/{space_id}/habits/{habit_id}/stats",
    "PUT /spaces/{space_id}/habits/{habit_id}/check-ins/{date}",
    "POST /spaces/{space_id}/journals",
    "POST /spaces",
)


def table(figures: Figures, budget: dict[str, float]) -> str:
    """The figures as a Markdown table."""
    usual = figures.get("usual", {})
    rows: list[tuple[str, ...]] = []
    for name, (title, unit) in ROWS.items():
        if name in figures["application"]:
            ours, theirs = figures["application"][name], figures["reference"][name]
            limit = f"{budget[name]:g}{' MB' if name in ABSOLUTE else ''}" if name in budget else ""
            values = [f"{value:.1f} {unit}" for value in (ours, theirs)]
            ratios = [
                f"{each[name] / theirs:.2f}" if name in each else ""
                for each in (figures["application"], usual)
            ]
            rows.append((title, *values, ratios[0], limit, ratios[1]))
    head: tuple[str, ...] = ("", "application", "bare handler", "ratio", "budget", "usual handler, ratio")
    shown = slice(None if usual else -1)
    return markdown(head[shown], [row[shown] for row in rows])


def chart(figures: Figures, budget: dict[str, float]) -> str:
    """Bars of the ratios with a mark at the budget, as SVG: the same text for the same figures."""
    rows = [name for name in ROWS if name in figures["application"]]
    left, scale, top = 460, 200, 34
    parts = [
        _SVG.format(height=top + 30 * len(rows)),
        "<title>Ratios to the bare handler</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="10" y="20" font-weight="bold">{_CAPTION}</text>',
    ]
    for number, name in enumerate(rows):
        ours, theirs = figures["application"][name], figures["reference"][name]
        y, ratio = top + 30 * number, ours / theirs
        parts += [
            f'<text x="10" y="{y + 12}">{ROWS[name][0].replace("`", "")}</text>',
            f'<text x="{left - 10}" y="{y + 12}" text-anchor="end">{ratio:.2f}</text>',
            f'<rect x="{left}" y="{y}" width="{min(ratio, 1.9) * scale:.0f}" height="12" fill="#2a6f97"/>',
        ]
        if usual := figures.get("usual", {}).get(name):
            width = min(usual / theirs, 1.9) * scale
            parts.append(f'<rect x="{left}" y="{y + 13}" width="{width:.0f}" height="6" fill="#adb5bd"/>')
        if limit := budget.get(name):
            mark = left + min(limit / theirs if name in ABSOLUTE else limit, 1.95) * scale
            parts.append(f'<rect x="{mark:.0f}" y="{y - 3}" width="2" height="22" fill="#c1121f"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def database_costs() -> dict[str, float]:
    """Dollars of DynamoDB for a million of each operation of the page, from docs/capacity.md."""
    rows = [
        line.strip("| ").split(" | ")
        for line in CAPACITY.read_text(encoding="utf-8").splitlines()
        if "` |" in line
    ]
    dollars = {row[0].strip("`"): row[-1] for row in rows if row[-1].replace(".", "").isdigit()}
    return {operation: float(dollars[operation]) for operation in OPERATIONS}


def _services() -> tuple[float, float, float]:
    """Dollars of API Gateway, Lambda and the logs for a million requests."""
    lambda_ = _dollars(1e6, "lambda_request") + _dollars(1e6 * REQUEST_S * MEMORY_GB, "lambda_arm64")
    return _dollars(1e6, "api_request"), lambda_, _dollars(1e6 * LOGGED_GB, "log_written")


def _dollars(quantity: float, price: str) -> float:
    return Line("", "", quantity, price).dollars


def _costs(costs: dict[str, float]) -> str:
    services = _services()
    rows = [
        (f"`{operation}`", *(f"{each:.2f}" for each in (*services, dollars, sum(services) + dollars)))
        for operation, dollars in costs.items()
    ]
    return markdown(("operation", "API Gateway", "Lambda", "logs", "DynamoDB", "all"), rows)


def render(results: dict[str, Any]) -> str:
    """The page."""
    figures, costs, load = results["figures"], results["costs"], results["handler"]
    ours, theirs = load["application"], load["reference"]
    rates = [each["requests"] / each["seconds"] for each in (ours, theirs)]
    services = _services()
    ratios = {
        f"{name}_ratio": figures["application"][name] / figures["reference"][name]
        for name in ("cold", "restored", "get")
    }
    return TEMPLATE.read_text(encoding="utf-8").format(
        **ratios,
        get=figures["application"]["get"],
        gateway=services[0],
        dollars=sum(services) + costs[OPERATIONS[0]],
        figures=table(figures, results["budget"]),
        costs=_costs(costs),
        ours=rates[0],
        theirs=rates[1],
        throughput=rates[0] / rates[1],
        our_requests=ours["requests"],
        their_requests=theirs["requests"],
        changes=ours["created"] + ours["edits"],
        handler_seconds=ours["seconds"],
        **results["local"],
    )


def write(**parts: Any) -> None:
    """Keep new parts of the results beside the old ones, and write the page and its chart from all."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results |= json.loads(json.dumps(parts), parse_float=lambda text: round(float(text), 2))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    PATH.write_text(render(results), encoding="utf-8")
    CHART.write_text(chart(results["figures"], results["budget"]), encoding="utf-8")
