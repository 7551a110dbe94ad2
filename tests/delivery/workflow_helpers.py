"""The workflows as GitHub reads them, with the questions that tests ask of them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"

Workflow = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as GitHub reads it: `on` is a word, not a truth."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> Workflow:
    found: Workflow = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe one)
    return found


WORKFLOWS = {path.stem: load(path) for path in sorted(FOLDER.glob("*.yml"))}
JOBS = {
    f"{name}/{job}": content
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = JOBS[job].get("steps", [])
    return found


def position(job: str, text: str) -> int:
    """Where in a job the one step stands that runs or uses this."""
    (found,) = (
        index
        for index, step in enumerate(steps(job))
        if text in (step.get("run", ""), step.get("uses", "").partition("@")[0], step.get("name", ""))
    )
    return found


def script(job: str, name: str) -> str:
    """What a step runs, by its name."""
    return str(steps(job)[position(job, name)]["run"])
