"""`docs/environment.md`: every variable, parameter and output: name, type, unit, default, reader."""

import json
from typing import Any

from app.core.config import Settings
from codegen import parameters
from codegen.templates import ROOT, Template, resources, table, templates
from stacks.template_values import readable

PATH = ROOT / "docs" / "environment.md"

_APP = "the function"
_POWERTOOLS = {
    "POWERTOOLS_LOG_LEVEL": "The least severe level that is logged",
    "POWERTOOLS_METRICS_NAMESPACE": "CloudWatch namespace of the metrics",
    "POWERTOOLS_SERVICE_NAME": "`service` in every log line and metric",
}
_CONTRACT: dict[str, dict[str, str]] = json.loads(parameters.render())
# Readers of the published values besides the function.
_PARAMETER_READERS = {
    "api-url": "web and mobile teams, monitors",
    "table-name": "data and operations teams",
    "user-pool-client-id": "web and mobile teams",
    "user-pool-id": "web and mobile teams, operations",
}
_OUTPUT_READERS = {
    "ApiUrl": "`make local`, smoke tests after a deployment",
    "DeadLetterQueueUrl": "`make redrive`",
    "DomainTarget": "the owner of the DNS zone",
    "FunctionName": "`make local`, operations (logs)",
    "TableName": "`make local`, `make redrive`, operations",
    "UserPoolClientId": "`make local`, smoke tests after a deployment",
    "UserPoolId": "`make local`, smoke tests after a deployment",
}

_HEAD = """\
# Environment

Generated from the code and the templates of all environments by `make pages`; do not edit. A default that
differs by environment is listed for each; `${Name}` is a resource of the stack, by its logical id.
All of them are set by the deployment, from `cdk.json`; nothing here is secret.

## Environment variables of the function

"""
_PARAMETERS = """
## SSM parameters

The function reads those under `app/`, in one call; a change is in force within five minutes. A deployment
writes the default again only when `cdk.json` changes it.

"""
_OUTPUTS = """
## Stack outputs

"""


def render() -> str:
    """Return the page's text."""
    made = templates()
    return "".join(
        (
            _HEAD,
            table(("name", "type", "unit", "default", "who reads it", "meaning"), _variables(made)),
            _PARAMETERS,
            table(("name", "type", "unit", "default", "who reads it", "meaning"), _parameters(made)),
            _OUTPUTS,
            table(("name", "type", "unit", "value", "who reads it", "meaning"), _outputs(made)),
        )
    )


def _variables(made: dict[str, Template]) -> list[tuple[str, ...]]:
    set_by_stack = {
        name: next(iter(resources(template, "AWS::Lambda::Function").values()))["Environment"]["Variables"]
        for name, template in made.items()
    }
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    rows: list[tuple[str, ...]] = []
    for name in sorted({*fields, *set_by_stack["prod"]}):
        values = {each: readable(found[name]) for each, found in set_by_stack.items() if name in found}
        default = _by_environment(values) if values else "set by Lambda or by an emulator"
        reader = "aws-lambda-powertools" if name in _POWERTOOLS else _APP
        meaning = _POWERTOOLS.get(name) or fields[name].description or ""
        rows.append((f"`{name}`", "string", "", default, reader, meaning))
    return rows


def _parameters(made: dict[str, Template]) -> list[tuple[str, ...]]:
    by_name: dict[str, dict[str, str]] = {}
    meanings: dict[str, str] = {}
    for environment, template in made.items():
        for parameter in resources(template, "AWS::SSM::Parameter").values():
            name = parameter["Name"].removeprefix(f"/lifestyle-spaces/{environment}/")
            by_name.setdefault(name, {})[environment] = readable(parameter["Value"])
            meanings[name] = parameter["Description"]
    rows: list[tuple[str, ...]] = []
    for name, values in sorted(by_name.items()):
        schema = _CONTRACT.get(name.removeprefix("app/"))
        kind, unit = _type_and_unit(name, schema)
        reader = _APP if schema else _PARAMETER_READERS[name]
        path = f"`/lifestyle-spaces/<env>/{name}`"
        rows.append((path, kind, unit, _by_environment(values), reader, meanings[name]))
    return rows


def _type_and_unit(name: str, schema: dict[str, str] | None) -> tuple[str, str]:
    """The type and unit of a parameter's value; in SSM every parameter is a String."""
    if schema is None:
        return "string", "URL" if name.endswith("url") else ""
    return "whole number" if schema["type"] == "integer" else "string", schema["unit"]


def _outputs(made: dict[str, Template]) -> list[tuple[str, ...]]:
    outputs: dict[str, Any] = made["prod"]["Outputs"]
    return [
        (
            f"`{name}`",
            "string",
            "URL" if name.endswith("Url") else "",
            f"`{readable(output['Value'])}`",
            _OUTPUT_READERS[name],
            output["Description"],
        )
        for name, output in sorted(outputs.items())
    ]


def _by_environment(values: dict[str, str]) -> str:
    """One value if all environments have the same, else one for each."""
    if len(set(values.values())) == 1:
        return f"`{next(iter(values.values()))}`"
    return ", ".join(f"{environment} `{value}`" for environment, value in values.items())
