"""Dangerous and harmless changes of the prod template, each with the verdict that a reviewer needs.

The types and logical ids are those of the template; a mutation that finds nothing to change fails.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from review.verdicts import Danger

Template = dict[str, Any]
Edit = Callable[[Template], None]
FOREIGN = "999999999999"
LOSES, FAILS, WEAKENS, OPENS, EXPOSES, DISRUPTS, REDUCES, UNKNOWN, REPLACES, REMOVES, CHANGES, ADDS = Danger


@dataclass(frozen=True)
class Mutation:
    """One edit of a template. `why` is a part of the words that must stand beside the verdict."""

    name: str
    type: str
    edit: Edit
    danger: Danger
    why: str = ""

    def applied(self, template: Template) -> Template:
        """The template after the edit."""
        mutated = copy.deepcopy(template)
        self.edit(mutated)
        assert mutated != template, f"{self.name} keeps the state"
        return mutated


def find(template: Template, kind: str, part: str = "") -> dict[str, Any]:
    """The first resource of a type whose logical id has this part."""
    found: dict[str, Any] = next(
        entry
        for name, entry in template["Resources"].items()
        if entry["Type"] == f"AWS::{kind}" and part in name
    )
    return found


def change(kind: str, path: str, value: Any, *, part: str = "") -> Edit:
    """Give a property (names and positions, separated by dots) another value; None takes it away."""

    def edit(template: Template) -> None:
        *steps, last = path.split(".")
        target = find(template, kind, part)["Properties"]
        for step in steps:
            target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
        if value is None:
            del target[int(last) if isinstance(target, list) else last]
        elif isinstance(target, list):
            target[int(last)] = value
        else:
            target[last] = value

    return edit


def append(kind: str, path: str, value: Any, *, part: str = "") -> Edit:
    """Add an element to a list."""

    def edit(template: Template) -> None:
        target = find(template, kind, part)["Properties"]
        for step in path.split("."):
            target = target[int(step)] if isinstance(target, list) else target[step]
        target.append(value)

    return edit


def attribute(kind: str, name: str, value: Any, *, part: str = "") -> Edit:
    """Give an attribute beside the properties another value; None takes it away."""

    def edit(template: Template) -> None:
        entry = find(template, kind, part)
        if value is None:
            del entry[name]
        else:
            entry[name] = value

    return edit


def header(kind: str, name: str, value: str) -> Edit:
    """Set a header of an answer that the gateway gives by itself."""

    def edit(template: Template) -> None:
        found = find(template, kind)["Properties"]["ResponseParameters"]
        found[f"gatewayresponse.header.{name}"] = value

    return edit


def remove(kind: str, part: str = "") -> Edit:
    """Take a resource away."""

    def edit(template: Template) -> None:
        entry = find(template, kind, part)
        template["Resources"] = {k: v for k, v in template["Resources"].items() if v is not entry}

    return edit


def add(name: str, kind: str, **properties: Any) -> Edit:
    """Add a resource."""

    def edit(template: Template) -> None:
        template["Resources"][name] = {"Type": f"AWS::{kind}", "Properties": properties}

    return edit


def part(name: str, value: Any) -> Edit:
    """Set a part of the template beside its resources."""

    def edit(template: Template) -> None:
        template[name] = value

    return edit


def output(name: str, value: str) -> Edit:
    """Add an output."""

    def edit(template: Template) -> None:
        template["Outputs"] = {**template.get("Outputs", {}), name: {"Value": value}}

    return edit


def statement(action: str, key: str | None, value: Any = None, *, effect: str = "Allow") -> Edit:
    """Set an element of the function's statement on an action; None takes it away, or the statement."""

    def edit(template: Template) -> None:
        statements = find(template, "IAM::Policy")["Properties"]["PolicyDocument"]["Statement"]
        found = next(
            each for each in statements if action in str(each["Action"]) and each["Effect"] == effect
        )
        if key is None:
            statements.remove(found)
        elif value is None:
            del found[key]
        else:
            found[key] = value

    return edit


def several(*edits: Edit) -> Edit:
    """Make several edits at once."""

    def edit(template: Template) -> None:
        for each in edits:
            each(template)

    return edit


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any) -> dict[str, Any]:
    """A role's trust policy."""
    return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})


TABLE_ARN = {"Fn::GetAtt": ["Table", "Arn"]}
EVIL_ROOT = f"arn:aws:iam::{FOREIGN}:root"
LAMBDA = trust({"Service": "lambda.amazonaws.com"})
STATEMENTS = "PolicyDocument.Statement"
