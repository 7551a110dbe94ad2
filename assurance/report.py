"""`docs/assurance.md`, from the figures that the suites have recorded."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from assurance import ROOT
from assurance.mutation import Score

PAGE = ROOT / "docs" / "assurance.md"
SLOWEST_SHOWN = 10


@dataclass(frozen=True)
class Figures:
    """What a run of the suites has recorded.

    `sums` adds up each property of each module: `{("tests.assurance.test_fuzzing", "cases"): 93000}`.
    """

    tests: int
    failures: int
    sums: Counter[tuple[str, str]]
    slowest: list[str]

    def total(self, name: str, module: str = "") -> int:
        """The sum of a property over all modules whose name begins so."""
        return sum(
            value for (owner, each), value in self.sums.items() if each == name and owner.startswith(module)
        )


def read(report: Path) -> Figures:
    """Read the figures from a JUnit report of pytest."""
    sums: Counter[tuple[str, str]] = Counter()
    slowest: list[str] = []
    tree = ElementTree.parse(report)  # noqa: S314 - pytest has just written it
    cases = list(tree.iter("testcase"))
    for case in cases:
        module = case.get("classname", "").rpartition(".")[0]
        for property_ in case.iter("property"):
            name, value = property_.get("name", ""), property_.get("value", "")
            if value.isdigit():
                sums[module, name] += int(value)
            elif name == "slowest":
                slowest += re.findall(r"[A-Z]+ \S+ \d+ ms", value)
    failures = sum(case.find(outcome) is not None for case in cases for outcome in ("failure", "error"))
    slowest.sort(key=lambda line: -int(line.split()[-2]))
    return Figures(len(cases), failures, sums, slowest)


def render(figures: Figures, score: Score, on: date) -> str:
    """The page, in Markdown."""
    requests = figures.total("cases", "tests.assurance.test_fuzzing")
    points = figures.total("points", "tests.assurance.test_request_faults")
    refused = figures.total("refused", "tests.assurance.test_request_faults")
    rows = [
        ("Fuzzing", f"{requests:,} requests", "no server error, no undocumented answer"),
        (
            "Faults of requests",
            f"{points:,} points",
            f"{refused:,} answered by 409 or 503, the others as if it had not happened",
        ),
        ("Races", f"{figures.total('rounds'):,} rounds", "every invariant held"),
        (
            "Least privilege",
            f"{figures.total('calls', 'tests.assurance.test_least_privilege'):,} distinct calls",
            "all allowed by the role; no granted action is unused",
        ),
        (
            "Mutation testing",
            f"{score.killed + len(score.survived):,} mutants",
            f"{score.percent:.1f} % noticed by a test",
        ),
    ]
    return "\n".join(
        [
            "# Assurance",
            "",
            f"Written by `make assurance` on {on.isoformat()}; do not edit. `make test-long` runs the same",
            "suites bounded. Every test that calls the API also looks for texts, tokens and codes in logs.",
            "",
            f"{figures.tests:,} tests ran, {figures.failures:,} failed.",
            "",
            "| suite | size | result |",
            "| --- | --- | --- |",
            *(f"| {suite} | {size} | {result} |" for suite, size, result in rows),
            "",
            "## Requests that cost most CPU",
            "",
            "Of all that were made from the OpenAPI document; the limit is 1,000 ms.",
            "",
            *(f"- `{line}`" for line in figures.slowest[:SLOWEST_SHOWN]),
            "",
            "## Mutants that no test noticed",
            "",
            *(_survivors(score) or ["None."]),
            "",
        ]
    )


def _survivors(score: Score) -> list[str]:
    by_function: defaultdict[str, list[str]] = defaultdict(list)
    for survivor in score.survived:
        by_function[function_of(survivor.name)].append(survivor.change)
    lines: list[str] = []
    for function, changes in sorted(by_function.items()):
        lines += [f"`{function}`", "", *_block(changes), ""]
    return lines


def _block(changes: Iterable[str]) -> list[str]:
    return ["```diff", *"\n".join(changes).splitlines(), "```"]


def function_of(mutant: str) -> str:
    """The function of a mutant: `app.members.remove` of `app.members.x_remove__mutmut_3`."""
    module, _, mangled = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{mangled.removeprefix('x').removeprefix('_').replace('ǁ', '.').lstrip('.')}"
