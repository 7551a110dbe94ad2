"""`python -m review ENVIRONMENT [AGAINST] [--fail-on DANGER]`, for `make review`."""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from review.assembly import ROOT, Assembly, ReviewError, read_template, sources_at, synthesise
from review.machine import as_json, as_sarif, rule_id
from review.report import Against, Report, html, markdown, report
from review.verdicts import Danger

_DANGERS = {rule_id(danger): danger for danger in Danger}


def write(environment: str, other: str = "", *, root: Path = ROOT) -> Report:
    """Write `reports/ENVIRONMENT.html`, `.md`, `.json` and `.sarif` below `root`, and print their paths.

    `environment` may be the path of a template (`*.json`). `other` is what to compare with: another
    environment, a template, or a git revision.

    Raises ReviewError where there is nothing to report on.
    """
    assembly = _template(environment) or synthesise(environment, root=root)
    against = _against(environment, other, root) if other else None
    found = report(assembly, revision=_revision(root), against=against)
    folder = root / "reports"
    folder.mkdir(exist_ok=True)
    forms = {"html": html, "md": markdown, "json": as_json, "sarif": as_sarif}
    for suffix, form in forms.items():
        path = folder / f"{assembly.name}.{suffix}"
        path.write_text(form(found), encoding="utf-8")
        print(path.relative_to(root))
    return found


def _template(name: str) -> Assembly | None:
    """The template at a path, where it is one."""
    path = Path(name)
    return read_template(path) if path.suffix == ".json" and path.exists() else None


def _against(environment: str, other: str, root: Path) -> Against:
    template = _template(other)
    if template is not None:
        return Against(assembly=template, environment=False)
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


def main(arguments: Sequence[str], *, root: Path = ROOT) -> int:
    """Write the report; 0, or 3 where something is as dangerous as `--fail-on` or cannot be told.

    Raises ReviewError as `write` does.
    """
    parser = argparse.ArgumentParser(prog="review", description=(__doc__ or "").replace("`", ""))
    parser.add_argument("environment", help="an environment of cdk.json, or a template (*.json)")
    parser.add_argument("against", nargs="?", default="", help="an environment, a template or a git revision")
    parser.add_argument("--fail-on", choices=_DANGERS, help="the mildest danger of a difference that fails")
    options = parser.parse_args(arguments)
    if options.fail_on and not options.against:
        parser.error("--fail-on judges differences: name what to compare with")
    found = write(options.environment, options.against, root=root)
    if not options.fail_on or found.differences is None:
        return 0
    failing = found.differences.reaching(_DANGERS[options.fail_on])
    for each in failing:
        what = f"{each.title} {each.property}".strip()
        print(f"{each.verdict.danger.label}: {what}: {each.verdict.why}", file=sys.stderr)
    return 3 if failing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ReviewError as error:
        sys.exit(f"error: {error}")
