"""The alarms: one definition each, with a page in `docs/runbook/`."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from stacks.metrics import Metrics
from stacks.notifications import Notifications
from stacks.settings import AlarmSettings

CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """In ALARM above `threshold` in `datapoints` of `periods` periods; no alarm where the threshold is None.

    `runbook` is the page in `docs/runbook/`, without its extension.
    """

    name: str
    runbook: str
    description: str
    metric: cloudwatch.IMetric
    threshold: float | None
    datapoints: int = 1
    periods: int = 1


@dataclass(frozen=True, kw_only=True)
class AlarmsProps:
    """The thresholds, the metrics and the topic to notify."""

    settings: AlarmSettings
    metrics: Metrics
    notifications: Notifications


class Alarms(Construct):
    """All alarms of the running system. Those of a deployment are in `Release`."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AlarmsProps) -> None:
        super().__init__(scope, construct_id)
        props.notifications.admit(CLOUDWATCH)
        definitions = (*_function(props), *_gateway(props), *_data(props))
        alarms = ((each.name, add_alarm(self, each, props.notifications)) for each in definitions)
        self.by_name = {name: alarm for name, alarm in alarms if alarm is not None}


def add_alarm(
    scope: Construct, definition: AlarmDefinition, notifications: Notifications
) -> cloudwatch.Alarm | None:
    """Add the defined alarm, which notifies on ALARM and on OK; None without a threshold."""
    if definition.threshold is None:
        return None
    alarm = cloudwatch.Alarm(
        scope,
        definition.name,
        alarm_description=f"{definition.description} What to do: docs/runbook/{definition.runbook}.md",
        metric=definition.metric,
        threshold=definition.threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=definition.periods,
        datapoints_to_alarm=definition.datapoints,
        # These metrics have no data without requests or without errors.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    action = actions.SnsAction(notifications.topic)
    alarm.add_alarm_action(action)
    alarm.add_ok_action(action)
    return alarm


def _function(props: AlarmsProps) -> Iterator[AlarmDefinition]:
    settings, metrics = props.settings, props.metrics
    yield AlarmDefinition(
        name="FunctionErrors",
        runbook="function-errors",
        description="Invocations of the function failed: an exception, a timeout or out of memory.",
        metric=metrics.of_function("Errors"),
        threshold=settings.function_errors,
    )
    yield AlarmDefinition(
        name="FunctionSlow",
        runbook="function-slow",
        description="The p99 duration of invocations is too high.",
        metric=metrics.of_function("Duration", "p99"),
        threshold=settings.function_p99_ms,
        # Not for a single slow cold start with little traffic.
        datapoints=2,
        periods=3,
    )
    yield AlarmDefinition(
        name="FunctionThrottles",
        runbook="function-throttles",
        description="Lambda throttled invocations: the concurrency is used up.",
        metric=metrics.of_function("Throttles"),
        threshold=settings.function_throttles,
    )
    yield AlarmDefinition(
        name="StreamBehind",
        runbook="stream-behind",
        description="The table's stream delivers background work late.",
        metric=metrics.of_function("IteratorAge", cloudwatch.Stats.MAXIMUM),
        threshold=settings.stream_age_seconds and settings.stream_age_seconds * 1000,
    )


def _gateway(props: AlarmsProps) -> Iterator[AlarmDefinition]:
    settings, metrics = props.settings, props.metrics
    enough = settings.rate_from_requests
    yield AlarmDefinition(
        name="ClientErrors",
        runbook="client-errors",
        description="An unusual share of the requests is answered 4xx.",
        metric=metrics.error_percent("4XXError", "4xx, percent", from_requests=enough),
        threshold=settings.client_error_percent,
        # A single faulty client stops, or is throttled, sooner.
        datapoints=3,
        periods=3,
    )
    yield AlarmDefinition(
        name="ServerErrors",
        runbook="server-errors",
        description="Requests fail with server errors (5xx).",
        metric=metrics.error_percent("5XXError", "5xx, percent", from_requests=enough),
        threshold=settings.server_error_percent,
    )


def _data(props: AlarmsProps) -> Iterator[AlarmDefinition]:
    settings, metrics = props.settings, props.metrics
    yield AlarmDefinition(
        name="TableThrottles",
        runbook="table-throttles",
        description="DynamoDB throttled reads or writes.",
        metric=metrics.table_throttles(),
        threshold=settings.table_throttles,
        # The SDK retries, so a single burst has no effect on users.
        datapoints=2,
        periods=3,
    )
    yield AlarmDefinition(
        name="DeadLetters",
        runbook="dead-letters",
        description="Background work failed after all retries.",
        metric=metrics.dead_letter_messages(),
        threshold=settings.dead_letters,
    )
    yield AlarmDefinition(
        name="MailRefusals",
        runbook="mail-refusals",
        description="SES rejected mail permanently.",
        metric=metrics.of_app("BackgroundRefusal"),
        threshold=settings.mail_refusals,
    )
    yield AlarmDefinition(
        name="AuditChanges",
        runbook="audit-changes",
        description="Audit events were changed or deleted.",
        metric=metrics.of_app("AuditChanged"),
        threshold=settings.audit_changes,
    )
