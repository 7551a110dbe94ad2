"""The pages for operators, as tests read them: their commands of the AWS CLI and their queries."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.client import BaseClient
from botocore.model import Shape

DOCS = Path(__file__).parents[1] / "docs"
RUNBOOK = DOCS / "runbook"
DISASTER_RECOVERY = DOCS / "disaster-recovery.md"

# What the CLI calls otherwise than the SDK does.
_SERVICES = {"deploy": "codedeploy"}
_OF_THE_CLI = {"--query", "--output", "--max-items"}
_COMMAND = re.compile(r"\baws ([a-z][a-z0-9-]*) ([a-z][a-z0-9-]*)")


@dataclass(frozen=True)
class Command:
    """One command of the AWS CLI: `aws SERVICE OPERATION --option ...`."""

    service: str
    operation: str
    options: frozenset[str]

    def faults(self) -> list[str]:
        """What the AWS CLI would say to it: unknown operation, unknown or missing options."""
        model = _session().get_service_model(_SERVICES.get(self.service, self.service))
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        if self.operation not in operations:
            return [f"aws {self.service} has no {self.operation}"]
        shape: Any = model.operation_model(operations[self.operation]).input_shape
        known = {f"--{xform_name(name, '-')}" for name in shape.members}
        required = {f"--{xform_name(name, '-')}" for name in shape.required_members}
        flags = {f"--no-{name[2:]}" for name in known}
        unknown = self.options - known - flags - _OF_THE_CLI
        return [f"unknown {name}" for name in unknown] + [f"no {name}" for name in required - self.options]


def blocks(text: str, kind: str) -> Iterator[str]:
    """The fenced blocks of a kind, also those that are indented below a list's item."""
    for match in re.finditer(rf"^( *)```{kind}\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL):
        yield re.sub(rf"^{match[1]}", "", match[2], flags=re.MULTILINE)


def lines(text: str) -> Iterator[str]:
    """What is typed at the prompts of the `console` blocks, each on one line."""
    for block in blocks(text, "console"):
        for line in block.replace("\\\n", " ").splitlines():
            yield line.removeprefix("$ ")


def commands(text: str) -> Iterator[Command]:
    """Every command of the AWS CLI, also inside of another's `$(...)`. Waiters are left out."""
    for line in lines(text):
        found = list(_COMMAND.finditer(line))
        for match, following in zip_longest(found, found[1:]):
            if match[2] != "wait":
                own = line[match.end() : following.start() if following else None]
                options = re.findall(r"(?<=\s)--[a-z][a-z-]*", own)
                yield Command(match[1], match[2], frozenset(options))


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its rank."""
    (found,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return str(found)


def run(client: BaseClient, line: str, variables: Mapping[str, str]) -> Any:
    """Do by the SDK what a line would do by the CLI, with the shell's variables given."""
    for name, value in variables.items():
        line = line.replace(f"${name}", value)
    _, _, operation, *words = shlex.split(line, comments=True)
    if operation == "wait":
        return client.get_waiter(words[0].replace("-", "_")).wait(TableName=words[2])
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    return getattr(client, method)(**_arguments(model.input_shape, words))


def _arguments(shape: Any, words: list[str]) -> dict[str, Any]:
    members = {f"--{xform_name(name, '-')}": (name, member) for name, member in shape.members.items()}
    arguments = {}
    remaining = iter(words)
    for option in remaining:
        name, member = members[option]
        arguments[name] = True if member.type_name == "boolean" else _value(member, next(remaining))
    return arguments


def _value(shape: Shape, text: str) -> Any:
    """A string, or a structure in the CLI's shorthand: `A=true,B=x`."""
    if shape.type_name != "structure":
        return text
    parts = dict(part.split("=", 1) for part in text.split(","))
    return {name: {"true": True, "false": False}.get(value, value) for name, value in parts.items()}


def _session() -> botocore.session.Session:
    return botocore.session.Session({"config_file": (None, None, "/dev/null", None)})
