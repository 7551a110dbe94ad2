"""The metrics that alarms and the dashboard share."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from stacks.data import INDEX_NAME
from stacks.settings import SERVICE_NAME, STAGE_NAME

PERIOD = Duration.minutes(5)
# The app's own metrics have two dimensions, `service` and `environment`.
METRICS_NAMESPACE = "LifestyleSpaces"


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Metrics of the stack's resources, with a period of five minutes."""

    environment: str
    function: lambda_.Function
    api_name: str
    table: dynamodb.Table
    dead_letters: sqs.Queue

    def of_function(self, name: str, statistic: str = cloudwatch.Stats.SUM) -> cloudwatch.Metric:
        """A metric of all invocations, by the API, the stream and the schedules."""
        return self.function.metric(name, statistic=statistic, period=PERIOD)

    def of_app(self, name: str) -> cloudwatch.Metric:
        """A metric that the app counts itself, in this environment."""
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"environment": self.environment, "service": SERVICE_NAME},
            statistic=cloudwatch.Stats.SUM,
            period=PERIOD,
        )

    def of_gateway(self, name: str, statistic: str = cloudwatch.Stats.SUM) -> cloudwatch.Metric:
        """A metric of all requests at the API's stage.

        Both dimensions are literal names: a reference to the stage would make a release depend on the
        methods, and these depend on the release.
        """
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiName": self.api_name, "Stage": STAGE_NAME},
            statistic=statistic,
            period=PERIOD,
        )

    def error_percent(self, name: str, label: str, *, from_requests: int) -> cloudwatch.MathExpression:
        """The percentage of `4XXError` or `5XXError` responses; 0 below `from_requests` requests."""
        errors = f"answers_{name[0]}xx"
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {from_requests}, 100 * {errors} / requests, 0)",
            using_metrics={
                errors: self.of_gateway(name),
                "requests": self.of_gateway("Count", cloudwatch.Stats.SAMPLE_COUNT),
            },
            label=label,
            period=PERIOD,
        )

    def table_throttles(self) -> cloudwatch.MathExpression:
        """Throttled reads and writes of the table and its index."""
        return self._of_table_and_index("Throttled", "ReadThrottleEvents", "WriteThrottleEvents")

    def capacity(self, label: str, name: str) -> cloudwatch.MathExpression:
        """`ConsumedReadCapacityUnits` or `ConsumedWriteCapacityUnits` of the table and its index."""
        return self._of_table_and_index(label, name)

    def dead_letter_messages(self) -> cloudwatch.Metric:
        """Messages in the dead-letter queue."""
        return self.dead_letters.metric_approximate_number_of_messages_visible(
            statistic=cloudwatch.Stats.MAXIMUM, period=PERIOD
        )

    def gigabyte_seconds(self, memory_mb: int) -> cloudwatch.MathExpression:
        """The function's billed duration in GB-seconds."""
        return cloudwatch.MathExpression(
            expression=f"milliseconds / 1000 * {memory_mb} / 1024",
            using_metrics={"milliseconds": self.of_function("Duration")},
            label="GB-seconds",
            period=PERIOD,
        )

    def _of_table_and_index(self, label: str, *names: str) -> cloudwatch.MathExpression:
        """A sum in which missing data counts as 0."""
        table = {"TableName": self.table.table_name}
        index = {**table, "GlobalSecondaryIndexName": INDEX_NAME}
        parts: dict[str, cloudwatch.IMetric] = {
            f"{part}{name}": _table_metric(name, dimensions)
            for part, dimensions in (("table", table), ("index", index))
            for name in names
        }
        return cloudwatch.MathExpression(
            expression=" + ".join(f"FILL({part}, 0)" for part in parts),
            using_metrics=parts,
            label=label,
            period=PERIOD,
        )


def _table_metric(name: str, dimensions: Mapping[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=cloudwatch.Stats.SUM,
        period=PERIOD,
    )
