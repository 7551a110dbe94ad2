"""The log groups of the stack."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.settings import LogRetentionDays, LogSettings

_DAYS: dict[LogRetentionDays, logs.RetentionDays] = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    731: logs.RetentionDays.TWO_YEARS,
}


def log_group(scope: Construct, construct_id: str, *, settings: LogSettings) -> logs.LogGroup:
    """An explicit log group, so that CDK adds no custom resource to set the retention."""
    return logs.LogGroup(
        scope,
        construct_id,
        retention=_DAYS[settings.retention_days],
        removal_policy=RemovalPolicy.RETAIN if settings.protected else RemovalPolicy.DESTROY,
    )
