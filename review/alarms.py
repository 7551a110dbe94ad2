"""The alarms, whom they notify, and the faults without an alarm."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.stack import Resource, Stack

# What can go wrong with each type: in words, and the metrics that show it (one of them is enough).
_FAULTS: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "AWS::ApiGateway::RestApi": (
        ("answers 5xx", frozenset({"5XXError"})),
        ("answers unusually many 4xx", frozenset({"4XXError"})),
        ("is slow", frozenset({"Latency", "IntegrationLatency"})),
    ),
    "AWS::Lambda::Function": (
        ("fails", frozenset({"Errors"})),
        ("is slow", frozenset({"Duration"})),
        ("is throttled", frozenset({"Throttles"})),
        ("falls behind the table's stream", frozenset({"IteratorAge", "OffsetLag"})),
    ),
    "AWS::DynamoDB::Table": (
        (
            "throttles requests",
            frozenset({"ThrottledRequests", "ReadThrottleEvents", "WriteThrottleEvents"}),
        ),
        ("fails by itself", frozenset({"SystemErrors"})),
    ),
    "AWS::SQS::Queue": (
        (
            "fills",
            frozenset({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
        ),
    ),
    "AWS::Events::Rule": (("does not reach its target", frozenset({"FailedInvocations"})),),
    "AWS::Cognito::UserPool": (("throttles sign-ins", frozenset({"SignInThrottles"})),),
    "AWS::WAFv2::WebACL": (("blocks unusually many requests", frozenset({"BlockedRequests"})),),
}
_COMPARED = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}
_MISSING = {
    "notBreaching": "counts as fine",
    "breaching": "counts as wrong",
    "ignore": "keeps the state",
    "missing": "leaves the state open",
}


@dataclass(frozen=True)
class WatchedMetric:
    """One metric that an alarm looks at: its name and the resource that its dimensions name."""

    metric: str
    of: Resource | None


def watched(stack: Stack, alarm: Resource) -> list[WatchedMetric]:
    """Every metric of an alarm, those of a formula too."""
    return [
        WatchedMetric(metric["MetricName"], _resource_of(stack, metric.get("Dimensions", [])))
        for metric in _metrics(alarm.properties)
    ]


def reads_single_methods(resource: Resource) -> bool:
    """Whether an alarm or a dashboard looks at API Gateway's metrics of single methods."""
    if "DashboardBody" in resource.properties:
        return '\\"Method\\"' in json.dumps(resource.properties["DashboardBody"])
    return any(
        dimension["Name"] == "Method"
        for metric in _metrics(resource.properties)
        for dimension in metric.get("Dimensions", [])
    )


def _is_permanent(alarm: Resource) -> bool:
    """Whether it looks at all times: Lambda counts by version only while an alias is shared by two."""
    return not any(
        dimension["Name"] == "ExecutedVersion"
        for metric in _metrics(alarm.properties)
        for dimension in metric.get("Dimensions", [])
    )


def uncovered(stack: Stack) -> list[tuple[Resource, str]]:
    """What can go wrong without any alarm: the resource, and the fault in words."""
    return [(resource, fault) for resource, fault, alarms in _coverage(stack) if not alarms]


def section(stack: Stack) -> Section:
    """The report's part on it."""
    alarms = stack.all("AWS::CloudWatch::Alarm")
    return Section(
        anchor="alarms",
        title="Alarms and what they cover",
        answer=f"{count(len(alarms), 'alarm')}{_notified(alarms)}. {_without_alarm(uncovered(stack))}",
        blocks=(
            Table(
                caption="Alarms",
                head=("alarm", "goes off when", "missing data", "notifies"),
                rows=tuple(_row(stack, alarm) for alarm in alarms),
            ),
            Table(
                caption="What they cover",
                head=("what may go wrong", "alarm"),
                rows=tuple(_covered(stack)),
            ),
            points(*_spending(stack), *_dashboards(stack)),
        ),
    )


def _notified(alarms: list[Resource]) -> str:
    silent = [alarm for alarm in alarms if not alarm.properties.get("AlarmActions")]
    if not alarms:
        return ""
    if silent:
        return ", none notifies anyone" if silent == alarms else f", {len(silent)} notify nobody"
    return ", each notifies someone"


def _without_alarm(faults: list[tuple[Resource, str]]) -> str:
    return (
        f"{count(len(faults), 'fault')} have no alarm." if faults else "Every fault listed here has an alarm."
    )


def _coverage(stack: Stack) -> Iterator[tuple[Resource, str, list[Resource]]]:
    seen = [
        (each.of, each.metric, alarm)
        for alarm in stack.all("AWS::CloudWatch::Alarm")
        if _is_permanent(alarm)
        for each in watched(stack, alarm)
    ]
    for kind, faults in _FAULTS.items():
        for resource in stack.all(kind):
            for fault, metrics in faults:
                found = list(
                    dict.fromkeys(alarm for of, metric, alarm in seen if of == resource and metric in metrics)
                )
                yield resource, fault, found


def _resource_of(stack: Stack, dimensions: list[dict[str, Any]]) -> Resource | None:
    """The resource that a metric's dimensions name, by reference or by its literal name."""
    for dimension in dimensions:
        found = stack.target(dimension["Value"])
        if found is not None:
            return found
        for resource in stack.all(*_FAULTS):
            if dimension["Value"] in (resource.properties.get("Name"), resource.name):
                return resource
    return None


def _covered(stack: Stack) -> Iterator[Row]:
    for resource, fault, alarms in _coverage(stack):
        names = listed(f"`{alarm.short}`" for alarm in alarms) if alarms else ""
        yield row(
            f"{resource.title} {fault}",
            Cell(names, "good", "covered") if alarms else Cell("", "bad", "nothing"),
        )


def _row(stack: Stack, alarm: Resource) -> Row:
    properties = alarm.properties
    missing = _MISSING[properties.get("TreatMissingData", "missing")]
    return row(
        Cell(f"`{alarm.short}`: {properties['AlarmDescription']}")
        if properties.get("AlarmDescription")
        else Cell(f"`{alarm.short}`"),
        _condition(stack, alarm),
        missing,
        _notifies(stack, alarm),
    )


def _condition(stack: Stack, alarm: Resource) -> str:
    properties = alarm.properties
    seen = watched(stack, alarm)
    names = [f"`{each.metric}` of {each.of.title if each.of else 'no one resource'}" for each in seen]
    queries = properties.get("Metrics", [])
    formula = next((query["Expression"] for query in queries if "Expression" in query), None)
    statistic = properties.get("Statistic") or properties.get("ExtendedStatistic") or _first(queries, "Stat")
    what = f"`{formula}` over {listed(dict.fromkeys(names))}" if formula else f"{statistic} {names[0]}"
    periods = properties["EvaluationPeriods"]
    times = f"in {properties.get('DatapointsToAlarm', periods)} of {periods} periods of"
    seconds = properties.get("Period") or _first(queries, "Period")
    span = count(seconds // 60, "minute") if seconds % 60 == 0 else f"{seconds} seconds"
    compared = _COMPARED.get(properties["ComparisonOperator"], "outside the band of")
    return f"{what} {compared} {properties.get('Threshold', 'what is usual')}, {times} {span}"


def _metrics(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """What an alarm is about, whether it is said at its top or by queries."""
    if "MetricName" in properties:
        return [properties]
    return [query["MetricStat"]["Metric"] for query in properties.get("Metrics", []) if "MetricStat" in query]


def _first(queries: list[dict[str, Any]], name: str) -> Any:
    """How the first of an alarm's queries looks at its metric."""
    return next(query["MetricStat"][name] for query in queries if "MetricStat" in query)


def _notifies(stack: Stack, alarm: Resource) -> Cell:
    told = [_topic_with_subscribers(stack, action) for action in alarm.properties.get("AlarmActions", [])]
    told += [
        f"{group.title}, which rolls the deployment back"
        for group in stack.all("AWS::CodeDeploy::DeploymentGroup")
        if alarm in stack.referred(group.properties.get("AlarmConfiguration"))
    ]
    return Cell(listed(told)) if told else Cell("only visible in the console", "bad", "nobody")


def _topic_with_subscribers(stack: Stack, action: Any) -> str:
    topic = stack.target(action)
    if topic is None:
        return stack.words(action)
    subscribers = [
        f"{each.properties['Protocol']} {stack.words(each.properties['Endpoint'])}"
        for each in stack.all("AWS::SNS::Subscription")
        if stack.target(each.properties["TopicArn"]) == topic
    ]
    return f"{topic.title} ({listed(subscribers) if subscribers else 'without a subscriber in the template'})"


def _spending(stack: Stack) -> Iterator[Cell]:
    budgets = stack.all("AWS::Budgets::Budget")
    for budget in budgets:
        limit = budget.properties["Budget"].get("BudgetLimit", {})
        text = f"{limit.get('Amount', '?')} {limit.get('Unit', '')} a month".strip()
        yield Cell(f"{budget.title}: {text}.", "good", "budget")
    if not budgets:
        yield Cell("Nobody is notified when the bill grows: there is no budget.", "warn", "no budget")


def _dashboards(stack: Stack) -> Iterator[Cell]:
    dashboards = stack.all("AWS::CloudWatch::Dashboard")
    if dashboards:
        yield Cell(f"Dashboards: {listed(each.title for each in dashboards)}.", "good", "dashboard")
    else:
        yield Cell("There is no dashboard.", "warn", "no dashboard")
