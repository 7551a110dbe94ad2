"""The DynamoDB table, and its encryption key."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.settings import DataSettings

INDEX_NAME = "GSI1"
# Literal, so that refactoring the constructs never replaces the table.
TABLE_LOGICAL_ID = "Table"
# Likewise: without this key neither the table nor its backups can be read.
KEY_LOGICAL_ID = "DataKey"


@dataclass(frozen=True, kw_only=True)
class DataProps:
    """The settings of the table."""

    settings: DataSettings


class Data(Construct):
    """A table in single-table design: generic keys, one index, a time to live and a stream.

    `key` is None where AWS's own key for DynamoDB is used.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: DataProps) -> None:
        super().__init__(scope, construct_id)
        protected = props.settings.protected
        removal = RemovalPolicy.RETAIN if protected else RemovalPolicy.DESTROY
        self.key = self._key(removal) if props.settings.customer_managed_key else None
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("PK"),
            sort_key=_string("SK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            encryption=dynamodb.TableEncryption.AWS_MANAGED if self.key is None else None,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=props.settings.point_in_time_recovery
            ),
            deletion_protection=protected,
            removal_policy=removal,
        )
        self.table.add_global_secondary_index(
            index_name=INDEX_NAME,
            partition_key=_string("GSI1PK"),
            sort_key=_string("GSI1SK"),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        cfn_table = self.table.node.default_child
        assert isinstance(cfn_table, dynamodb.CfnTable)  # noqa: S101 - narrows jsii's type
        cfn_table.override_logical_id(TABLE_LOGICAL_ID)

    def _key(self, removal: RemovalPolicy) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description=f"Encrypts what {Stack.of(self).stack_name} stores",
            enable_key_rotation=True,
            removal_policy=removal,
        )
        cfn_key = key.node.default_child
        assert isinstance(cfn_key, kms.CfnKey)  # noqa: S101 - narrows jsii's type
        cfn_key.override_logical_id(KEY_LOGICAL_ID)
        return key


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
