"""`make gate`, and its check in `make deploy`: only a commit that passed all tests is deployed.

See docs/adr/0027-deploy-only-a-commit-that-passed-the-gate.md.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from delivery import ROOT


class GateError(Exception):
    """The commit may not be deployed; the message says why, and what to do."""


def run(root: Path) -> Path:
    """Run `.ci/run` on the clean commit, and return the path of the record that it passed.

    Raises:
        GateError: the work tree has changes, before or afterwards, or `.ci/run` fails.
    """
    commit = clean_commit(root)
    if subprocess.run([root / ".ci" / "run"], cwd=root, check=False).returncode:
        raise GateError(f"{commit[:12]} has not passed the gate (see above)")
    if clean_commit(root) != commit:
        raise GateError("another commit was checked out while the gate ran; run `make gate` again")
    record = _record(root, commit)
    record.parent.mkdir(parents=True, exist_ok=True)
    passed_at = datetime.now(UTC).isoformat(timespec="seconds")
    record.write_text(json.dumps({"commit": commit, "passed_at": passed_at}) + "\n", encoding="utf-8")
    return record


def check(root: Path) -> None:
    """Check that the work tree is a clean commit with a gate record.

    Raises:
        GateError: it may not be deployed.
    """
    commit = clean_commit(root)
    try:
        recorded = json.loads(_record(root, commit).read_text(encoding="utf-8"))["commit"]
    except (OSError, ValueError, KeyError, TypeError):
        recorded = None
    if recorded != commit:
        raise GateError(f"{commit[:12]} has no record of having passed the gate; run `make gate`")


def clean_commit(root: Path) -> str:
    """The full id of the commit that is checked out without changes.

    Raises:
        GateError: there is no commit, or the work tree has changes.
    """
    commit = _git(root, "rev-parse", "--verify", "HEAD").strip()
    changed = _git(root, "status", "--porcelain", "--untracked-files=all").splitlines()
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise GateError(f"uncommitted changes: {changed[0][3:]}{others}; commit or stash them")
    return commit


def _git(root: Path, *words: str) -> str:
    command = ["git", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GateError("not a git repository with a commit; only a commit can be deployed")
    return done.stdout


def _record(root: Path, commit: str) -> Path:
    return root / ".build" / "gate" / commit


def main(command: str, root: Path = ROOT) -> None:
    """`run` the gate, or `check` that the commit passed it."""
    try:
        match command:
            case "run":
                print(f"passed: {run(root).relative_to(root)}")
            case "check":
                check(root)
            case _:
                sys.exit(f"error: `run` or `check`, not `{command}`")
    except GateError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1])
