"""The gate on a real repository, and `make deploy` before it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from delivery.gate import GateError, check, main, run

ROOT = Path(__file__).parents[2]
PASSING = "#!/bin/sh\n"
FAILING = "#!/bin/sh\nexit 1\n"


def git(root: Path, *words: str) -> str:
    person = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    command = ["git", *person, *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def commit(root: Path, **files: str) -> str:
    for name, text in files.items():
        (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "A change")
    return git(root, "rev-parse", "HEAD")


def with_gate(root: Path, script: str) -> str:
    path = root / ".ci" / "run"
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return commit(root)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(".build/\n")
    with_gate(tmp_path, PASSING)
    return tmp_path


class TestGate:
    def test_gate_records_the_commit_that_passed(self, repository: Path) -> None:
        head = git(repository, "rev-parse", "HEAD")
        record = run(repository)
        assert record == repository / ".build" / "gate" / head
        assert json.loads(record.read_text())["commit"] == head
        check(repository)

    def test_gate_runs_the_whole_of_ci(self, repository: Path) -> None:
        with_gate(repository, "#!/bin/sh\nmkdir -p .build && echo ran > .build/trace\n")
        run(repository)
        assert (repository / ".build" / "trace").read_text() == "ran\n"

    def test_gate_records_nothing_that_failed(self, repository: Path) -> None:
        with_gate(repository, FAILING)
        with pytest.raises(GateError, match="has not passed the gate"):
            run(repository)
        with pytest.raises(GateError, match="no record"):
            check(repository)

    def test_gate_rejects_uncommitted_changes(self, repository: Path) -> None:
        (repository / "new.py").write_text("")
        with pytest.raises(GateError, match=r"uncommitted changes: new\.py"):
            run(repository)

    def test_gate_records_nothing_if_the_run_changed_the_sources(self, repository: Path) -> None:
        with_gate(repository, "#!/bin/sh\necho changed > .gitignore\n")
        with pytest.raises(GateError, match="uncommitted changes"):
            run(repository)

    def test_gate_records_nothing_if_head_moves(self, repository: Path) -> None:
        person = "-c user.name=Ada -c user.email=ada@example.com"
        with_gate(repository, f"#!/bin/sh\ngit {person} commit -q --allow-empty -m Meanwhile\n")
        with pytest.raises(GateError, match="another commit"):
            run(repository)
        assert not (repository / ".build").exists()


class TestCheck:
    def test_check_holds_for_one_commit_only(self, repository: Path) -> None:
        run(repository)
        commit(repository, **{"a.py": "a = 1\n"})
        with pytest.raises(GateError, match="no record of having passed the gate; run `make gate`"):
            check(repository)

    def test_check_holds_again_for_a_commit_that_one_returns_to(self, repository: Path) -> None:
        passed = git(repository, "rev-parse", "HEAD")
        run(repository)
        commit(repository, **{"a.py": "a = 1\n"})
        git(repository, "checkout", "--quiet", passed)
        check(repository)

    @pytest.mark.parametrize("name", [".gitignore", "new.py"])
    def test_check_rejects_what_is_changed_or_new(self, repository: Path, name: str) -> None:
        run(repository)
        (repository / name).write_text(".build/\n# more\n")
        with pytest.raises(GateError, match=f"uncommitted changes: {name}; commit or stash them"):
            check(repository)

    def test_check_counts_further_changed_files(self, repository: Path) -> None:
        for name in ("a.py", "b.py", "c.py"):
            (repository / name).write_text("")
        with pytest.raises(GateError, match=r"a\.py and 2 more;"):
            check(repository)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"commit": "0000"}'])
    def test_check_rejects_a_record_of_another_commit(self, repository: Path, text: str) -> None:
        run(repository).write_text(text)
        with pytest.raises(GateError, match="no record"):
            check(repository)

    def test_check_needs_a_repository(self, tmp_path: Path) -> None:
        with pytest.raises(GateError, match="only a commit can be deployed"):
            check(tmp_path)


class TestCommand:
    def test_command_says_if_the_record_is(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main("run", repository)
        main("check", repository)
        assert capsys.readouterr().out == f"passed: .build/gate/{git(repository, 'rev-parse', 'HEAD')}\n"

    def test_command_rejects_an_unknown_argument(self, repository: Path) -> None:
        with pytest.raises(SystemExit, match="error: `run` or `check`, not `chekc`"):
            main("chekc", repository)

    def test_command_rejects_in_one_line(self, repository: Path) -> None:
        with pytest.raises(SystemExit, match=r"^error: [^\n]+$"):
            main("check", repository)


class TestMakeDeploy:
    """The Makefile as it is, in a clone that says what would be deployed."""

    @pytest.fixture
    def clone(self, repository: Path) -> Path:
        for name in (
            "delivery/__init__.py",
            "delivery/gate.py",
            "Makefile",
            "requirements-dev.txt",
            "package.json",
        ):
            (repository / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, repository / name)
        told = 'import os, sys; print("deployed", *sys.argv[1:], os.environ.get("SKIP_CANARY_REASON", ""))'
        (repository / "delivery" / "deploy.py").write_text(f"{told}\n")
        for name in ("package.json", "package-lock.json", ".npmrc"):
            (repository / name).touch()
        (repository / ".gitignore").write_text(".build/\n.venv/\nnode_modules/\n__pycache__/\n")
        commit(repository)
        python = repository / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        shim(python, f'exec {shutil.which("python3")} "$@"')
        (repository / "node_modules").mkdir()
        (repository / ".venv" / ".installed").touch()
        (repository / "node_modules" / ".package-lock.json").touch()
        return repository

    def deploy(self, clone: Path, environment: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", "deploy", f"ENV={environment}", *more]
        env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=clone, env=env, capture_output=True, text=True, check=False, timeout=60
        )

    @pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
    def test_make_deploy_rejects_a_commit_without_its_record(self, clone: Path, environment: str) -> None:
        done = self.deploy(clone, environment)
        assert done.returncode != 0
        assert done.stdout == ""
        (told,) = (line for line in done.stderr.splitlines() if line.startswith("error: "))
        assert "no record of having passed the gate" in told

    def test_make_deploy_rejects_a_changed_work_tree(self, clone: Path) -> None:
        run(clone)
        with (clone / "Makefile").open("a") as file:
            file.write("# mine\n")
        done = self.deploy(clone, "prod")
        assert done.returncode != 0
        assert done.stdout == ""
        assert "error: uncommitted changes: Makefile; commit or stash them\n" in done.stderr

    def test_make_deploy_deploys_the_commit_that_passed(self, clone: Path) -> None:
        run(clone)
        done = self.deploy(clone, "dev")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == ["deployed", "dev"]

    def test_make_deploy_passes_on_why_a_deployment_cannot_wait(self, clone: Path) -> None:
        run(clone)
        done = self.deploy(clone, "prod", 'SKIP_CANARY_REASON=it\'s "down" $(HOME)')
        assert done.stdout == 'deployed prod it\'s "down" $(HOME)\n'


def shim(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
