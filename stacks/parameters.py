"""Parameter Store: what the app reads at run time, and what other teams read."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from stacks.settings import AppSettings


@dataclass(frozen=True, kw_only=True)
class ParametersProps:
    """What to publish under `prefix`, which starts but does not end with a slash: name, value, meaning."""

    prefix: str
    parameters: Iterable[tuple[str, str, str]]


class Parameters(Construct):
    """Plain strings only: this system has no secrets."""

    def __init__(self, scope: Construct, construct_id: str, *, props: ParametersProps) -> None:
        super().__init__(scope, construct_id)
        for name, value, description in props.parameters:
            ssm.StringParameter(
                self,
                name,
                parameter_name=f"{props.prefix}/{name}",
                string_value=value,
                description=description,
            )


def app_parameters(settings: AppSettings) -> Iterable[tuple[str, str, str]]:
    """What the app reads at run time: every field of its settings."""
    for name, field in AppSettings.model_fields.items():
        yield name, str(getattr(settings, name)), str(field.description)
