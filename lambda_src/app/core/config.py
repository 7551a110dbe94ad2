"""Configuration: environment variables set by the deployment, SSM parameters set by operators.

Both are read once. Environment variables live as long as the environment. Parameters are fetched on
the first request that asks (never while the module loads, so a SnapStart restore starts fresh) and
kept for `PARAMETERS_MAX_AGE_S` seconds: a changed parameter takes effect everywhere within that time.
"""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import ServiceUnavailable
from app.core.model import Model
from app.core.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

PARAMETERS_MAX_AGE_S = 300


class Settings(BaseModel):
    """The function's environment. Each field is the variable of its name in upper case."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    environment: Annotated[str, Field(description="Name of the environment, as `/health` answers it")]
    parameter_prefix: Annotated[str, Field(description="Where this environment's SSM parameters begin")]
    table_name: Annotated[str, Field(description="The DynamoDB table")]
    user_pool_id: Annotated[str, Field(description="The Cognito user pool whose tokens are accepted")]
    user_pool_client_id: Annotated[str, Field(description="The app client that tokens must be made for")]
    dead_letter_queue_url: Annotated[
        str, Field(description="The SQS queue of the background work that nobody tries any more")
    ]
    cors_origin: Annotated[str, Field(description="The one browser origin that may call the API")]
    aws_region: Annotated[str, Field(description="Set by Lambda; part of the token issuer's name")]
    aws_endpoint_url: Annotated[
        str | None, Field(description="Set by an AWS emulator only; the AWS SDK reads it too")
    ] = None
    aws_endpoint_url_dynamodb: Annotated[
        str | None, Field(description="Where DynamoDB is, if not where the other services are")
    ] = None
    aws_ca_bundle: Annotated[
        str | None,
        Field(description="A file of certificate authorities to trust instead of the system's"),
    ] = None

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the process's environment.

        Raises:
            pydantic.ValidationError: a variable is missing.
        """
        named = {name: os.environ.get(name.upper()) for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in named.items() if value is not None})

    @property
    def token_issuer(self) -> str:
        """The `iss` of every token of this pool."""
        return f"https://cognito-idp.{self.aws_region}.amazonaws.com/{self.user_pool_id}"

    @property
    def token_keys_url(self) -> str:
        """Where the pool publishes its public keys (JWKS)."""
        issuer = (
            f"{self.aws_endpoint_url}/{self.user_pool_id}" if self.aws_endpoint_url else self.token_issuer
        )
        return f"{issuer}/.well-known/jwks.json"


class Parameters(Model):
    """What operators may change without a deployment: SSM parameters `<prefix>/app/<field>`.

    This is the only description of their bounds and units. `contract/parameters.json` is generated from here;
    the stacks and `docs/environment.md` read that. A `maximum` is for deployments alone: were it enforced
    here too, a larger value that an operator set would fail every request that asks for a parameter.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    web_url: str = Field(
        pattern=r"^(https://[a-z0-9.-]+(:\d+)?|http://localhost(:\d+)?)(/\S*)?$",
        description="Base URL of the front end, for the links in invitations",
        json_schema_extra={"unit": "URL"},
    )
    invite_code_days: int = Field(
        ge=1, description="Days until an invite code expires", json_schema_extra={"unit": "days"}
    )
    invitation_days: int = Field(
        ge=1, description="Days until an invitation by e-mail expires", json_schema_extra={"unit": "days"}
    )
    max_invitations_per_day: int = Field(
        ge=1,
        description="Addresses that may be invited to one space or organization a day",
        json_schema_extra={"unit": "addresses"},
    )
    # Defaults, as a stack that was deployed before these parameters does not have them yet.
    max_invitations_per_sender_per_day: int = Field(
        default=200,
        ge=1,
        description="Addresses that one user may invite a day, over all spaces and organizations",
        json_schema_extra={"unit": "addresses"},
    )
    max_mails_per_recipient_per_day: int = Field(
        default=20,
        ge=1,
        description="Mails that one address gets in 24 hours, from all senders",
        json_schema_extra={"unit": "mails"},
    )
    max_spaces_per_user: int = Field(
        ge=1,
        description="Spaces that one user may be in",
        json_schema_extra={"maximum": 100, "unit": "spaces"},
    )
    max_members_per_space: int = Field(
        ge=1,
        description="Members that one space may have",
        json_schema_extra={"maximum": 1000, "unit": "members"},
    )
    max_trackers_per_space: int = Field(
        ge=1,
        description="Goals and habits that one space may have",
        json_schema_extra={"maximum": 200, "unit": "goals and habits"},
    )
    mail_sender: str = Field(
        pattern=r"^[^@\s]+@[a-z0-9.-]+$",
        description="The address that mail is sent from",
        json_schema_extra={"unit": "e-mail address"},
    )
    mail_delivery: str = Field(
        pattern="^(send|log)$",
        description="`log` sends no mail and only logs that there is one",
        json_schema_extra={"unit": "`send` or `log`"},
    )

    def link(self, path: str) -> str:
        """The address of a page of the front end."""
        return f"{self.web_url.rstrip('/')}/{path}"


ParameterSource = Callable[[], Parameters]


def ssm_parameters(
    client: Callable[[], "SSMClient"], prefix: str, *, monotonic: Callable[[], float] = time.monotonic
) -> ParameterSource:
    """A source that reads `<prefix>/app/*` and caches the values (see the module's docstring).

    If SSM cannot be read again later, the source returns the last values, however old.

    The source raises:
        pydantic.ValidationError: a parameter is missing or malformed.
        ServiceUnavailable: SSM could never be read.
    """
    parameters: Parameters | None = None
    read_at = 0.0

    def read() -> Parameters:
        nonlocal parameters, read_at
        if parameters is None or monotonic() - read_at >= PARAMETERS_MAX_AGE_S:
            try:
                parameters = Parameters.model_validate(_values_below(client(), f"{prefix}/app"))
            except (BotoCoreError, ClientError) as error:
                logger.warning("parameters.stale" if parameters else "parameters.unreadable", exc_info=True)
                if parameters is None:
                    raise ServiceUnavailable("The parameters cannot be read", retry_after_s=1) from error
            read_at = monotonic()
        return parameters

    return read


def _values_below(client: "SSMClient", path: str) -> dict[str, str]:
    """The values of the parameters directly below the path, by the last part of their names."""
    pages = client.get_paginator("get_parameters_by_path").paginate(Path=path)
    return {
        parameter["Name"].removeprefix(f"{path}/"): parameter["Value"]
        for page in pages
        for parameter in page["Parameters"]
    }
