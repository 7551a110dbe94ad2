"""What AWS's services accept, as far as botocore's service models say, applied to a template.

CloudFormation hands most properties to one operation of the service, under the same names. So each literal
value of a template is compared with the member of that operation's input: enumeration, pattern, length and
range. cfn-lint knows less: it accepted the metric name `All` of a web ACL, which WAF reserves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

# The operation that takes a resource's properties.
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "ApiGateway::Authorizer": ("apigateway", "CreateAuthorizer"),
    "ApiGateway::BasePathMapping": ("apigateway", "CreateBasePathMapping"),
    "ApiGateway::Deployment": ("apigateway", "CreateDeployment"),
    "ApiGateway::DomainName": ("apigateway", "CreateDomainName"),
    "ApiGateway::GatewayResponse": ("apigateway", "PutGatewayResponse"),
    "ApiGateway::Method": ("apigateway", "PutMethod"),
    "ApiGateway::Resource": ("apigateway", "CreateResource"),
    "ApiGateway::RestApi": ("apigateway", "CreateRestApi"),
    "ApiGateway::Stage": ("apigateway", "CreateStage"),
    "Budgets::Budget": ("budgets", "CreateBudget"),
    "CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm"),
    "CloudWatch::Dashboard": ("cloudwatch", "PutDashboard"),
    "CodeDeploy::Application": ("codedeploy", "CreateApplication"),
    "CodeDeploy::DeploymentGroup": ("codedeploy", "CreateDeploymentGroup"),
    "Cognito::UserPool": ("cognito-idp", "CreateUserPool"),
    "Cognito::UserPoolClient": ("cognito-idp", "CreateUserPoolClient"),
    "DynamoDB::Table": ("dynamodb", "CreateTable"),
    "Events::Rule": ("events", "PutRule"),
    "IAM::Policy": ("iam", "PutRolePolicy"),
    "IAM::Role": ("iam", "CreateRole"),
    "KMS::Key": ("kms", "CreateKey"),
    "Lambda::Alias": ("lambda", "CreateAlias"),
    "Lambda::EventSourceMapping": ("lambda", "CreateEventSourceMapping"),
    "Lambda::Function": ("lambda", "CreateFunction"),
    "Lambda::LayerVersion": ("lambda", "PublishLayerVersion"),
    "Lambda::Permission": ("lambda", "AddPermission"),
    "Lambda::Version": ("lambda", "PublishVersion"),
    "Logs::LogGroup": ("logs", "CreateLogGroup"),
    "SNS::Subscription": ("sns", "Subscribe"),
    "SNS::Topic": ("sns", "CreateTopic"),
    "SNS::TopicPolicy": ("sns", "SetTopicAttributes"),
    "SQS::Queue": ("sqs", "CreateQueue"),
    "SQS::QueuePolicy": ("sqs", "SetQueueAttributes"),
    "SSM::Parameter": ("ssm", "PutParameter"),
    "WAFv2::WebACL": ("wafv2", "CreateWebACL"),
    "WAFv2::WebACLAssociation": ("wafv2", "AssociateWebACL"),
}
# Properties that CloudFormation hands to another operation, or under another name.
ELSEWHERE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "ApiGateway::Method": {"Integration": ("apigateway", "Integration")},
    "Cognito::UserPool": {"EnabledMfas": ("cognito-idp", "SoftwareTokenMfaConfigType")},
    "Events::Rule": {"Targets": ("events", "TargetList")},
    "Lambda::Function": {"LoggingConfig": ("lambda", "LoggingConfig")},
    "Logs::LogGroup": {"RetentionInDays": ("logs", "Days")},
}
# What only the documentation says, by the last two names of a property's path. Case matters.
RESERVED: Mapping[str, tuple[frozenset[str], str]] = {
    "VisibilityConfig.MetricName": (
        frozenset({"All", "Default_Action"}),
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html",
    ),
}
# Prefixes that a service keeps for itself, by resource type and property; compared without case.
RESERVED_PREFIXES: Mapping[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("SSM::Parameter", "Name"): (
        ("aws", "ssm", "/aws", "/ssm"),
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html",
    ),
    ("Events::Rule", "Name"): (
        ("aws.",),
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    ),
    ("Logs::LogGroup", "LogGroupName"): (
        ("aws/",),
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    ),
}
# Tags: names that begin with this are AWS's own.
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
RESERVED_TAG_PREFIX = "aws:"
# Java's Unicode classes, narrowed to ASCII: the names of a template have no other characters.
_JAVA_CLASSES = {
    r"\p{L}": "A-Za-z",
    r"\p{M}": "",
    r"\p{N}": "0-9",
    r"\p{P}": r"!\"#%&'()*,\-./:;?@\[\\\]_{}",
    r"\p{S}": r"$+<=>\^`|~",
    r"\p{Z}": r"\s",
    r"\p{Zs}": " ",
    r"\p{Print}": " -~",
}


@dataclass(frozen=True)
class Checked:
    """A value of a template, with what its service says of it; `fault` is None where it is accepted."""

    where: str
    value: object
    fault: str | None


def check_template(template: Mapping[str, Any]) -> Iterator[Checked]:
    """Compare each literal value of a template that the service models or the tables above speak of."""
    for name, resource in template["Resources"].items():
        kind = resource["Type"].removeprefix("AWS::")
        properties = resource.get("Properties", {})
        if kind not in OPERATIONS:
            yield Checked(name, kind, "no operation is known for this type of resource")
            continue
        elsewhere = ELSEWHERE.get(kind, {})
        shape = _operation(*OPERATIONS[kind])
        yield from _check(
            f"{kind} {name}", {k: v for k, v in properties.items() if k not in elsewhere}, shape
        )
        for key, (service, shape_name) in elsewhere.items():
            if key in properties:
                yield from _check(
                    f"{kind} {name}.{key}", properties[key], _model(service).shape_for(shape_name)
                )
        yield from _check_reserved(f"{kind} {name}", properties)
        yield from _check_prefixes(kind, name, properties)


def constraint_fault(value: object, shape: Shape) -> str | None:
    """Say which constraint of a shape a literal value breaks, if any."""
    limits = shape.metadata
    if isinstance(value, str):
        if (enum := limits.get("enum")) and value not in enum:
            return f"not one of {', '.join(enum)}"
        size: float = len(value)
        if (pattern := limits.get("pattern")) and not _matches(pattern, value):
            return f"does not match {pattern}"
    elif isinstance(value, bool):
        return None
    elif isinstance(value, int | float):
        size = value
    else:
        assert isinstance(value, list | dict)
        size = len(value)
    if size < limits.get("min", size):
        return f"less than {limits['min']}"
    if size > limits.get("max", size):
        return f"more than {limits['max']}"
    return None


def _check(where: str, value: object, shape: Shape) -> Iterator[Checked]:
    if _is_reference(value):
        return
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = {name.lower(): member for name, member in shape.members.items()}
        for key, inner in value.items():
            if key.lower() in members:
                yield from _check(f"{where}.{key}", inner, members[key.lower()])
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield Checked(where, value, constraint_fault(value, shape))
        for inner in value:
            yield from _check(where, inner, shape.member)
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield Checked(where, value, constraint_fault(value, shape))
        for key, inner in value.items():
            yield Checked(f"{where}.{key}", key, constraint_fault(key, shape.key))
            yield from _check(f"{where}.{key}", inner, shape.value)
    elif shape.type_name in {"string", "integer", "long", "double", "float"} and not isinstance(
        value, dict | list
    ):
        yield Checked(where, value, constraint_fault(value, shape))


def _check_reserved(where: str, value: object) -> Iterator[Checked]:
    if isinstance(value, list):
        for inner in value:
            yield from _check_reserved(where, inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            words, source = RESERVED.get(f"{where.rpartition('.')[2]}.{key}", (frozenset(), ""))
            if isinstance(inner, str) and words:
                yield Checked(f"{where}.{key}", inner, f"reserved: {source}" if inner in words else None)
            yield from _check_reserved(f"{where}.{key}", inner)


def _check_prefixes(kind: str, name: str, properties: Mapping[str, Any]) -> Iterator[Checked]:
    for (of_kind, key), (prefixes, source) in RESERVED_PREFIXES.items():
        value = properties.get(key)
        if of_kind == kind and isinstance(value, str):
            reserved = value.lower().startswith(prefixes)
            yield Checked(f"{kind} {name}.{key}", value, f"reserved prefix: {source}" if reserved else None)
    tags = properties.get("Tags", [])
    for key in tags if isinstance(tags, dict) else [tag["Key"] for tag in tags]:
        reserved = key.lower().startswith(RESERVED_TAG_PREFIX)
        yield Checked(f"{kind} {name}.Tags", key, f"begins with {RESERVED_TAG_PREFIX}" if reserved else None)


def _is_reference(value: object) -> bool:
    """Whether CloudFormation fills this in: `Ref`, `Fn::GetAtt`, `Fn::Join` ..."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _matches(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern of a service model, which is Java's, as a whole."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    # Java takes a flag from where it stands on, Python at the beginning alone.
    flags = re.IGNORECASE if "(?i)" in pattern else 0
    return re.fullmatch(pattern.replace("(?i)", ""), value, flags) is not None


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _operation(service: str, operation: str) -> Shape:
    shape: Shape = _model(service).operation_model(operation).input_shape
    return shape
