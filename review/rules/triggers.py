"""Rules for schedules, for how releases are rolled out, and for parameters."""

import re
from typing import Any

from review.changes import Change
from review.cost import calls_a_month
from review.rules.kinds import (
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    is_literal,
    leads_elsewhere,
    names,
    of_elements,
    unless_removed,
)
from review.rules.settings import parameter
from review.stack import Resource
from review.verdicts import (
    Verdict,
    adds,
    cannot_tell,
    changes,
    disrupts,
    opens,
    reduces_monitoring,
    weakens,
)

_ROLLBACK = weakens("a bad release is no longer rolled back in every case")
_DROPPED = weakens("work that fails is dropped, not kept for later")


def _schedule(change: Change) -> Verdict | None:
    """How often it fires; where no rate can be read, nobody can tell."""
    if change.old is None or change.new is None:
        return None
    before, after = (_rate(each) for each in (change.old, change.new))
    if before is None or after is None:
        return cannot_tell("when it fires")
    if after < before:
        return disrupts(f"fires {after:,.0f} times a month, not {before:,.0f}")
    return changes(f"fires {after:,.0f} times a month, before {before:,.0f}")


def _rate(rule: Resource) -> float | None:
    try:
        return calls_a_month(rule)
    except (KeyError, ValueError, IndexError):
        return None


def _new_schedule(change: Change) -> Verdict:
    targets: list[Any] = [target.get("Arn") for target in change.resource.properties.get("Targets", [])]
    if any(is_literal(target) for target in targets):
        return opens("calls a target outside this stack")
    return adds("new")


def _target(change: Change) -> Verdict | None:
    if is_literal(change.after.get("Arn")):
        return opens("events are sent to a target outside this stack")
    return None if change.old is None else opens("events are sent to one more target")


def _pace(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if "AllAtOnce" in str(change.after):
        return weakens("a new version takes all traffic at once")
    before, after = (re.findall(r"\d+", str(value)) for value in (change.before, change.after))
    if len(before) == len(after) == 2:  # noqa: PLR2004 - percent and minutes
        faster = int(after[0]) > int(before[0]) or int(after[1]) < int(before[1])
        slower = changes("a new version takes traffic slower")
        return weakens("a new version takes traffic faster") if faster else slower
    return cannot_tell("how a new version takes traffic")


RULES: dict[str, TypeRules] = {
    "AWS::Events::Rule": TypeRules(
        added=_new_schedule,
        removed=disrupts("what it started is no longer started"),
        properties={
            "State": flag(off=disrupts("what it starts is no longer started"), default=True),
            "ScheduleExpression": _schedule,
            "EventPattern": always(cannot_tell("which events it answers")),
            "Targets.*": of_elements(
                added=_target, removed=always(disrupts("a target is no longer started"))
            ),
            "Targets.*.Arn": leads_elsewhere("events are sent to"),
            "Targets.*.DeadLetterConfig": unless_removed(
                changes("where events that fail are kept"), removed=_DROPPED
            ),
            "Targets.*.RetryPolicy": always(weakens("how long a failed event is tried again")),
            "Targets.*.RoleArn": always(opens("the target is started by another role")),
            "Targets.*.*": always(cannot_tell("what the target is told")),
            "EventBusName": always(disrupts("events of another bus")),
        },
        harmless=names("Description Name"),
    ),
    "AWS::Events::EventBusPolicy": TypeRules(
        properties={"StatementId": harmless("another name")},
        policies=names("Statement Action Principal Condition EventBusName"),
    ),
    "AWS::Scheduler::Schedule": TypeRules(
        removed=disrupts("what it started is no longer started"),
        properties={
            "State": flag(off=disrupts("what it starts is no longer started"), default=True),
            "Target.Arn": leads_elsewhere("it calls"),
            "ScheduleExpression": _schedule,
        },
        harmless=names("Description Name"),
    ),
    "AWS::CodeDeploy::Application": TypeRules(harmless=names("Tags ApplicationName")),
    "AWS::CodeDeploy::DeploymentGroup": TypeRules(
        removed=weakens("a new version takes all traffic at once, and nothing rolls it back"),
        properties={
            "DeploymentConfigName": _pace,
            "AlarmConfiguration.Enabled": flag(off=_ROLLBACK),
            "AlarmConfiguration.IgnorePollAlarmFailure": flag(on=_ROLLBACK),
            "AlarmConfiguration.Alarms": elements(removed=_ROLLBACK),
            "AlarmConfiguration.Alarms.*": always(cannot_tell("another alarm judges a release")),
            "AutoRollbackConfiguration.Enabled": flag(off=_ROLLBACK),
            "AutoRollbackConfiguration.Events": elements(removed=_ROLLBACK),
            "DeploymentStyle": always(weakens("how a new version takes traffic")),
            "ServiceRoleArn": always(opens("CodeDeploy acts by another role")),
            "TriggerConfigurations": elements(removed=reduces_monitoring("releases are not announced")),
        },
        harmless=names("Tags DeploymentGroupName"),
    ),
    "AWS::CodeDeploy::DeploymentConfig": TypeRules(
        properties={"TrafficRoutingConfig": always(weakens("how a new version takes traffic"))}
    ),
    "AWS::SSM::Parameter": TypeRules(
        added=parameter,
        removed=disrupts("what reads the parameter fails"),
        properties={
            "Value": parameter,
            "Type": always(weakens("another type: a `String` is stored in plain text")),
            "AllowedPattern": always(changes("which values are accepted")),
            "Policies": always(cannot_tell("when the parameter expires")),
            "Name": always(disrupts("what reads the parameter by its name fails")),
        },
        harmless=names("Description Tags Tier DataType"),
    ),
}
