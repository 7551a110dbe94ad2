"""The template of `prod`, deployed by another engine than the emulator's: moto's CloudFormation.

It knows some of the types. References to a resource that it does not know become a text in its place.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.infra.stack_helpers import Backend

pytestmark = pytest.mark.long

REGION = "eu-central-1"
STACK = "LifestyleSpaces-prod"
DEPLOYED = {
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
}


def known_part(template: dict[str, Any]) -> dict[str, Any]:
    """The template without what moto cannot deploy."""
    resources = {
        name: resource for name, resource in template["Resources"].items() if resource["Type"] in DEPLOYED
    }
    unknown = set(template["Resources"]) - set(resources)
    part = {key: template[key] for key in ("Parameters", "Conditions", "Mappings") if key in template}
    return part | {"Resources": _without_references(copy.deepcopy(resources), unknown)}


def _without_references(value: Any, unknown: set[str]) -> Any:
    if isinstance(value, list):
        return [_without_references(each, unknown) for each in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)} if name in unknown:
            return f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
        case {"Fn::GetAtt": [str(name), _]} if name in unknown:
            return f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
    kept = {key: _without_references(each, unknown) for key, each in value.items()}
    if "DependsOn" in kept:
        kept["DependsOn"] = [name for name in kept["DependsOn"] if name not in unknown]
    return kept


@pytest.fixture
def deployed(prod: Backend) -> Iterator[dict[str, list[str]]]:
    """The physical ids of what the engine has made, by type."""
    with mock_aws():
        ssm = boto3.client("ssm", region_name=REGION)
        ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        engine = boto3.client("cloudformation", region_name=REGION)
        body = json.dumps(known_part(prod.template))
        engine.create_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        assert engine.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
        made: dict[str, list[str]] = {}
        for resource in engine.describe_stack_resources(StackName=STACK)["StackResources"]:
            made.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
        yield made


class TestDeployment:
    def test_makes_as_many_of_each_type_as_the_template_has(
        self, prod: Backend, deployed: dict[str, list[str]]
    ) -> None:
        assert {kind: len(ids) for kind, ids in deployed.items()} == {
            kind: len(prod.all(kind.removeprefix("AWS::"))) for kind in DEPLOYED
        }

    def test_table_has_the_keys_and_the_stream_that_the_app_expects(
        self, deployed: dict[str, list[str]]
    ) -> None:
        (name,) = deployed["AWS::DynamoDB::Table"]
        # Named, as other tests point every client of DynamoDB to their own.
        endpoint = f"https://dynamodb.{REGION}.amazonaws.com"
        client = boto3.client("dynamodb", region_name=REGION, endpoint_url=endpoint)
        table = client.describe_table(TableName=name)["Table"]

        assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK", "SK"]
        (index,) = table["GlobalSecondaryIndexes"]
        assert index["IndexName"] == "GSI1"
        assert [key["AttributeName"] for key in index["KeySchema"]] == ["GSI1PK", "GSI1SK"]
        assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}

    def test_queue_keeps_messages_for_two_weeks_encrypted(self, deployed: dict[str, list[str]]) -> None:
        (url,) = deployed["AWS::SQS::Queue"]
        queue = boto3.client("sqs", region_name=REGION).get_queue_attributes(
            QueueUrl=url, AttributeNames=["All"]
        )["Attributes"]

        assert queue["MessageRetentionPeriod"] == str(14 * 24 * 3600)
        assert "KmsMasterKeyId" in queue
