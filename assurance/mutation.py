"""Mutation testing by mutmut: how many small changes of the code the tests notice."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assurance import ROOT

# What decides who may do what, and what is counted: permissions, invitations and members, the check of
# tokens, the table engine, streaks, limits.
MODULES = (
    "app/core/database.py",
    "app/core/queries.py",
    "app/core/security.py",
    "app/services/invitations.py",
    "app/services/invitees.py",
    "app/services/inviting.py",
    "app/services/members.py",
    "app/services/ownership.py",
    "app/services/permissions.py",
    "app/services/rate_limits.py",
    "app/services/streaks.py",
)
# The tests that reach them; mutmut runs for each mutant those that call the function.
TESTS = (
    "tests/unit/core",
    "tests/unit/services",
    "tests/integration/test_answering_invitations.py",
    "tests/integration/test_batch_invitations.py",
    "tests/integration/test_habit_stats.py",
    "tests/integration/test_invitations.py",
    "tests/integration/test_joining.py",
    "tests/integration/test_leaving.py",
    "tests/integration/test_mail_limits.py",
    "tests/integration/test_managing_invitations.py",
    "tests/integration/test_members.py",
    "tests/integration/test_organization_invitations.py",
    "tests/integration/test_organization_users.py",
    "tests/integration/test_organizations.py",
    "tests/integration/test_ownership.py",
    "tests/integration/test_return_after_removal.py",
)
# mutmut finds packages in `src` only.
SOURCE = "src"
COPIED = (
    "README.md",
    "codegen",
    "contract",
    "delivery",
    "docs",
    "local",
    "stacks",
    "tests",
    "pyproject.toml",
)
LINKED = (".venv", "node_modules")


KILLED = {"killed", "timeout", "suspicious", "segfault"}
NOT_KILLED = {"survived", "no tests"}


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed: its name as `mutmut show` takes it, and the changed lines."""

    name: str
    change: str


@dataclass(frozen=True)
class Score:
    """Mutants by what became of them."""

    killed: int
    survived: tuple[Survivor, ...]

    @property
    def percent(self) -> float:
        """The share of mutants that a test noticed."""
        return 100 * self.killed / (self.killed + len(self.survived))


def configuration(modules: Iterable[str] = MODULES) -> str:
    """What mutmut reads from `pyproject.toml`."""
    only = json.dumps([f"{SOURCE}/{module}" for module in modules])
    return f"""
[tool.mutmut]
source_paths = ["{SOURCE}"]
only_mutate = {only}
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
pytest_add_cli_args = ["-n", "0", "-p", "no:cacheprovider", "-p", "no:logging"]
also_copy = {json.dumps(COPIED)}
process_isolation = "forkserver"  # a second run of the tests in one process finds what the first has left
"""


def prepare(folder: Path, modules: Iterable[str] = MODULES) -> None:
    """Copy what the tests need, with the sources in the folder that mutmut expects."""
    shutil.copytree(ROOT / "lambda_src", folder / SOURCE)
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / "mutants").mkdir()  # mutmut's copy, in which the tests run
    for name in LINKED:
        (folder / "mutants" / name).symlink_to(ROOT / name)
    project = folder / "pyproject.toml"
    text = project.read_text(encoding="utf-8").replace('"lambda_src", "."', f'"{SOURCE}", "."')
    project.write_text(text + configuration(modules), encoding="utf-8")


def read_results(text: str) -> dict[str, str]:
    """The status of each mutant by its name, from `mutmut results --all true`."""
    return dict(line.strip().rsplit(": ", 1) for line in text.splitlines() if ": " in line)


def changed_lines(diff: str) -> str:
    """The lines that a mutant removes and adds, of the diff that `mutmut show` prints."""
    lines = (line for line in diff.splitlines() if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"})
    return "\n".join(line[0] + " " + line[1:].strip() for line in lines)


def run(modules: Iterable[str] = MODULES) -> Score:
    """Mutate the modules one by one, and run the tests on each mutant: an hour or so on two cores."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, modules)
        subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=folder, check=True)
        statuses = read_results(_mutmut(folder, "results", "--all", "true"))
        survived = tuple(
            Survivor(mutant, changed_lines(_mutmut(folder, "show", mutant)))
            for mutant, status in statuses.items()
            if status in NOT_KILLED
        )
    return Score(sum(status in KILLED for status in statuses.values()), survived)


def _mutmut(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
