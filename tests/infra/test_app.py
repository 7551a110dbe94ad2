"""`app.py` as the CDK CLI runs it: a process of its own that gets its context by environment."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from stacks import synth
from stacks.errors import ConfigurationError
from stacks.synth import build_app
from tests.infra.stack_helpers import CONTEXT, ROOT, Backend
from tests.infra.test_bundling import wheel


def run_app(context: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context)}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")], env=environment, capture_output=True, text=True, check=False
    )


def with_fault(section: str, key: str, value: object) -> dict[str, Any]:
    context = copy.deepcopy(CONTEXT)
    context["environments"]["dev"][section][key] = value
    return {**context, "env": "dev"}


class TestFaults:
    @pytest.mark.parametrize(
        ("context", "line"),
        [
            (
                {**CONTEXT, "env": "nonsense"},
                "error: unknown environment 'nonsense': choose one of local, dev, staging, prod",
            ),
            (
                CONTEXT,
                "error: no environment chosen: add -c env=NAME, with NAME one of local, dev, staging, prod",
            ),
            (
                with_fault("data", "protect", True),
                "error: cdk.json, environment 'dev': data.protect: Extra inputs are not permitted",
            ),
            (
                with_fault("function", "memory_mb", "512"),
                "error: cdk.json, environment 'dev': function.memory_mb: Input should be a valid integer",
            ),
        ],
        ids=["unknown environment", "no environment", "unknown key", "wrong type"],
    )
    def test_faults_are_one_line_and_a_failure(self, context: dict[str, Any], line: str) -> None:
        ran = run_app(context)
        assert ran.returncode == 1
        # Node's own warnings about its version come through jsii and start with `b'`.
        assert [each for each in ran.stderr.splitlines() if not each.startswith("b'")] == [line]


class TestBuildApp:
    def test_build_app_makes_one_stack_of_sources_routes_and_settings(self, tmp_path: Path) -> None:
        (tmp_path / "lambda_src").mkdir()
        (tmp_path / "lambda_src" / "lambda_handler.py").write_text("handler = print\n", encoding="utf-8")
        wheel(tmp_path).rename(tmp_path / "lambda_src" / "requirements.txt")
        (tmp_path / "contract").mkdir()
        (tmp_path / "contract" / "openapi.json").write_bytes(
            (ROOT / "contract" / "openapi.json").read_bytes()
        )
        reasons: tuple[dict[str, str], ...] = (
            {},
            {"skip_canary_reason": "it is down"},
            {"first_deployment": "true"},
        )
        for reason in reasons:
            app = App(context={**CONTEXT, "env": "local", **reason}, outdir=str(tmp_path / "out"))
            build_app(tmp_path, app)
            (stack,) = app.synth().stacks
            assert stack.stack_name == "LifestyleSpaces-local"
            function = Backend(stack.template).properties("Lambda::Function")
            assert function.get("Description") == reason.get("skip_canary_reason")
        assert {path.name.split("-")[0] for path in (tmp_path / ".build").iterdir()} == {"function", "layer"}

    def test_build_app_rejects_to_build_without_bytecode(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(synth, "matching_interpreter", lambda target: None)
        app = App(context={**CONTEXT, "env": "prod"})
        with pytest.raises(
            ConfigurationError, match=r"no Python 3\.13 here to compile for python3\.13 on arm64"
        ):
            build_app(ROOT, app)
