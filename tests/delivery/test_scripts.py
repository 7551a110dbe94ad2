"""The scripts of the workflows, run by the shell that GitHub runs them in, on a real repository.

`make` and `gh` only write down where and how they were called; `gh` says what the test has it say.
"""

import os
import subprocess
from pathlib import Path

import pytest

from delivery.pr_comment import MARK
from tests.delivery.test_gate import commit, git, shim
from tests.delivery.workflow_helpers import script

ROLLBACK = script("deploy/deploy", "Roll back")
RETURN_TO = script("deploy/deploy", "Find the commit to roll back to")
COMMENT = script("pull-request/comment", "Create or update the comment")


class Shell:
    """A job's machine: its checkout, its variables and what its commands were called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        self.said = folder / "said"
        self.said.write_text("")
        programs = folder / "bin"
        programs.mkdir()
        note = f'echo "$(git rev-parse HEAD 2>/dev/null) $(basename "$0") $*" >> {folder}/calls\n'
        note += 'if [ "$1" = "$BROKEN" ]; then exit 1; fi\n'
        shim(programs / "make", note)
        shim(programs / "gh", f'{note}case "$*" in *PATCH*) ;; api*) cat {self.said} ;; esac')
        shim(programs / "chromium", "")

    def run(self, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """With the options that GitHub gives to `shell: bash`."""
        env = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "RUNNER_TEMP": str(self.folder)}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
        return subprocess.run(
            command,
            cwd=self.checkout,
            env={**env, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


class TestRollback:
    @pytest.fixture
    def commits(self, shell: Shell) -> tuple[str, str]:
        """The one that ran well, and the one that does not answer, which is checked out."""
        git(shell.checkout, "init", "--quiet")
        return commit(shell.checkout), commit(shell.checkout, **{"fault.py": ""})

    def roll_back(
        self, shell: Shell, commits: tuple[str, str], **variables: str
    ) -> subprocess.CompletedProcess[str]:
        known = {
            "ENVIRONMENT": "prod",
            "PREVIOUS": commits[0],
            "GITHUB_SHA": commits[1],
            "GITHUB_REPOSITORY": "ada/spaces",
        }
        return shell.run(ROLLBACK, **{**known, **variables})

    def test_rollback_deploys_the_commit_before_with_its_record_and_tries_it(
        self, shell: Shell, commits: tuple[str, str]
    ) -> None:
        shell.said.write_text("4711\n")
        done = self.roll_back(shell, commits)
        assert done.returncode == 0, done.stderr
        before, after = commits
        asked, fetched, deployed, tried = shell.calls
        assert f"artifacts?name=gate-{before}" in asked
        record = f"--repo ada/spaces --name gate-{before} --dir .build/gate"
        assert fetched == f"{before} gh run download 4711 {record}"
        assert deployed == f"{before} make deploy ENV=prod SKIP_CANARY_REASON={after} does not answer"
        assert tried == f"{before} make smoke ENV=prod"
        assert f"::error::{after} did not answer in prod, which runs {before} again" in done.stdout

    def test_rollback_deploys_nothing_without_the_record(
        self, shell: Shell, commits: tuple[str, str]
    ) -> None:
        # Nor does it run the gate: every test, with everything it installs, would be signed in to AWS.
        done = self.roll_back(shell, commits)
        assert done.returncode == 1
        assert f"::error::prod does not answer, and the record of {commits[0]} has expired" in done.stdout
        assert len(shell.calls) == 1

    def test_rollback_fails_loudly_if_there_is_nothing_to_return_to(
        self, shell: Shell, commits: tuple[str, str]
    ) -> None:
        done = self.roll_back(shell, commits, PREVIOUS="")
        assert done.returncode == 1
        assert "::error::prod does not answer, and there is no commit to roll back to" in done.stdout
        assert shell.calls == []


class TestOrder:
    """Whether a commit may go where another runs; `python3` says which one that is."""

    @pytest.fixture
    def history(self, shell: Shell) -> list[str]:
        git(shell.checkout, "init", "--quiet")
        return [commit(shell.checkout, number=str(number)) for number in range(3)]

    def order(self, shell: Shell, *, runs: str, comes: str) -> subprocess.CompletedProcess[str]:
        shim(shell.folder / "bin" / "python3", f"echo {runs}")
        return shell.run(
            RETURN_TO, ENVIRONMENT="prod", GITHUB_SHA=comes, GITHUB_OUTPUT=str(shell.folder / "output")
        )

    def test_order_lets_a_newer_commit_follow(self, shell: Shell, history: list[str]) -> None:
        assert self.order(shell, runs=history[0], comes=history[2]).returncode == 0
        assert (shell.folder / "output").read_text() == f"commit={history[0]}\n"

    def test_order_lets_the_first_come(self, shell: Shell, history: list[str]) -> None:
        assert self.order(shell, runs="", comes=history[1]).returncode == 0

    def test_order_rejects_an_older_commit_that_was_approved_late(
        self, shell: Shell, history: list[str]
    ) -> None:
        done = self.order(shell, runs=history[2], comes=history[1])
        assert done.returncode == 1
        assert f"::error::prod runs {history[2]}, on which {history[1]} does not build" in done.stdout


class TestComment:
    def write(self, shell: Shell, **variables: str) -> int:
        known = {"GH_REPO": "ada/spaces", "PULL_REQUEST": "7"}
        return shell.run(COMMENT, **{**known, **variables}).returncode

    def test_comment_is_written_once(self, shell: Shell) -> None:
        assert self.write(shell) == 0
        assert shell.calls[1].strip() == "gh pr comment 7 --body-file comment.md"

    def test_comment_is_written_again_from_then_on(self, shell: Shell) -> None:
        shell.said.write_text("101\n102\n")
        assert self.write(shell) == 0
        (written,) = shell.calls[1:]
        assert "--method PATCH repos/ada/spaces/issues/comments/101 --field body=@comment.md" in written

    def test_comment_is_not_written_if_github_does_not_tell_what_is_there(self, shell: Shell) -> None:
        assert self.write(shell, BROKEN="api") != 0
        assert len(shell.calls) == 1

    def test_comment_is_found_by_its_mark(self) -> None:
        assert f'startswith("{MARK}")' in COMMENT
