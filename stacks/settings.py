"""One environment's settings, from `cdk.json`, typed and validated.

Every value is explicit for every environment: a reader of `cdk.json` sees what is
deployed, and a missing or misspelt key fails the synth instead of deploying a default.
Only optional settings have a default, None (the CDK drops JSON's null).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from stacks.errors import ConfigurationError

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
GATEWAY_TIMEOUT_SECONDS = 29
SERVICE_NAME = "lifestyle-spaces"
STAGE_NAME = "live"  # of the gateway, and so part of its address

# The subset of CloudWatch Logs' retention periods that is useful here.
LogRetentionDays = Literal[1, 7, 14, 30, 90, 180, 365, 731]
HttpsUrl = Annotated[
    str,
    StringConstraints(pattern=r"^(https://[a-z0-9.-]+(:\d+)?|http://localhost(:\d+)?)$"),
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[a-z0-9.-]+$")]
# CodeDeploy's predefined configurations: 10 % for some minutes, then all traffic.
TrafficShift = Literal[
    "10_percent_for_5_minutes",
    "10_percent_for_10_minutes",
    "10_percent_for_15_minutes",
    "10_percent_for_30_minutes",
]
Positive = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]
Percent = Annotated[float, Field(gt=0, lt=100)]

# Generated from the app by `make openapi`.
_PARAMETERS: Mapping[str, Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "contract" / "parameters.json").read_text(encoding="utf-8")
)


def _parameter(name: str) -> Any:
    """A field of `AppSettings` with the description and the bounds that the app gives it."""
    schema = _PARAMETERS[name]
    return Field(
        description=schema["description"],
        ge=schema.get("minimum"),
        le=schema.get("maximum"),
        pattern=schema.get("pattern"),
    )


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataSettings(_Section):
    """The table and the user pool, which store user data."""

    protected: bool = Field(description="RETAIN and deletion protection on table and user pool")
    point_in_time_recovery: bool
    customer_managed_key: bool = Field(description="a customer managed KMS key for table and dead letters")


class LogSettings(_Section):
    """The function's log and the gateway's access log."""

    protected: bool = Field(description="RETAIN: the log groups are kept when the stack is deleted")
    retention_days: LogRetentionDays


class Canary(_Section):
    """How a new version takes over the alias, and the limits that roll it back."""

    shift: TrafficShift
    max_errors: NotNegative = Field(description="of the new version, in one minute")
    max_p99_ms: Positive = Field(description="of all requests during the shift, in three of five minutes")


class FunctionSettings(_Section):
    """The Lambda function. `host` means: as the interpreter that runs the synth."""

    runtime: Literal["python3.13", "host"]
    architecture: Literal["arm64", "x86_64", "host"]
    memory_mb: Annotated[int, Field(ge=128, le=10_240)]
    timeout_seconds: Annotated[int, Field(ge=1, lt=GATEWAY_TIMEOUT_SECONDS)]
    snap_start: bool
    reserved_concurrency: Positive | None = Field(default=None, description="omitted: not reserved")
    tracing: bool
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"]
    canary: Canary | None = Field(default=None, description="omitted: all traffic at once")
    description: str | None = Field(
        default=None, max_length=256, description="set only by `Settings.without_canary`"
    )


class Throttle(_Section):
    """A token bucket at the gateway."""

    rate_per_second: Annotated[float, Field(gt=0)]
    burst: Positive


class WebAcl(_Section):
    """AWS's managed rules and a rate limit, in front of the gateway."""

    # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
    requests_per_address: Annotated[int, Field(ge=10, le=2_000_000_000, description="in five minutes")]


class Domain(_Section):
    """The custom domain of the API. Its DNS record points to the output `DomainTarget`."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    certificate_arn: Annotated[
        str,
        StringConstraints(pattern=r"^arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+$"),
        Field(description="issued, in the region of the stack"),
    ]
    exclusive: bool = Field(
        description="whether the default endpoint is disabled; only once DNS points to this domain"
    )


class GatewaySettings(_Section):
    """The REST API."""

    throttle: Throttle = Field(description="of each route without a throttle of its own")
    route_throttles: dict[str, Throttle] = Field(description="by `METHOD /path`")
    cors_origin: HttpsUrl
    emulator_id: str | None = Field(
        default=None, description="a stable API id, supported by the AWS emulator only"
    )
    owns_account_log_role: bool = Field(
        description="whether this stack sets the account-wide role with which API Gateway writes its logs"
    )
    web_acl: WebAcl | None = Field(default=None, description="omitted: no web application firewall")
    domain: Domain | None = Field(default=None, description="omitted: the default endpoint")


class IdentitySettings(_Section):
    """The user pool's sign-in."""

    mfa: Literal["off", "optional"]
    password_flow: bool = Field(description="whether a client may send the password itself instead of SRP")
    id_token_minutes: Annotated[int, Field(ge=5, le=1440)]
    access_token_minutes: Annotated[int, Field(ge=5, le=1440)]
    refresh_token_days: Annotated[int, Field(ge=1, le=3650)]
    # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
    ses_identity: str | None = Field(
        default=None,
        description="verified with SES, for sign-up mail; omitted: Cognito's own, 50 a day",
    )


class BackgroundSettings(_Section):
    """How the table's stream delivers the outbox's messages."""

    batch_size: Annotated[int, Field(ge=1, le=100, description="messages per invocation")]
    window_seconds: Annotated[int, Field(ge=0, le=10, description="to wait for a batch to fill")]
    parallelization: Annotated[int, Field(ge=1, le=10, description="concurrent invocations per stream shard")]


class AlarmSettings(_Section):
    """The thresholds of the alarms, and whom to notify. Without a threshold there is no alarm."""

    emails: list[Email] = Field(description="each must confirm its subscription once")
    function_errors: NotNegative | None = Field(default=None, description="in five minutes")
    function_p99_ms: Positive | None = None
    function_throttles: NotNegative | None = Field(default=None, description="in five minutes")
    client_error_percent: Percent | None = Field(default=None, description="of answers that are 4xx")
    server_error_percent: Percent | None = Field(default=None, description="of answers that are 5xx")
    rate_from_requests: Positive = Field(description="in five minutes; with fewer, the rates count as 0")
    table_throttles: NotNegative | None = Field(default=None, description="in five minutes")
    stream_age_seconds: Positive | None = Field(default=None, description="iterator age of the stream")
    dead_letters: NotNegative | None = Field(default=None, description="messages in the queue")
    mail_refusals: NotNegative | None = Field(
        default=None, description="rejected permanently, in five minutes"
    )
    audit_changes: NotNegative | None = Field(
        default=None, description="changed or deleted audit events in five minutes"
    )
    monthly_budget_usd: Positive | None = Field(default=None, description="omitted: no budget")


class AppSettings(_Section):
    """What the app reads at run time, from Parameter Store; described by the app itself."""

    web_url: str = _parameter("web_url")
    invite_code_days: int = _parameter("invite_code_days")
    invitation_days: int = _parameter("invitation_days")
    max_invitations_per_day: int = _parameter("max_invitations_per_day")
    max_invitations_per_sender_per_day: int = _parameter("max_invitations_per_sender_per_day")
    max_mails_per_recipient_per_day: int = _parameter("max_mails_per_recipient_per_day")
    max_spaces_per_user: int = _parameter("max_spaces_per_user")
    max_members_per_space: int = _parameter("max_members_per_space")
    max_trackers_per_space: int = _parameter("max_trackers_per_space")
    mail_sender: str = _parameter("mail_sender")
    mail_delivery: str = _parameter("mail_delivery")


class Settings(_Section):
    """All settings of one environment."""

    name: str
    data: DataSettings
    logs: LogSettings
    function: FunctionSettings
    gateway: GatewaySettings
    identity: IdentitySettings
    background: BackgroundSettings
    alarms: AlarmSettings
    app: AppSettings

    @model_validator(mode="after")
    def _sender_belongs_to_its_identity(self) -> Self:
        identity, sender = self.identity.ses_identity, self.app.mail_sender
        if identity is None or sender == identity:
            return self
        if not f".{sender.partition('@')[2]}".endswith(f".{identity}"):
            raise ValueError(f"app.mail_sender {sender} is no address of identity.ses_identity {identity}")
        return self

    def first_deployment(self) -> "Settings":
        """The same settings without protection: the rollback of a failed first deployment deletes everything.

        There is no data yet. The deployment that follows at once adds the protection.
        """
        return self.model_copy(
            update={
                "data": self.data.model_copy(update={"protected": False}),
                "logs": self.logs.model_copy(update={"protected": False}),
            }
        )

    def without_canary(self, reason: str) -> "Settings":
        """The same settings for one urgent deployment: a new version that takes all traffic at once.

        The reason becomes the function's description. So a new version is published even if CloudFormation
        finds no other change of the function, as when another table was imported as `Table`.
        """
        function = self.function.model_copy(update={"canary": None, "description": reason})
        return self.model_copy(update={"function": function})

    @property
    def parameter_prefix(self) -> str:
        """The path prefix of all SSM parameters of this environment."""
        return f"/lifestyle-spaces/{self.name}"


def stack_name(environment: str) -> str:
    """The name of an environment's stack, which is also the prefix of its resources' names."""
    return f"LifestyleSpaces-{environment}"


def stack_tags(environment: str) -> dict[str, str]:
    """What all resources of an environment are tagged with, as far as their type has tags."""
    return {"Project": SERVICE_NAME, "Environment": environment}


def load_settings(environments: object, name: object) -> Settings:
    """Pick and validate one environment.

    `environments` and `name` are the CDK context values `environments` and `env`.

    Raises ConfigurationError with one line that names the environment, the key and the fault.
    """
    if not isinstance(environments, Mapping) or not environments:
        raise ConfigurationError("no environments found: run this through the cdk command, beside cdk.json")
    known = ", ".join(environments)
    if name is None:
        raise ConfigurationError(f"no environment chosen: add -c env=NAME, with NAME one of {known}")
    if name not in environments:
        raise ConfigurationError(f"unknown environment {name!r}: choose one of {known}")
    values = environments[name]
    if not isinstance(values, Mapping):
        raise ConfigurationError(f"cdk.json, environment {name!r}: expected an object of settings")
    try:
        return Settings.model_validate({**values, "name": name})
    except ValidationError as error:
        raise ConfigurationError(f"cdk.json, environment {name!r}: {_faults(error)}") from None


def _faults(error: ValidationError) -> str:
    """All faults on one line, each as `path.to.key: what is wrong`."""
    faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return "; ".join(faults)
