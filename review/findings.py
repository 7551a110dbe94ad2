"""What the rule packs hold against the stack, and why it was accepted."""

from collections.abc import Iterator
from dataclasses import dataclass

from review.assembly import Assembly
from review.page import Cell, Row, Section, Table, count, listed, row


@dataclass(frozen=True)
class Finding:
    """One rule against one resource; `reason` is None where it is not accepted."""

    rule: str
    description: str
    resource: str
    reason: str | None


def findings(assembly: Assembly) -> list[Finding]:
    """From the validation report of the synth, open ones first."""
    return [*_read(assembly, "violations"), *_read(assembly, "suppressedViolations")]


def section(assembly: Assembly) -> Section:
    """The report's part on it."""
    found = findings(assembly)
    still_open = [finding for finding in found if finding.reason is None]
    packs = (
        listed(sorted(f"`{report['pluginName']}`" for report in assembly.findings))
        if assembly.findings
        else "none"
    )
    stands = (
        f"{count(len(still_open), 'finding')} without an accepted reason."
        if still_open
        else "None is open: each has a reason."
    )
    return Section(
        anchor="findings",
        title="What the rule packs found",
        answer=f"{count(len(found), 'finding')} of the rule packs {packs}. {stands}",
        blocks=(
            Table(
                caption="Findings",
                head=("rule", "what it says", "about", "why it is accepted"),
                rows=tuple(_row(finding) for finding in found),
            ),
        ),
    )


def _read(assembly: Assembly, kind: str) -> Iterator[Finding]:
    for report in assembly.findings:
        for violation in report.get(kind, []):
            for construct in violation["violatingConstructs"]:
                yield Finding(
                    rule=violation["ruleName"],
                    description=violation["description"],
                    resource=construct["constructPath"].partition("/")[2],
                    reason=violation.get("reason"),
                )


def _row(finding: Finding) -> Row:
    reason = Cell("", "bad", "open") if finding.reason is None else Cell(finding.reason)
    return row(f"`{finding.rule}`", finding.description, f"`{finding.resource}`", reason)
