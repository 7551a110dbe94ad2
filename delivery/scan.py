"""`make scan`: checkov, zizmor and cfn-lint check the template of `prod`, the workflows and every file.

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
# By rule of checkov (CKV...), zizmor and cfn-lint (E, I and W with a number); a secret by its file, too.
ACCEPTED: Mapping[str, str] = {
    "CKV_AWS_59": "The health check answers monitors without a token: one constant answer, throttled.",
    "CKV_AWS_116": "Only the schedules invoke it asynchronously, and the next event finds the same.",
    "CKV_AWS_117": "It reaches AWS's own services only; a VPC would add NAT gateways and protect nothing.",
    "CKV_AWS_120": "Answers are one person's own and change; a cache in the gateway would serve stale ones.",
    "CKV_AWS_158": "Logs hold ids, no texts; CloudWatch Logs encrypts them with its own key.",
    "CKV_AWS_173": "The variables are names and addresses; there is no secret among them.",
    "CKV_SECRET_9 delivery/acceptance_checks.py": "A token that the acceptance run expects to be refused.",
    "CKV_SECRET_6 review/permissions/statements.py": "The name of a property, and no secret.",
    "CKV_SECRET_6 tests/e2e/test_clients.py": "Text that a test compares, and no secret.",
    "CKV_SECRET_6 tests/unit/core/test_dynamodb_faults.py": "Text that a test compares, and no secret.",
    "self-repository": "`./` is what actionlint and GitHub's runners of all ages read; `$/` is newer.",
}


class ScanError(Exception):
    """A scanner could not be run; the message says why."""


def rules_of_checkov(output: str) -> set[str]:
    """The rules of checkov's JSON report that something breaks."""
    return {finding["check_id"] for finding in _failed_checks(output)}


def secrets_of_checkov(output: str) -> set[str]:
    """The same of its search for secrets, each with the path of its file: `CKV_SECRET_6 local/aws.py`."""
    return {f"{finding['check_id']} {finding['file_path'].lstrip('/')}" for finding in _failed_checks(output)}


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


def scan(template: Path, files: Path) -> set[str]:
    """Every rule that a scanner says is broken by a template, by the workflows, or by a secret in `files`."""
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
    secrets: Sequence[Any] = (
        "-d",
        files,
        "--framework",
        "secrets",
        "--enable-secret-scan-all-files",
        "--skip-download",
        "-o",
        "json",
    )
    return {
        *rules_of_checkov(_run(SCANNERS / "checkov", *checkov, "--compact", "--quiet")),
        *secrets_of_checkov(_run(SCANNERS / "checkov", *secrets, "--compact", "--quiet")),
        *rules_of_zizmor(_run(SCANNERS / "zizmor", *zizmor)),
        *rules_of_cfn_lint(_run("cfn-lint", *cfn_lint)),
    }


def _failed_checks(output: str) -> list[dict[str, Any]]:
    """What checkov has found: a report, several, or one without results."""
    parsed = json.loads(output)
    reports = parsed if isinstance(parsed, list) else [parsed]
    return [check for report in reports for check in report.get("results", {}).get("failed_checks", [])]


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
        # What is committed or about to be: the tools and what they write lie beside it.
        files = Path(folder) / "files"
        copy = ["git", "checkout-index", "--all", f"--prefix={files}/"]
        subprocess.run(copy, cwd=ROOT, check=True)
        try:
            told = faults(scan(Path(folder) / "LifestyleSpaces-prod.template.json", files))
        except ScanError as error:
            sys.exit(f"error: {error}")
    for line in told:
        print(line)
    if told:
        sys.exit("error: the scanners' findings are not those of delivery/scan.py (see above)")
    print(f"no finding but the {len(ACCEPTED)} accepted ones")


if __name__ == "__main__":
    main()
