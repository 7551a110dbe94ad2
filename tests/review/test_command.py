"""`make review`, with the real `cdk synth` and the real git, on a small project of the same form."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from review.__main__ import main, write
from review.assembly import ReviewError, sources_at, synthesise
from tests.review.review_helpers import Entry, resource

APP = """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb

app = App()
name = app.node.try_get_context("env")
if name not in ("prod", "dev"):
    raise SystemExit("error: unknown environment")
stack = Stack(app, name, termination_protection=name == "prod", description=f"A small {name}")
string = dynamodb.AttributeType.STRING
key = dynamodb.Attribute(name="KEY", type=string)
dynamodb.Table(stack, "Table", partition_key=key, removal_policy=RemovalPolicy.DESTROY)
app.synth()
"""


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    command = ["git", *names, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits: the table's key was `ID` and is `PK`; and a change that is not committed."""
    folder = tmp_path_factory.mktemp("project")
    config = {"app": f"{sys.executable} app.py", "context": {"environments": {"prod": {}, "dev": {}}}}
    (folder / "cdk.json").write_text(json.dumps(config), encoding="utf-8")
    git(folder, "init", "--quiet")
    for key in ("ID", "PK"):
        (folder / "app.py").write_text(APP.replace("KEY", key), encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", key)
    return folder


class TestReview:
    def test_report_is_written_in_every_form(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write("prod", "dev", root=project)
        assert capsys.readouterr().out.splitlines() == [
            f"reports/prod.{suffix}" for suffix in ("html", "md", "json", "sarif")
        ]
        assert "<h1>A small prod</h1>" in (project / "reports" / "prod.html").read_text(encoding="utf-8")
        text = (project / "reports" / "prod.md").read_text(encoding="utf-8")
        assert "## What differs from dev" in text
        assert "`termination protection` | `false` | `true`" in text

    def test_revision_is_compared_with_what_changed_since(self, project: Path) -> None:
        write("dev", "HEAD~1", root=project)
        text = (project / "reports" / "dev.md").read_text(encoding="utf-8")
        assert "## What differs from dev at HEAD~1" in text
        assert "**loses data** replaced by an empty one; the old one is deleted" in text

    def test_report_without_comparison_has_no_difference(self, project: Path) -> None:
        write("prod", root=project)
        assert "What differs" not in (project / "reports" / "prod.md").read_text(encoding="utf-8")


class TestFailOn:
    @staticmethod
    def templates(folder: Path, **resources: Entry) -> tuple[str, str]:
        """A template with a log group, and one with other resources too."""
        log = {"Log": resource("Logs::LogGroup")}
        for name, held in (("before", log), ("after", log | resources)):
            (folder / f"{name}.json").write_text(json.dumps({"Resources": held}), encoding="utf-8")
        return str(folder / "after.json"), str(folder / "before.json")

    @pytest.mark.parametrize(
        ("kind", "limit", "status"),
        [
            ("Lambda::Url", "opens", 3),
            ("Lambda::Url", "weakens-protection", 0),
            ("SNS::Topic", "opens", 0),
            ("SNS::Topic", "adds", 3),
            ("EC2::Instance", "loses-data", 3),
        ],
    )
    def test_status_tells_a_danger_or_what_cannot_be_told(
        self, tmp_path: Path, kind: str, limit: str, status: int
    ) -> None:
        after, before = self.templates(tmp_path, One=resource(kind))
        assert main([after, before, "--fail-on", limit], root=tmp_path) == status

    def test_failing_differences_are_printed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        after, before = self.templates(tmp_path, One=resource("Lambda::Url", AuthType="NONE"))
        main([after, before, "--fail-on", "opens"], root=tmp_path)
        assert capsys.readouterr().err == (
            "opens: function URL `One`: anyone on the internet may call the function\n"
        )

    def test_status_is_zero_without_limit(self, tmp_path: Path) -> None:
        after, before = self.templates(tmp_path, One=resource("Lambda::Url"))
        assert main([after, before], root=tmp_path) == 0

    def test_limit_without_comparison_is_rejected(self, tmp_path: Path) -> None:
        after, _ = self.templates(tmp_path)
        with pytest.raises(SystemExit):
            main([after, "--fail-on", "opens"], root=tmp_path)

    @pytest.mark.parametrize("text", ["[]", "{}", "nothing"])
    def test_file_that_is_no_template_is_rejected(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "x.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ReviewError, match=r"x\.json is no CloudFormation template in JSON"):
            main([str(path)], root=tmp_path)


class TestSources:
    def test_unknown_revision_is_rejected(self, project: Path) -> None:
        with (
            pytest.raises(
                ReviewError, match=r"'nowhere' is neither an environment nor a revision that git knows"
            ),
            sources_at("nowhere", root=project),
        ):
            pass

    def test_git_option_is_no_revision(self, project: Path) -> None:
        with pytest.raises(ReviewError), sources_at("--output=x", root=project):
            pass
        assert not (project / "x").exists()


class TestSynth:
    def test_failed_synth_says_why(self, project: Path) -> None:
        with pytest.raises(ReviewError, match=r"cdk synth -c env=staging failed: (.|\n)*unknown environment"):
            synthesise("staging", root=project)

    def test_failed_synth_ends_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "argv", ["review", "nowhere"])
        monkeypatch.delitem(sys.modules, "review.__main__")
        with pytest.raises(
            SystemExit, match=r"error: cdk synth -c env=nowhere failed: (.|\n)*unknown environment"
        ):
            runpy.run_module("review", run_name="__main__")

    def test_sources_without_git_have_no_revision(self, project: Path, tmp_path: Path) -> None:
        for name in ("app.py", "cdk.json"):
            (tmp_path / name).write_bytes((project / name).read_bytes())
        write("dev", root=tmp_path)
        assert "at `no revision`" in (tmp_path / "reports" / "dev.md").read_text(encoding="utf-8")
