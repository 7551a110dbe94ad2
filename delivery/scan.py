"""`make scan`: three scanners that nobody here wrote look at the template of `prod` and at the workflows.

Each finding that is accepted stands below with its reason. One that is not fails the scan, and so does an
acceptance that nothing needs any more. cdk-nag's findings are in `stacks/compliance.py`.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from delivery import ROOT

SCANNERS = ROOT / ".local" / "scanners" / "bin"
# By rule of checkov (CKV...), zizmor and cfn-lint (E, I and W with a number).
ACCEPTED: Mapping[str, str] = {
    "CKV_AWS_59": "The health check answers monitors without a token: one constant answer, throttled.",
    "CKV_AWS_116": "Only the schedules invoke it asynchronously, and the next event finds the same.",
    "CKV_AWS_117": "It reaches AWS's own services only; a VPC would add NAT gateways and protect nothing.",
    "CKV_AWS_120": "Answers are one person's own and change; a cache in the gateway would serve stale ones.",
    "CKV_AWS_158": "Logs hold ids, no texts; CloudWatch Logs encrypts them with its own key.",
    "CKV_AWS_173": "The variables are names and addresses; there is no secret among them.",
    "self-repository": "`./` is what actionlint and GitHub's runners of all ages read; `$/` is newer.",
}


class ScanError(Exception):
    """A scanner could not be run; the message says why."""


def rules_of_checkov(output: str) -> set[str]:
    """The rules of checkov's JSON report that something breaks."""
    reports = json.loads(output)
    results = (report["results"] for report in (reports if isinstance(reports, list) else [reports]))
    return {finding["check_id"] for result in results for finding in result["failed_checks"]}


def rules_of_zizmor(output: str) -> set[str]:
    """The rules of zizmor's JSON report."""
    return {str(finding["ident"]) for finding in json.loads(output or "[]")}


def rules_of_cfn_lint(output: str) -> set[str]:
    """The rules of cfn-lint's JSON report."""
    return {str(finding["Rule"]["Id"]) for finding in json.loads(output or "[]")}


def faults(found: Iterable[str], accepted: Mapping[str, str] = ACCEPTED) -> list[str]:
    """One line for each rule that is broken and not accepted, or accepted and not broken."""
    rules = set(found)
    return [
        *(f"{rule}: not accepted" for rule in sorted(rules - set(accepted))),
        *(f"{rule}: accepted, though nothing breaks it any more" for rule in sorted(set(accepted) - rules)),
    ]


def scan(template: Path) -> set[str]:
    """Every rule that a scanner says is broken by a template, or by the workflows."""
    checkov: Sequence[Any] = (
        "-f",
        template,
        "--framework",
        "cloudformation",
        "--skip-download",
        "-o",
        "json",
    )
    zizmor: Sequence[Any] = ("--offline", "--quiet", "--format", "json", ROOT / ".github" / "workflows")
    cfn_lint: Sequence[Any] = ("-t", template, "-r", "eu-central-1", "--format", "json")
    return {
        *rules_of_checkov(_run(SCANNERS / "checkov", *checkov, "--compact", "--quiet")),
        *rules_of_zizmor(_run(SCANNERS / "zizmor", *zizmor)),
        *rules_of_cfn_lint(_run("cfn-lint", *cfn_lint)),
    }


def _run(program: str | Path, *words: object) -> str:
    try:
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ScanError(f"{program} is missing; `make scan` installs it") from error
    # All three exit with more than 0 where they have found something.
    if not done.stdout.strip() and done.returncode:
        raise ScanError(f"{Path(program).name} failed: {' '.join(done.stderr.split())[-300:]}")
    return done.stdout


def main() -> None:
    """Scan `prod`."""
    with TemporaryDirectory() as folder:
        synth = ["cdk", "synth", "--quiet", "--no-notices", "-c", "env=prod", "--output", folder]
        if subprocess.run(synth, cwd=ROOT, check=False).returncode:
            sys.exit("error: prod cannot be synthesised (see above)")
        try:
            told = faults(scan(Path(folder) / "LifestyleSpaces-prod.template.json"))
        except ScanError as error:
            sys.exit(f"error: {error}")
    for line in told:
        print(line)
    if told:
        sys.exit("error: the scanners' findings are not those of delivery/scan.py (see above)")
    print(f"no finding but the {len(ACCEPTED)} accepted ones")


if __name__ == "__main__":
    main()
