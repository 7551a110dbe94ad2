"""Rules for what notices faults, and whom it tells."""

from review.changes import Change
from review.rules.kinds import (
    Rule,
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    is_literal,
    names,
    number,
    of_elements,
    ranked,
    unless_removed,
)
from review.verdicts import Verdict, cannot_tell, changes, exposes, opens, reduces_monitoring, weakens

_LATER = reduces_monitoring("goes off later than before")
_SOONER = changes("goes off sooner than before")
_UNPROTECTED = always(opens("the policy no longer protects the same topics"))
_FEWER = reduces_monitoring("notifies fewer")


def _threshold(change: Change) -> Verdict | None:
    """When an alarm rings: which direction is stricter depends on what it compares."""
    if change.old is None:
        return None
    operator = str(change.resource.properties.get("ComparisonOperator", ""))
    if operator in {"GreaterThanThreshold", "GreaterThanOrEqualToThreshold"}:
        return number(higher=_LATER, lower=_SOONER)(change)
    if operator in {"LessThanThreshold", "LessThanOrEqualToThreshold"}:
        return number(lower=_LATER, higher=_SOONER)(change)
    return cannot_tell("how far from the usual it goes off")


def _budget_amount(change: Change) -> Verdict | None:
    return number(
        higher=reduces_monitoring("more is spent before anyone is notified"),
        lower=changes("notified earlier"),
    )(change)


def _notifications(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.before is not None:
        return reduces_monitoring("who is notified of the bill, and when")
    return changes("one more notification")


def _subscription(change: Change) -> Verdict:
    properties = change.resource.properties
    return opens(
        f"all that is published is sent to {properties.get('Protocol')} `{properties.get('Endpoint')}`",
    )


def _other_subscription(change: Change) -> Verdict | None:
    return None if change.old is None else _subscription(change)


def _actions(change: Change) -> Verdict | None:
    """What an alarm starts or tells; an ARN that is written out is no resource of this stack."""
    if change.after and any(map(is_literal, change.after)):
        return opens("starts or notifies something outside this stack")
    return elements(added=changes("notifies one more"), removed=_FEWER)(change)


_ALARM: dict[str, Rule] = {
    "Threshold": _threshold,
    "EvaluationPeriods": number(higher=_LATER, lower=_SOONER),
    "DatapointsToAlarm": number(higher=_LATER, lower=_SOONER),
    "Period": number(higher=_LATER, lower=_SOONER),
    "ComparisonOperator": always(reduces_monitoring("goes off for something else")),
    "TreatMissingData": ranked(
        ("breaching", "missing", "ignore", "notBreaching"),
        worse=reduces_monitoring("missing data counts as fine"),
        absent="missing",
    ),
    "ActionsEnabled": flag(off=reduces_monitoring("notifies nobody"), default=True),
    "AlarmActions": _actions,
    "OKActions": elements(
        added=changes("notifies one more when it is over"),
        removed=changes("notifies fewer when it is over"),
    ),
    "InsufficientDataActions": elements(
        added=changes("notifies one more of missing data"),
        removed=reduces_monitoring("notifies fewer of missing data"),
    ),
    "MetricName": always(reduces_monitoring("looks at something else")),
    "Namespace": always(reduces_monitoring("looks at something else")),
    "Dimensions.*": always(reduces_monitoring("looks at something else")),
    "Dimensions": always(reduces_monitoring("looks at something else")),
    "Statistic": always(reduces_monitoring("another statistic: goes off for something else")),
    "ExtendedStatistic": always(reduces_monitoring("another statistic: goes off for something else")),
    "Unit": always(reduces_monitoring("looks at something else")),
    "EvaluateLowSampleCountPercentile": always(reduces_monitoring("what a few requests count")),
    "Metrics.*": of_elements(
        added=always(cannot_tell("one more metric")),
        removed=always(reduces_monitoring("no longer looks at a metric")),
    ),
    "Metrics.*.Expression": always(cannot_tell("another formula: read it")),
    "Metrics.*.Label": harmless("another label"),
    "Metrics.*.*": always(reduces_monitoring("looks at something else")),
    "ThresholdMetricId": always(reduces_monitoring("goes off for something else")),
    "AlarmName": harmless("another name"),
}

RULES: dict[str, TypeRules] = {
    "AWS::CloudWatch::Alarm": TypeRules(
        removed=reduces_monitoring("no longer watches"),
        properties=_ALARM,
        harmless=names("AlarmDescription Tags"),
    ),
    "AWS::CloudWatch::CompositeAlarm": TypeRules(
        removed=reduces_monitoring("no longer watches"),
        properties={
            "AlarmRule": always(cannot_tell("for which alarms it goes off")),
            "AlarmActions": _ALARM["AlarmActions"],
            "ActionsEnabled": _ALARM["ActionsEnabled"],
            "ActionsSuppressor": always(reduces_monitoring("silent while another alarm is on")),
        },
        harmless=names("AlarmDescription AlarmName"),
    ),
    "AWS::CloudWatch::Dashboard": TypeRules(
        removed=reduces_monitoring("nothing to look at"),
        properties={"DashboardBody": harmless("what the dashboard shows")},
        harmless=names("DashboardName"),
    ),
    "AWS::Budgets::Budget": TypeRules(
        removed=reduces_monitoring("nobody is notified when the bill grows"),
        properties={
            "Budget.BudgetLimit.Amount": _budget_amount,
            "Budget.FilterExpression": always(reduces_monitoring("what is counted")),
            "Budget.TimeUnit": always(reduces_monitoring("counted over another time")),
            "Budget.*": always(cannot_tell("what is counted")),
            "NotificationsWithSubscribers.*.Notification.Threshold": number(higher=_LATER, lower=_SOONER),
            "NotificationsWithSubscribers": _notifications,
        },
    ),
    "AWS::SNS::Topic": TypeRules(
        removed=reduces_monitoring("what was published to it reaches nobody"),
        properties={
            "KmsMasterKeyId": unless_removed(
                weakens("encrypted with another key"),
                removed=weakens("messages are no longer encrypted"),
            ),
            "Subscription": elements(
                added=opens("all that is published is sent to one more"),
                removed=_FEWER,
                new=True,
            ),
            "TracingConfig": flag(off=reduces_monitoring("no longer traced")),
            "DataProtectionPolicy": always(exposes("what is masked in messages")),
        },
        harmless=names("DisplayName TopicName Tags SignatureVersion"),
    ),
    "AWS::SNS::TopicPolicy": TypeRules(properties={"Topics": _UNPROTECTED}, policies=names("PolicyDocument")),
    "AWS::SNS::TopicInlinePolicy": TypeRules(
        properties={"TopicArn": _UNPROTECTED}, policies=names("PolicyDocument")
    ),
    "AWS::SNS::Subscription": TypeRules(
        added=_subscription,
        removed=reduces_monitoring("a subscriber is no longer notified"),
        properties={
            "Endpoint": _other_subscription,
            "Protocol": _other_subscription,
            "TopicArn": always(reduces_monitoring("notified of another topic")),
            "FilterPolicy": always(reduces_monitoring("notified of part of the messages")),
            "RedrivePolicy": always(changes("where messages that cannot be delivered go")),
        },
        harmless=names("RawMessageDelivery DeliveryPolicy FilterPolicyScope"),
    ),
    "AWS::XRay::SamplingRule": TypeRules(
        properties={"SamplingRule": always(reduces_monitoring("which requests are traced"))}
    ),
}
