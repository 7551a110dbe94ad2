"""`make assurance`: about an hour and a half on two cores."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from assurance import ROOT, mutation, report

SUITES = (
    "tests/assurance",
    "tests/database",
    "tests/security",
    "tests/integration/test_background_faults.py",
)


def main() -> None:
    """Run the suites whole and the mutation tests, and write the page, whatever they have found."""
    with TemporaryDirectory() as folder:
        junit = Path(folder) / "junit.xml"
        pytest = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadgroup", f"--junitxml={junit}"]
        status = subprocess.run(
            [*pytest, *SUITES], cwd=ROOT, env=os.environ | {"ASSURANCE": "whole"}, check=False
        ).returncode
        if not junit.exists():
            sys.exit("error: the suites did not run (see above)")
        figures = report.read(junit)
    text = report.render(figures, mutation.run(), datetime.now(UTC).date())
    report.PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {report.PAGE.relative_to(ROOT)}")
    sys.exit(status)


if __name__ == "__main__":
    main()
