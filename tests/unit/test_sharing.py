"""How workers share the tests: what stands on the same costly ground stays together."""

import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_tests_of_one_file_run_on_one_worker() -> None:
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "unit/test_no_scan.py"]
    done = subprocess.run(command, cwd=TESTS, check=True, capture_output=True, text=True)
    workers = re.findall(r"\[(gw\d)\].* PASSED", done.stdout)
    assert len(workers) > 1
    assert len(set(workers)) == 1
