"""`python -m review ENVIRONMENT [AGAINST]`, for `make review`."""

import json
import subprocess
import sys
from pathlib import Path

from codegen.templates import ROOT
from review.assembly import ReviewError, sources_at, synthesise
from review.report import Against, html, markdown, report


def write(environment: str, other: str = "", *, root: Path = ROOT) -> None:
    """Write `reports/ENVIRONMENT.html` and `.md` below `root`, and say where they are.

    `other` is what to compare with: another environment or, where there is none of that name, a git revision.

    Raises ReviewError where there is nothing to report on.
    """
    assembly = synthesise(environment, root=root)
    against = _against(environment, other, root) if other else None
    found = report(assembly, revision=_revision(root), against=against)
    folder = root / "reports"
    folder.mkdir(exist_ok=True)
    for suffix, text in (("html", html(found)), ("md", markdown(found))):
        path = folder / f"{environment}.{suffix}"
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))


def _against(environment: str, other: str, root: Path) -> Against:
    context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    if other in context["environments"]:
        return Against(assembly=synthesise(other, root=root), environment=True)
    with sources_at(other, root=root) as folder:
        before = synthesise(environment, root=folder, name=f"{environment} at {other}")
    return Against(assembly=before, environment=False)


def _revision(root: Path) -> str:
    """What git calls the sources; marked where they are changed and not committed."""
    command = ["git", "describe", "--always", "--dirty=, with changes"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no revision"


if __name__ == "__main__":
    try:
        write(*sys.argv[1:])
    except ReviewError as error:
        sys.exit(f"error: {error}")
