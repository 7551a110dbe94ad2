"""Which resources of the stack a resource pattern of a policy reaches."""

import re
from typing import Any

from review.permissions.actions import matches
from review.stack import Resource, Stack
from stacks.template_values import readable

# Service, property with the name (CloudFormation chooses one where it is absent) and the ARN's last part.
_FORMS: dict[str, tuple[str, str, str]] = {
    "AWS::ApiGateway::RestApi": ("execute-api", "", "{}"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "AlarmName", "alarm:{}"),
    "AWS::Cognito::UserPool": ("cognito-idp", "", "userpool/{}"),
    "AWS::DynamoDB::Table": ("dynamodb", "TableName", "table/{}"),
    "AWS::IAM::Role": ("iam", "RoleName", "role/{}"),
    "AWS::KMS::Key": ("kms", "", "key/{}"),
    "AWS::Lambda::Function": ("lambda", "FunctionName", "function:{}"),
    "AWS::Logs::LogGroup": ("logs", "LogGroupName", "log-group:{}"),
    "AWS::S3::Bucket": ("s3", "BucketName", "{}"),
    "AWS::SNS::Topic": ("sns", "TopicName", "{}"),
    "AWS::SQS::Queue": ("sqs", "QueueName", "{}"),
    "AWS::SSM::Parameter": ("ssm", "Name", "parameter{}"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "Name", "secret:{}"),
}
# Region and account in an ARN, where they are not both there.
_PLACES = {"iam": "::*", "s3": "::"}
_LITERAL_ACCOUNT = re.compile(r"(?<=:)\d{12}(?=:)")
_LITERAL_REGION = re.compile(r"(?<=:)[a-z]{2}(?:-[a-z]+)+-\d(?=:)")


def service_of_type(type_name: str) -> str | None:
    """The prefix of the actions on a type; None for one that this report does not know."""
    form = _FORMS.get(type_name)
    return form[0] if form else None


def reaches(stack: Stack, pattern: Any, resource: Resource) -> bool:
    """Whether a pattern may stand for a resource or a part of it; a literal account or region may be ours."""
    if resource is stack.target(pattern):
        return True
    form = _FORMS.get(resource.type)
    text = readable(pattern)
    if form is None or not set(text) & set("*?") or "${" in text.replace("${AWS::", ""):
        return False
    if text == "*":
        return True
    head, name = _arn(resource, form)
    return _may_match(_unified(text), head, name)


def _arn(resource: Resource, form: tuple[str, str, str]) -> tuple[str, str | None]:
    """The ARN up to the name, and the name; None where CloudFormation chooses it."""
    service, name_property, last = form
    place = _PLACES.get(service, ":*:*")
    name = resource.properties.get(name_property) if name_property else None
    return f"arn:aws:{service}{place}:{last.format('')}", name if isinstance(name, str) else None


def _unified(text: str) -> str:
    """A pattern with `*` for the account and region, whichever they are, and `aws` for the partition."""
    for name, value in (("Partition", "aws"), ("Region", "*"), ("AccountId", "*")):
        text = text.replace(f"${{AWS::{name}}}", value)
    return _LITERAL_REGION.sub("*", _LITERAL_ACCOUNT.sub("*", text))


def _may_match(pattern: str, head: str, name: str | None) -> bool:
    if name is not None:
        return matches(pattern, head + name) or matches(pattern, f"{head}{name}/part")
    # A name that nobody knows may be any: the pattern has to get as far as the name.
    if matches(pattern, head):
        return True
    start = len(head)
    return pattern[:start] == head and bool(set(pattern[start:]) & set("*?"))
