"""How a new version takes over the alias: as a canary first, rolled back on an alarm."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.alarms import AlarmDefinition, Alarms, add_alarm
from stacks.function import ALIAS_NAME
from stacks.metrics import Metrics
from stacks.notifications import Notifications
from stacks.settings import Canary, TrafficShift

_SHIFTS: dict[TrafficShift, codedeploy.ILambdaDeploymentConfig] = {
    "10_percent_for_5_minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
    "10_percent_for_10_minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_10_MINUTES,
    "10_percent_for_15_minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_15_MINUTES,
    "10_percent_for_30_minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_30_MINUTES,
}


@dataclass(frozen=True, kw_only=True)
class ReleaseProps:
    """The alias to shift, the limits, and the running system's alarms; ServerErrors also rolls back."""

    settings: Canary
    function: lambda_.Function
    alias: lambda_.Alias
    metrics: Metrics
    alarms: Alarms
    notifications: Notifications


class Release(Construct):
    """CodeDeploy's traffic shifting of the alias, and the alarms that roll it back.

    Failed invocations are counted for the new version only, so that 90 % of old traffic cannot hide them and
    errors of the old version do not block their fix. Latency and the share of 5xx are measured at the
    gateway, because the alias also runs background work, which takes seconds.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ReleaseProps) -> None:
        super().__init__(scope, construct_id)
        own = [add_alarm(self, definition, props.notifications) for definition in _definitions(props)]
        alarms = [*own, props.alarms.by_name.get("ServerErrors")]
        codedeploy.LambdaDeploymentGroup(
            self,
            "Group",
            alias=props.alias,
            deployment_config=_SHIFTS[props.settings.shift],
            alarms=[alarm for alarm in alarms if alarm is not None],
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
        )


def _definitions(props: ReleaseProps) -> tuple[AlarmDefinition, ...]:
    return (
        AlarmDefinition(
            name="Errors",
            runbook="release-errors",
            description="Invocations of the version being released failed, so it was rolled back.",
            metric=_errors_of_new_version(props),
            threshold=props.settings.max_errors,
        ),
        AlarmDefinition(
            name="Slow",
            runbook="release-slow",
            description="Requests were too slow while a version was released, so it was rolled back.",
            # A new version gets 10 % of the requests: if 10 % of those are slow, so is 1 % of all.
            metric=props.metrics.of_gateway("IntegrationLatency", "p99").with_(period=Duration.minutes(1)),
            threshold=props.settings.max_p99_ms,
            datapoints=3,
            periods=5,
        ),
    )


def _errors_of_new_version(props: ReleaseProps) -> cloudwatch.Metric:
    """Errors of one version, which Lambda reports while the alias splits its traffic between two.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    function_name = props.function.function_name
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions_map={
            "FunctionName": function_name,
            "Resource": f"{function_name}:{ALIAS_NAME}",
            "ExecutedVersion": props.function.current_version.version,
        },
        statistic=cloudwatch.Stats.SUM,
        period=Duration.minutes(1),
    )
