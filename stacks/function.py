"""The Lambda function, its layer, log group, role and alias."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.data import INDEX_NAME
from stacks.log_group import log_group
from stacks.settings import FunctionSettings, LogSettings
from stacks.target import Target

ALIAS_NAME = "live"
HANDLER = "lambda_handler.handler"

# The actions on the table that the app calls; transactions are authorised item by item.
# `docs/iam.md` has the reason for each. No Scan.
INDEXED_TABLE_ACTIONS = ("dynamodb:Query",)
TABLE_ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
# Outside of transactions the role cannot change or delete audit events, even by a bug. For transactions AWS
# does not document what `dynamodb:LeadingKeys` holds, so the denial must not apply there: a transaction that
# puts an audit event and updates other items would depend on it. See docs/adr/0032.
AUDIT_KEYS = "AUDIT#*"
DENIED_AUDIT_ACTIONS = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem")
# Actions of DynamoDB and SQS on a key, with the caller's permissions.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
KEY_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
KEY_USERS = ("dynamodb", "sqs")


@dataclass(frozen=True, kw_only=True)
class FunctionCode:
    """The code and its layer, and the platform that they were built for."""

    function: lambda_.Code
    layer: lambda_.Code
    target: Target


@dataclass(frozen=True, kw_only=True)
class FunctionProps:
    """The function's settings, code and resources; `environment` is passed on unchanged."""

    settings: FunctionSettings
    logs: LogSettings
    code: FunctionCode
    environment: Mapping[str, str]
    table: dynamodb.Table
    key: kms.Key | None
    app_parameter_path: str


class Function(Construct):
    """All backend logic. Callers go through `alias`, never through `$LATEST`."""

    def __init__(self, scope: Construct, construct_id: str, *, props: FunctionProps) -> None:
        super().__init__(scope, construct_id)
        settings = props.settings
        target = props.code.target
        runtime = lambda_.Runtime(target.runtime, lambda_.RuntimeFamily.PYTHON, supports_snap_start=True)
        architecture = _ARCHITECTURES[target.architecture]
        log = log_group(self, "Log", settings=props.logs)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime,
            architecture=architecture,
            code=props.code.function,
            handler=HANDLER,
            description=settings.description,
            layers=[self._dependencies(props.code.layer, runtime, architecture)],
            role=self.role,
            environment=dict(props.environment),
            memory_size=settings.memory_mb,
            timeout=Duration.seconds(settings.timeout_seconds),
            reserved_concurrent_executions=settings.reserved_concurrency,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if settings.snap_start else None,
            tracing=lambda_.Tracing.ACTIVE if settings.tracing else lambda_.Tracing.DISABLED,
            log_group=log,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[settings.log_level],
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
        )
        _silence_redundant_dependency(self.function)
        self._grant_table(props.table)
        if props.key is not None:
            self._grant_key(props.key)
        self._grant_parameters(props.app_parameter_path)
        self.alias = lambda_.Alias(self, "Live", alias_name=ALIAS_NAME, version=self.function.current_version)

    def _dependencies(
        self, code: lambda_.Code, runtime: lambda_.Runtime, architecture: lambda_.Architecture
    ) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            "Dependencies",
            code=code,
            compatible_runtimes=[runtime],
            compatible_architectures=[architecture],
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _grant_table(self, table: dynamodb.Table) -> None:
        # Not `table.grant(...)`: it allows every action on every index.
        table_arn = table.table_arn
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=list(INDEXED_TABLE_ACTIONS), resources=[table_arn, f"{table_arn}/index/{INDEX_NAME}"]
            )
        )
        self.role.add_to_policy(iam.PolicyStatement(actions=list(TABLE_ACTIONS), resources=[table_arn]))
        self.role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=list(DENIED_AUDIT_ACTIONS),
                resources=[table_arn],
                conditions={
                    # ForAnyValue: one audit key denies the whole batch.
                    "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [AUDIT_KEYS]},
                    # This context key is set in transactions only.
                    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
                    "Null": {"dynamodb:EnclosingOperation": "true"},
                },
            )
        )

    def _grant_key(self, key: kms.Key) -> None:
        # Only through these services: the role cannot call KMS directly.
        services = [f"{service}.{Stack.of(self).region}.amazonaws.com" for service in KEY_USERS]
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=list(KEY_ACTIONS),
                resources=[key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": services}},
            )
        )

    def _grant_parameters(self, path: str) -> None:
        arn = Stack.of(self).format_arn(service="ssm", resource="parameter", resource_name=path.lstrip("/"))
        self.role.add_to_policy(iam.PolicyStatement(actions=["ssm:GetParametersByPath"], resources=[arn]))


def _silence_redundant_dependency(function: lambda_.Function) -> None:
    """Suppress cfn-lint's W3005: CDK lists the role in DependsOn although the function refers to it."""
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101 - narrows jsii's type
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})


_ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}
