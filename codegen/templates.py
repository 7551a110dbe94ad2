"""The templates of all environments, for the pages that are generated from them."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_

from stacks.backend_stack import BackendProps
from stacks.compliance import acknowledge_findings
from stacks.function import FunctionCode
from stacks.routes import load_routes
from stacks.settings import load_settings
from stacks.synth import add_stack
from stacks.target import Target

ROOT = Path(__file__).parent.parent

Template = dict[str, Any]


def templates() -> dict[str, Template]:
    """The template of each environment. No page depends on the code, so the asset is an arbitrary folder."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    routes = load_routes(ROOT / "contract" / "openapi.json")
    made = {}
    for name in context["environments"]:
        app = App(context=context)
        asset = lambda_.Code.from_asset(str(ROOT / "codegen"), exclude=["**"])
        code = FunctionCode(function=asset, layer=asset, target=Target((3, 13), "arm64", host=False))
        settings = load_settings(context["environments"], name)
        stack = add_stack(app, BackendProps(settings=settings, code=code, routes=routes))
        acknowledge_findings(stack)
        made[name] = app.synth().get_stack_by_name(stack.stack_name).template
    return made


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a CloudFormation type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
