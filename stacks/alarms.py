"""When somebody is told: one row an alarm, and a page in `docs/runbook/` for each."""

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
    """What rings above `threshold` in `datapoints` of `periods` periods; never, where that is None.

    `page` is the file in `docs/runbook/`, without its ending.
    """

    name: str
    page: str
    says: str
    metric: cloudwatch.IMetric
    threshold: float | None
    datapoints: int = 1
    periods: int = 1


@dataclass(frozen=True, kw_only=True)
class AlarmsProps:
    """The thresholds, what is looked at, and where it is told."""

    settings: AlarmSettings
    metrics: Metrics
    notifications: Notifications


class Alarms(Construct):
    """All alarms of the running system. Those of a deployment are the function's `Release`."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AlarmsProps) -> None:
        super().__init__(scope, construct_id)
        props.notifications.admit(CLOUDWATCH)
        watches = (*_function(props), *_gateway(props), *_data(props))
        made = ((watch.name, add_alarm(self, watch, props.notifications)) for watch in watches)
        self.by_name = {name: alarm for name, alarm in made if alarm is not None}


def add_alarm(
    scope: Construct, watch: AlarmDefinition, notifications: Notifications
) -> cloudwatch.Alarm | None:
    """The alarm of `watch`, if it has a threshold; told when it rings and when it is over."""
    if watch.threshold is None:
        return None
    alarm = cloudwatch.Alarm(
        scope,
        watch.name,
        alarm_description=f"{watch.says} What to do: docs/runbook/{watch.page}.md",
        metric=watch.metric,
        threshold=watch.threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=watch.periods,
        datapoints_to_alarm=watch.datapoints,
        # These metrics are silent while nobody calls, and where nothing goes wrong.
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
        page="function-errors",
        says="Invocations of the function died: an exception, a timeout or out of memory.",
        metric=metrics.of_function("Errors"),
        threshold=settings.function_errors,
    )
    yield AlarmDefinition(
        name="FunctionSlow",
        page="function-slow",
        says="One invocation in a hundred takes too long.",
        metric=metrics.of_function("Duration", "p99"),
        threshold=settings.function_p99_ms,
        # One slow cold start in a quiet hour is no news.
        datapoints=2,
        periods=3,
    )
    yield AlarmDefinition(
        name="FunctionThrottles",
        page="function-throttles",
        says="Lambda refused invocations: the concurrency is used up.",
        metric=metrics.of_function("Throttles"),
        threshold=settings.function_throttles,
    )
    yield AlarmDefinition(
        name="StreamBehind",
        page="stream-behind",
        says="The table's stream brings promised work late.",
        metric=metrics.of_function("IteratorAge", cloudwatch.Stats.MAXIMUM),
        threshold=settings.stream_age_seconds and settings.stream_age_seconds * 1000,
    )


def _gateway(props: AlarmsProps) -> Iterator[AlarmDefinition]:
    settings, metrics = props.settings, props.metrics
    enough = settings.rate_from_requests
    yield AlarmDefinition(
        name="ClientErrors",
        page="client-errors",
        says="An unusual part of the requests is refused (4xx).",
        metric=metrics.error_percent("4XXError", "4xx, percent", from_requests=enough),
        threshold=settings.client_error_percent,
        # One client gone astray stops, or is stopped by its throttle, sooner.
        datapoints=3,
        periods=3,
    )
    yield AlarmDefinition(
        name="ServerErrors",
        page="server-errors",
        says="Requests fail by our fault (5xx).",
        metric=metrics.error_percent("5XXError", "5xx, percent", from_requests=enough),
        threshold=settings.server_error_percent,
    )


def _data(props: AlarmsProps) -> Iterator[AlarmDefinition]:
    settings, metrics = props.settings, props.metrics
    yield AlarmDefinition(
        name="TableThrottles",
        page="table-throttles",
        says="DynamoDB refused reads or writes.",
        metric=metrics.table_throttles(),
        threshold=settings.table_throttles,
        # The SDK tries again, so a single burst has harmed nobody.
        datapoints=2,
        periods=3,
    )
    yield AlarmDefinition(
        name="DeadLetters",
        page="dead-letters",
        says="Background work was given up.",
        metric=metrics.given_up(),
        threshold=settings.dead_letters,
    )
    yield AlarmDefinition(
        name="MailRefusals",
        page="mail-refusals",
        says="SES refused mail for good.",
        metric=metrics.of_app("BackgroundRefusal"),
        threshold=settings.mail_refusals,
    )
    yield AlarmDefinition(
        name="AuditChanges",
        page="audit-changes",
        says="Somebody changed or deleted events of the audit.",
        metric=metrics.of_app("AuditChanged"),
        threshold=settings.audit_changes,
    )
