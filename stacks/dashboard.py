"""The CloudWatch dashboard, in three sections: health, latency, cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.metrics import Metrics

_WIDTH, _HEIGHT = 8, 6  # three in a row of 24 units


@dataclass(frozen=True, kw_only=True)
class DashboardProps:
    """The metrics and alarms to show; `memory_mb` converts duration to GB-seconds."""

    metrics: Metrics
    alarms: Sequence[cloudwatch.Alarm]
    memory_mb: int


class Dashboard(Construct):
    """One heading for each question, followed by its graphs."""

    def __init__(self, scope: Construct, construct_id: str, *, props: DashboardProps) -> None:
        super().__init__(scope, construct_id)
        # A dashboard's name is unique in an account, across regions.
        dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{Stack.of(self).stack_name}-{Aws.REGION}",
            default_interval=Duration.hours(3),
        )
        for question, widgets in (
            ("Is it healthy?", [*_alarms(props.alarms), *_health(props.metrics)]),
            ("Is it slow?", _speed(props.metrics)),
            ("What does it cost?", _cost(props)),
        ):
            dashboard.add_widgets(cloudwatch.TextWidget(markdown=f"# {question}", width=24, height=1))
            dashboard.add_widgets(*widgets)


def _alarms(alarms: Sequence[cloudwatch.Alarm]) -> list[cloudwatch.IWidget]:
    return [
        cloudwatch.AlarmStatusWidget(
            title="Alarms (docs/runbook/)", alarms=list(alarms), width=_WIDTH, height=_HEIGHT
        )
    ]


def _health(metrics: Metrics) -> list[cloudwatch.IWidget]:
    return [
        _graph("Requests", metrics.of_gateway("Count", cloudwatch.Stats.SAMPLE_COUNT)),
        _graph(
            "Error responses, percent",
            metrics.error_percent("4XXError", "4xx", from_requests=1),
            metrics.error_percent("5XXError", "5xx", from_requests=1),
        ),
        _graph(
            "Function",
            metrics.of_function("Errors"),
            metrics.of_function("Throttles"),
            metrics.of_function("ConcurrentExecutions", cloudwatch.Stats.MAXIMUM),
        ),
        _graph("Table: throttled reads and writes", metrics.table_throttles()),
        _graph(
            "Background work",
            metrics.dead_letter_messages(),
            metrics.of_function("IteratorAge", cloudwatch.Stats.MAXIMUM),
        ),
    ]


def _speed(metrics: Metrics) -> list[cloudwatch.IWidget]:
    return [
        _graph("Latency, ms", *(metrics.of_gateway("Latency", each) for each in ("p50", "p95", "p99"))),
        _graph(
            "Integration latency, ms",
            *(metrics.of_gateway("IntegrationLatency", each) for each in ("p50", "p95", "p99")),
        ),
        _graph(
            "Invocation duration, ms",
            *(metrics.of_function("Duration", each) for each in ("p50", "p99", "Maximum")),
        ),
    ]


def _cost(props: DashboardProps) -> list[cloudwatch.IWidget]:
    metrics = props.metrics
    return [
        _graph(
            "Function: invocations and GB-seconds",
            metrics.of_function("Invocations"),
            metrics.gigabyte_seconds(props.memory_mb),
        ),
        _graph(
            "Table: consumed capacity",
            metrics.capacity("read units", "ConsumedReadCapacityUnits"),
            metrics.capacity("write units", "ConsumedWriteCapacityUnits"),
        ),
        # Reported only where billing alerts are enabled in the account, and only in this region.
        cloudwatch.SingleValueWidget(
            title="The whole account this month, estimated, USD",
            metrics=[
                cloudwatch.Metric(
                    namespace="AWS/Billing",
                    metric_name="EstimatedCharges",
                    dimensions_map={"Currency": "USD"},
                    statistic=cloudwatch.Stats.MAXIMUM,
                    period=Duration.hours(6),
                    region="us-east-1",
                )
            ],
            width=_WIDTH,
            height=_HEIGHT,
        ),
    ]


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH, height=_HEIGHT)
