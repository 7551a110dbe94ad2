"""`make acceptance ENV=...`: acceptance checks of a deployment, to run after `make smoke`.

It creates two users, checks what only a real deployment can show, and erases them. It prints the expected
and the actual result of each check, and writes the same to `reports/acceptance-<environment>.md`, to be
attached to an issue. Checks that the embedded AWS does not support are reported as skipped there.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import boto3
import httpx2

from app import __version__
from delivery import ROOT
from delivery.acceptance_checks import CHECKS, Check, CheckFailed
from delivery.acceptance_users import Environment, make_user, remove_user
from delivery.stack_outputs import deployed, exit_on_aws_error, running_emulator
from stacks.settings import load_settings

Outcome = Literal["ok", "FAILED", "skipped"]
NOT_HERE = "not on the emulator"


@dataclass(frozen=True)
class Result:
    """The expected and the actual result of one check."""

    name: str
    expected: str
    happened: str
    outcome: Outcome


def accept(environment: Environment, checks: Iterable[Check] = CHECKS) -> list[Result]:
    """Run the checks in order; later ones may use what earlier ones have created."""
    results = []
    for check in checks:
        if check.only_aws and environment.on_emulator:
            result = Result(check.name, check.expected, NOT_HERE, "skipped")
        else:
            try:
                result = Result(check.name, check.expected, check.run(environment), "ok")
            except CheckFailed as error:
                result = Result(check.name, check.expected, str(error), "FAILED")
            except Exception as error:  # noqa: BLE001 - a failing check must not stop the others
                result = Result(check.name, check.expected, f"{type(error).__name__}: {error}", "FAILED")
        print(f"{result.outcome:8}{result.name}: {result.happened}", flush=True)
        results.append(result)
    return results


def report(name: str, results: Iterable[Result], *, when: datetime) -> str:
    """The results as a page of Markdown."""
    rows = "".join(
        f"| {result.outcome} | {result.name} | {_cell(result.expected)} | {_cell(result.happened)} |\n"
        for result in results
    )
    return (
        f"# Acceptance of `{name}`\n\nVersion {__version__}, {when:%Y-%m-%d %H:%M} UTC.\n\n"
        f"| outcome | check | expected | happened |\n|---|---|---|---|\n{rows}"
    )


def run(environment: Environment, folder: Path) -> bool:
    """Create the users, run all checks, erase the users, write the report. Returns whether none failed."""
    try:
        environment.users = [make_user(environment, name) for name in ("Ada", "Ben")]
        results = accept(environment)
    finally:
        for user in environment.users:
            remove_user(environment, user)
    folder.mkdir(exist_ok=True)
    path = folder / f"acceptance-{environment.settings.name}.md"
    path.write_text(report(environment.settings.name, results, when=datetime.now(UTC)), encoding="utf-8")
    print(f"report: {path}")
    return all(result.outcome != "FAILED" for result in results)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


@exit_on_aws_error()
def main(name: str) -> None:
    """Check one environment."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    settings = load_settings(context["environments"], name)
    if not settings.identity.password_flow:
        sys.exit(
            f"error: {name} does not allow password sign-in (identity.password_flow); use `dev`, or enable it"
        )
    found = deployed(name)
    session: Any = boto3.Session()  # clients are created by name
    headers = {"Origin": settings.gateway.cors_origin, "User-Agent": "lifestyle-spaces-acceptance"}
    with httpx2.Client(
        base_url=found.api_url, headers=headers, timeout=60, trust_env=name != "local"
    ) as http:
        environment = Environment(
            settings=settings,
            outputs=found.outputs,
            client=running_emulator().client if name == "local" else session.client,
            http=http,
            on_emulator=name == "local",
        )
        passed = run(environment, ROOT / "reports")
    if not passed:
        sys.exit(f"error: {name} failed acceptance checks (see above)")


if __name__ == "__main__":
    main(sys.argv[1])
