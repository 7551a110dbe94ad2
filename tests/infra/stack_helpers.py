"""The stack as the tests look at it: synthesised in this process, without building assets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from stacks.backend_stack import BackendProps, BackendStack
from stacks.compliance import acknowledge_findings
from stacks.function import FunctionCode
from stacks.routes import Route, load_routes
from stacks.settings import Settings, load_settings
from stacks.synth import add_stack
from stacks.target import Target

ROOT = Path(__file__).parents[2]
CONTEXT: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
ENVIRONMENTS: Mapping[str, Mapping[str, Any]] = CONTEXT["environments"]
ROUTES = load_routes(ROOT / "contract" / "openapi.json")
# What no environment of `cdk.json` has, as it needs an account's own certificate.
DOMAIN = {
    "name": "api.lifestyle-spaces.example",
    "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "exclusive": True,
}
# One target for every environment, so that `local` looks the same on every host.
TARGET = Target((3, 13), "arm64", host=False)

Resource = dict[str, Any]


@dataclass(frozen=True)
class Backend:
    """One environment's template, with the questions that tests ask of it."""

    template: dict[str, Any]

    def all(self, kind: str) -> dict[str, Resource]:
        """Every resource of a CloudFormation type, by logical id."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def one(self, kind: str) -> Resource:
        """The only resource of a type."""
        (resource,) = self.all(kind).values()
        return resource

    def properties(self, kind: str) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        properties: dict[str, Any] = self.one(kind)["Properties"]
        return properties

    def methods(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Path, HTTP method and properties of every method of the API."""
        resources = self.all("ApiGateway::Resource")

        def path(reference: dict[str, Any]) -> str:
            name = reference.get("Ref")
            if name not in resources:
                return ""
            properties = resources[name]["Properties"]
            return f"{path(properties['ParentId'])}/{properties['PathPart']}"

        for method in self.all("ApiGateway::Method").values():
            properties = method["Properties"]
            yield path(properties["ResourceId"]), properties["HttpMethod"], properties

    def statements(self) -> list[dict[str, Any]]:
        """Every statement of every policy of a role."""
        return [
            statement
            for policy in self.all("IAM::Policy").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]


def changed(name: str, **sections: Mapping[str, Any]) -> Settings:
    """An environment's settings with some keys of some sections replaced."""
    values = {key: section | sections.get(key, {}) for key, section in ENVIRONMENTS[name].items()}
    return load_settings({name: values}, name)


def make_stack(
    settings: Settings,
    *,
    routes: tuple[Route, ...] = ROUTES,
    outdir: Path | None = None,
    acknowledged: bool = True,
) -> tuple[App, BackendStack]:
    """The stack in an app of its own, with any small folder in place of the real assets."""
    app = App(context=CONTEXT, outdir=None if outdir is None else str(outdir), analytics_reporting=False)
    code = lambda_.Code.from_asset(str(ROOT / "tests" / "infra"), exclude=["**"])
    function = FunctionCode(function=code, layer=code, target=TARGET)
    stack = add_stack(app, BackendProps(settings=settings, code=function, routes=routes))
    if acknowledged:
        acknowledge_findings(stack)
    return app, stack


def synthesise(settings: Settings, *, routes: tuple[Route, ...] = ROUTES) -> Backend:
    """The template that these settings make."""
    _, stack = make_stack(settings, routes=routes)
    return Backend(dict(Template.from_stack(stack).to_json()))


@cache
def backend(name: str) -> Backend:
    """The template of an environment of `cdk.json`, made once a session."""
    return synthesise(load_settings(ENVIRONMENTS, name))
