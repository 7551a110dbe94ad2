"""The one table."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from stacks.settings import DataSettings

INDEX_NAME = "GSI1"
# Literal, so that no refactoring of constructs can ever replace the table.
TABLE_LOGICAL_ID = "Table"


@dataclass(frozen=True, kw_only=True)
class DataProps:
    """What the table needs to know."""

    settings: DataSettings


class Data(Construct):
    """A single-table design: generic keys, one index, a time to live and a stream."""

    def __init__(self, scope: Construct, construct_id: str, *, props: DataProps) -> None:
        super().__init__(scope, construct_id)
        protected = props.settings.protected
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("PK"),
            sort_key=_string("SK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=props.settings.point_in_time_recovery
            ),
            deletion_protection=protected,
            removal_policy=RemovalPolicy.RETAIN if protected else RemovalPolicy.DESTROY,
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


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
