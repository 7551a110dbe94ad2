"""`docs/assurance.md`, from the figures that the parts have recorded in `assurance/results.json`."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assurance import ROOT
from assurance.mutation import Score

PAGE = ROOT / "docs" / "assurance.md"
RESULTS = ROOT / "assurance" / "results.json"
SLOWEST_SHOWN = 10
TITLES = {
    "fuzzing": "Fuzzing",
    "faults": "Faults of requests",
    "races": "Races",
    "permissions": "Least privilege",
    "mutation": "Mutation testing",
}


@dataclass(frozen=True)
class Figures:
    """What the tests of one part have recorded; `sums` adds up each property, as `{"cases": 93000}`."""

    tests: int
    failures: int
    sums: dict[str, int]
    slowest: list[str]


def read_junit(report: Path) -> Figures:
    """Read the figures from a JUnit report of pytest."""
    sums: Counter[str] = Counter()
    slowest: list[str] = []
    tree = ElementTree.parse(report)  # noqa: S314 - pytest has just written it
    cases = list(tree.iter("testcase"))
    for each in (recorded for case in cases for recorded in case.iter("property")):
        name, value = each.get("name", ""), each.get("value", "")
        if value.isdigit():
            sums[name] += int(value)
        elif name == "slowest":
            slowest += re.findall(r"[A-Z]+ \S+ \d+ ms", value)
    failures = sum(case.find(outcome) is not None for case in cases for outcome in ("failure", "error"))
    slowest.sort(key=lambda line: -int(line.split()[-2]))
    return Figures(len(cases), failures, dict(sums), slowest[:SLOWEST_SHOWN])


def record(part: str, result: Figures | Score, on: str) -> None:
    """Replace the result of one part, with the day that it ran on (YYYY-MM-DD)."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[part] = {"on": on, **asdict(result)}
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def render(results: dict[str, Any]) -> str:
    """The page, in Markdown, of what has run."""
    lines = [
        "# Assurance",
        "",
        "Written by `make assurance` from `assurance/results.json`; do not edit. `make test-long` runs the",
        "same suites bounded. Every test that calls the API looks for texts, tokens and codes in the log.",
        "",
        "| suite | day | size | result |",
        "| --- | --- | --- | --- |",
        *(_row(part, results[part]) for part in TITLES if part in results),
    ]
    if "fuzzing" in results:
        lines += ["", "## Requests that cost most CPU", ""]
        lines += ["Of all that were made from the OpenAPI document; the limit is 1,000 ms.", ""]
        lines += [f"- `{line}`" for line in results["fuzzing"]["slowest"]]
    if "mutation" in results:
        lines += ["", "## Mutants that no test noticed", "", *_survivors(results["mutation"]["survived"])]
    return "\n".join(lines).rstrip() + "\n"


def _row(part: str, result: dict[str, Any]) -> str:
    size, outcome = _mutation(result) if part == "mutation" else _suite(part, result)
    return f"| {TITLES[part]} | {result['on']} | {size} | {outcome} |"


def _mutation(result: dict[str, Any]) -> tuple[str, str]:
    mutants = result["killed"] + len(result["survived"])
    return f"{mutants:,} mutants", f"{100 * result['killed'] / mutants:.1f} % noticed by a test"


def _suite(part: str, result: dict[str, Any]) -> tuple[str, str]:
    sums = Counter(result["sums"])
    size, outcome = {
        "fuzzing": (f"{sums['cases']:,} requests", "no server error, no undocumented answer"),
        "faults": (
            f"{sums['points']:,} points",
            f"{sums['refused']:,} answered by 409 or 503, the others as if it had not happened",
        ),
        "races": (f"{sums['rounds']:,} rounds", "every invariant held"),
        "permissions": (
            f"{sums['calls']:,} distinct calls",
            "all allowed by the role; no granted action is unused",
        ),
    }[part]
    failures = result["failures"]
    return size, f"**{failures:,} of {result['tests']:,} tests failed**" if failures else outcome


def _survivors(survived: Iterable[dict[str, str]]) -> list[str]:
    by_function: defaultdict[str, list[str]] = defaultdict(list)
    for survivor in survived:
        by_function[function_of(survivor["name"])] += survivor["change"].splitlines()
    lines: list[str] = []
    for function, changes in sorted(by_function.items()):
        lines += [f"`{function}`", "", "```diff", *changes, "```", ""]
    return lines or ["None."]


def function_of(mutant: str) -> str:
    """The function of a mutant: `app.members.remove` of `app.members.x_remove__mutmut_3`."""
    module, _, mangled = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{mangled.removeprefix('x').removeprefix('_').replace('ǁ', '.').lstrip('.')}"
