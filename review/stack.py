"""A synthesised template, with the questions that every section asks of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stacks.template_values import readable

# The CDK ends a logical id with eight digits of a hash of its path.
_HASH = re.compile(r"(?<=[a-z0-9])[0-9A-F]{8}$")
# The type's own name, where the last part of `AWS::Service::Type` would not do.
_KINDS = {
    "AWS::ApiGateway::RestApi": "REST API",
    "AWS::ApiGateway::Stage": "API stage",
    "AWS::ApiGateway::Method": "API method",
    "AWS::ApiGateway::Resource": "API path",
    "AWS::ApiGateway::Deployment": "API deployment",
    "AWS::ApiGateway::Authorizer": "API authorizer",
    "AWS::ApiGateway::DomainName": "custom domain",
    "AWS::ApiGateway::GatewayResponse": "API error answer",
    "AWS::Budgets::Budget": "budget",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::CodeDeploy::Application": "CodeDeploy application",
    "AWS::CodeDeploy::DeploymentGroup": "CodeDeploy group",
    "AWS::Cognito::UserPool": "Cognito user pool",
    "AWS::Cognito::UserPoolClient": "Cognito app client",
    "AWS::DynamoDB::Table": "DynamoDB table",
    "AWS::Events::Rule": "schedule",
    "AWS::IAM::Policy": "IAM policy",
    "AWS::IAM::Role": "IAM role",
    "AWS::KMS::Key": "KMS key",
    "AWS::Lambda::Alias": "function alias",
    "AWS::Lambda::EventSourceMapping": "stream mapping",
    "AWS::Lambda::Function": "Lambda function",
    "AWS::Lambda::LayerVersion": "function layer",
    "AWS::Lambda::Permission": "function permission",
    "AWS::Lambda::Url": "function URL",
    "AWS::Lambda::Version": "function version",
    "AWS::Logs::LogGroup": "log group",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::S3::BucketPolicy": "S3 bucket policy",
    "AWS::SNS::Subscription": "SNS subscription",
    "AWS::SNS::Topic": "SNS topic",
    "AWS::SNS::TopicPolicy": "SNS topic policy",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::SQS::QueuePolicy": "SQS queue policy",
    "AWS::SSM::Parameter": "SSM parameter",
    "AWS::WAFv2::WebACL": "web ACL",
    "AWS::WAFv2::WebACLAssociation": "web ACL association",
}


@dataclass(frozen=True, eq=False)
class Resource:
    """One entry of the template's `Resources`; equal to itself only."""

    name: str
    type: str
    properties: dict[str, Any]
    entry: dict[str, Any] = field(repr=False)

    @property
    def kind(self) -> str:
        """The type in words: `DynamoDB table`."""
        return kind_of(self.type)

    @property
    def short(self) -> str:
        """The logical id without the CDK's hash."""
        return _HASH.sub("", self.name)

    @property
    def title(self) -> str:
        """Type and name: ``DynamoDB table `Table` ``."""
        return f"{self.kind} `{self.short}`"

    @property
    def on_deletion(self) -> str:
        """`Delete`, `Retain` or `Snapshot`; CloudFormation deletes where nothing is said."""
        return str(self.entry.get("DeletionPolicy", "Delete"))

    @property
    def on_replacement(self) -> str:
        """What becomes of the old one when CloudFormation puts a new one in its place."""
        return str(self.entry.get("UpdateReplacePolicy", "Delete"))


@dataclass(frozen=True)
class Stack:
    """One environment's template."""

    template: dict[str, Any]

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Every resource, by logical id."""
        return {
            name: Resource(name, entry["Type"], entry.get("Properties", {}), entry)
            for name, entry in self.template["Resources"].items()
        }

    def all(self, *types: str) -> list[Resource]:
        """Every resource of these CloudFormation types, in the template's order."""
        return [resource for resource in self.resources.values() if resource.type in types]

    def referred(self, value: Any) -> list[Resource]:
        """The stack's resources that a value names, however deep, each once, in order."""
        names = dict.fromkeys(_names(value))
        return [self.resources[name] for name in names if name in self.resources]

    def target(self, value: Any) -> Resource | None:
        """The resource that a value refers to; a version or an alias refers to its function."""
        found = self.referred(value)
        return self.function_of(found[0]) if found else None

    def function_of(self, resource: Resource) -> Resource:
        """The function of a version or an alias; any other resource itself."""
        if resource.type not in {"AWS::Lambda::Alias", "AWS::Lambda::Version"}:
            return resource
        found = self.referred(resource.properties.get("FunctionName"))
        return self.function_of(found[0]) if found else resource

    def words(self, value: Any) -> str:
        """A value as a person would say it: the resource it names, or the text itself."""
        found = self.target(value)
        return found.title if found else f"`{readable(value)}`"


def kind_of(type_name: str) -> str:
    """A CloudFormation type in words; one that nobody named goes by its own last part."""
    service, _, last = type_name.removeprefix("AWS::").partition("::")
    return _KINDS.get(type_name, f"{service} {last}")


def _names(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(path)}:
            yield path.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{([A-Za-z0-9]+)", text)
        case dict():
            for part in value.values():
                yield from _names(part)
        case list():
            for part in value:
                yield from _names(part)
