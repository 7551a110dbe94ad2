"""`python -m tools.review ENVIRONMENT [ENVIRONMENT or revision to compare with]`, for `make review`."""

import json
import subprocess
import sys

from tools.review.assembly import Assembly, ReviewError, sources_at, synthesise
from tools.review.report import Against, html, markdown, report
from tools.templates import ROOT

FOLDER = ROOT / "review"


def main(environment: str, other: str = "") -> None:
    """Write `review/ENVIRONMENT.html` and `.md`, and say where they are.

    Raises ReviewError where there is nothing to report on.
    """
    assembly = synthesise(environment)
    found = report(assembly, revision=_revision(), against=_against(environment, other) if other else None)
    FOLDER.mkdir(exist_ok=True)
    for suffix, text in (("html", html(found)), ("md", markdown(found))):
        path = FOLDER / f"{environment}.{suffix}"
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


def _against(environment: str, other: str) -> Against:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    if other in context["environments"]:
        return Against(assembly=synthesise(other), environment=True)
    with sources_at(other) as folder:
        before: Assembly = synthesise(environment, root=folder, name=f"{environment} at {other}")
    return Against(assembly=before, environment=False)


def _revision() -> str:
    """What git calls the sources; marked where they are changed and not committed."""
    command = ["git", "describe", "--always", "--dirty=, with changes"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no revision"


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ReviewError as error:
        sys.exit(f"error: {error}")
