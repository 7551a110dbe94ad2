"""What `cdk synth` writes, of which a report is made; of any environment, at any revision."""

import io
import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from review.stack import Stack

ROOT = Path(__file__).parent.parent


class ReviewError(Exception):
    """There is nothing to report on. Its message is one line, for the terminal."""


@dataclass(frozen=True)
class Assembly:
    """One stack's template, and what the CDK wrote beside it.

    `findings` is the validation report's `pluginReports`. `protected` is termination protection, which is
    no part of a template: it is in the CDK's manifest.
    """

    name: str
    template: dict[str, Any]
    findings: list[dict[str, Any]]
    protected: bool
    template_bytes: int

    @cached_property
    def stack(self) -> Stack:
        """The template, to be asked."""
        return Stack(self.template)


def read(folder: Path, name: str) -> Assembly:
    """The only stack of a cloud assembly; `name` is what the report calls it."""
    artifacts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    (artifact,) = (each for each in artifacts.values() if each["type"] == "aws:cloudformation:stack")
    text = (folder / artifact["properties"]["templateFile"]).read_bytes()
    report = folder / "validation-report.json"  # not there where no rule pack ran
    return Assembly(
        name=name,
        template=json.loads(text),
        findings=json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.exists() else [],
        protected=artifact["properties"].get("terminationProtection", False),
        template_bytes=len(text),
    )


def read_template(path: Path) -> Assembly:
    """A template by itself, as `aws cloudformation get-template` gives it; its findings are not known.

    Termination protection is no part of it: it counts as off. Raises ReviewError where it is no template.
    """
    text = path.read_bytes()
    try:
        template = json.loads(text)
        template["Resources"].items()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{path} is no CloudFormation template in JSON") from error
    return Assembly(path.stem, template, [], protected=False, template_bytes=len(text))


def synthesise(environment: str, *, root: Path = ROOT, name: str | None = None) -> Assembly:
    """The environment as the sources under `root` make it, by the real `cdk synth`.

    Raises ReviewError, with the synth's own last words, where it fails.
    """
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        command = ["cdk", "synth", "--quiet", "--no-notices", "--output", folder, "-c", f"env={environment}"]
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False, env=_environment()
        )
        if done.returncode:
            raise ReviewError(f"cdk synth -c env={environment} failed: {done.stderr.strip()[-2000:]}")
        return read(Path(folder), name or environment)


def _environment() -> dict[str, str]:
    # Another revision must find its own packages, not those of this process.
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@contextmanager
def sources_at(revision: str, *, root: Path = ROOT) -> Iterator[Path]:
    """A folder with the sources as they were at a git revision, sharing what is built already.

    Raises ReviewError where git knows no such revision.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise ReviewError(f"{revision!r} is neither an environment nor a revision that git knows")
    archive = _git(root, "archive", "--format=zip", commit.decode().strip())
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        with zipfile.ZipFile(io.BytesIO(archive)) as sources:
            sources.extractall(folder)
        built = root / ".build"
        built.mkdir(exist_ok=True)
        # Assets are named by a hash of all that goes into them, so two revisions never mix there.
        (Path(folder) / ".build").symlink_to(built)
        yield Path(folder)


def _git(root: Path, *arguments: str) -> bytes:
    """What git answers; nothing where it refuses."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False).stdout  # noqa: S607
