"""The disaster of docs/disaster-recovery.md, rehearsed with a small stack beside the deployed one."""

import copy
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from delivery.protect import POLICY, protect
from delivery.restore import Restore
from local.aws import STACK_NAME, Clients, Deployment
from tests.html_helpers import DISASTER_RECOVERY, lines, run

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import WaiterConfigTypeDef

STACK = "Rehearsal"
PARAMETER = "/rehearsal/table-name"
SOON: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 30}
ITEM: dict[str, Any] = {
    "PK": {"S": "SPACE#1"},
    "SK": {"S": "SPACE"},
    "data": {"M": {"name": {"S": "Half marathon"}}},
}

Template = dict[str, Any]


@pytest.fixture(scope="module")
def template(embedded_aws: Clients, deployment: Deployment) -> Template:
    """The table as it is deployed but retained, as in prod, and something that refers to it."""
    deployed = embedded_aws.cloudformation.get_template(StackName=STACK_NAME)["TemplateBody"]
    table = copy.deepcopy(dict(deployed)["Resources"]["Table"])
    refers = {"Type": "String", "Name": PARAMETER, "Value": {"Ref": "Table"}}
    return {
        "Resources": {
            "Table": {**table, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
            "Refers": {"Type": "AWS::SSM::Parameter", "Properties": refers},
        }
    }


@pytest.fixture(scope="module")
def table(embedded_aws: Clients, template: Template) -> str:
    """The name of the small stack's table, with an item in it."""
    aws = embedded_aws
    aws.cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig=SOON)
    name = adopted(aws)
    aws.dynamodb.put_item(TableName=name, Item=ITEM)
    return name


@pytest.fixture(scope="module")
def restored(embedded_aws: Clients, table: str) -> str:
    """The table that `make restore` makes."""
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    return Restore(embedded_aws.dynamodb, table, at, {"Project": "rehearsal"}, sleep=lambda _: None).run()


def adopted(aws: Clients) -> str:
    """The physical name behind the logical id `Table`."""
    found = aws.cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId="Table")
    return found["StackResourceDetail"]["PhysicalResourceId"]


def update(aws: Clients, template: Template) -> None:
    aws.cloudformation.update_stack(StackName=STACK, TemplateBody=json.dumps(template))
    aws.cloudformation.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig=SOON)


def without_table(template: Template, name: str) -> Template:
    """What `cdk orphan` leaves: no table, and its name where it was referred to."""
    written = json.dumps(template["Resources"]["Refers"]).replace('{"Ref": "Table"}', json.dumps(name))
    return {"Resources": {"Refers": json.loads(written)}}


def with_imported(aws: Clients, template: Template, name: str) -> None:
    """What `cdk import` does: the logical id is given to a table that exists."""
    change = aws.cloudformation.create_change_set(
        StackName=STACK,
        ChangeSetName="adopt",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::DynamoDB::Table",
                "LogicalResourceId": "Table",
                "ResourceIdentifier": {"TableName": name},
            }
        ],
    )["Id"]
    aws.cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=change, WaiterConfig=SOON)
    aws.cloudformation.execute_change_set(ChangeSetName=change)
    aws.cloudformation.get_waiter("stack_import_complete").wait(StackName=STACK, WaiterConfig=SOON)


class TestRestoredTable:
    def test_restored_table_holds_what_the_old_one_held(self, embedded_aws: Clients, restored: str) -> None:
        key = {name: ITEM[name] for name in ("PK", "SK")}
        assert embedded_aws.dynamodb.get_item(TableName=restored, Key=key)["Item"] == ITEM

    def test_restored_table_has_the_same_keys_and_index(
        self, embedded_aws: Clients, table: str, restored: str
    ) -> None:
        old, new = (
            embedded_aws.dynamodb.describe_table(TableName=name)["Table"] for name in (table, restored)
        )
        assert new["KeySchema"] == old["KeySchema"]
        (old_index,), (new_index,) = old["GlobalSecondaryIndexes"], new["GlobalSecondaryIndexes"]
        for part in ("IndexName", "KeySchema", "Projection"):
            assert new_index[part] == old_index[part]

    def test_restored_table_is_streamed_protected_and_forgets(
        self, embedded_aws: Clients, restored: str
    ) -> None:
        found = embedded_aws.dynamodb.describe_table(TableName=restored)["Table"]
        ttl = embedded_aws.dynamodb.describe_time_to_live(TableName=restored)["TimeToLiveDescription"]
        assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        assert found["DeletionProtectionEnabled"] is True
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}

    def test_restored_table_can_itself_be_restored(self, embedded_aws: Clients, restored: str) -> None:
        backups = embedded_aws.dynamodb.describe_continuous_backups(TableName=restored)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


class TestAdoption:
    def test_adoption_puts_the_restored_table_in_the_place_of_the_old(
        self, embedded_aws: Clients, template: Template, table: str, restored: str
    ) -> None:
        aws = embedded_aws
        orphaned = without_table(template, table)

        update(aws, orphaned)
        assert aws.dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
        assert aws.ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"] == table

        with_imported(
            aws, {"Resources": {**orphaned["Resources"], "Table": template["Resources"]["Table"]}}, restored
        )
        update(aws, template)

        assert adopted(aws) == restored
        assert aws.ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"] == restored
        assert aws.dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"


class TestStackPolicy:
    def test_stack_policy_is_enforced_and_can_be_lifted_by_the_runbook(
        self, embedded_aws: Clients, table: str
    ) -> None:
        cloudformation = embedded_aws.cloudformation
        protect(cloudformation, STACK)
        assert cloudformation.get_stack_policy(StackName=STACK)["StackPolicyBody"] == POLICY.read_text()

        (lift,) = [
            line
            for line in lines(DISASTER_RECOVERY.read_text(encoding="utf-8"))
            if line.startswith("aws cloudformation set-stack-policy")
        ]
        run(cloudformation, lift, {"STACK": STACK})
        policy = json.loads(cloudformation.get_stack_policy(StackName=STACK)["StackPolicyBody"])
        assert [statement["Effect"] for statement in policy["Statement"]] == ["Allow"]
