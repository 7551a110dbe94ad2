"""`make assurance [PARTS="fuzzing races"]`: all of it takes about two hours on two cores."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from assurance import ROOT, mutation, report

SUITES = {
    "fuzzing": ("tests/assurance/test_fuzzing.py",),
    "faults": ("tests/assurance/test_request_faults.py",),
    "races": ("tests/database",),
    "permissions": ("tests/assurance/test_least_privilege.py",),
}
MUTATION = "mutation"
PARTS = (*SUITES, MUTATION)


def run_suite(part: str) -> report.Figures:
    """Run the tests of a part whole."""
    with TemporaryDirectory() as folder:
        junit = Path(folder) / "junit.xml"
        pytest = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadgroup", f"--junitxml={junit}"]
        environment = os.environ | {"ASSURANCE": "whole"}
        subprocess.run([*pytest, *SUITES[part]], cwd=ROOT, env=environment, check=False)
        if not junit.exists():
            sys.exit(f"error: the tests of {part} did not run (see above)")
        return report.read_junit(junit)


def main(parts: list[str]) -> None:
    """Run these parts, or all, record what they find and write the page, whatever it is."""
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"error: no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    failed = False
    for part in parts or PARTS:
        result = mutation.run() if part == MUTATION else run_suite(part)
        report.record(part, result, datetime.now(UTC).date().isoformat())
        failed = failed or (isinstance(result, report.Figures) and result.failures > 0)
    page = report.render(json.loads(report.RESULTS.read_text(encoding="utf-8")))
    report.PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {report.PAGE.relative_to(ROOT)}")
    sys.exit(failed)


if __name__ == "__main__":
    main(sys.argv[1:])
