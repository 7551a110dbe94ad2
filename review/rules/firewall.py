"""Rules for the firewall in front of the API (WAF)."""

from typing import Any

from review.changes import Change
from review.rules.kinds import (
    Rule,
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    leads_elsewhere,
    names,
    number,
    of_elements,
)
from review.verdicts import Verdict, cannot_tell, changes, disrupts, exposes, opens, reduces_monitoring

_MORE = opens("lets more requests in")


def _action(value: Any) -> str:
    return next(iter(value), "") if isinstance(value, dict) else str(value)


def _rule_action(change: Change) -> Verdict | None:
    """What a firewall's rule does with a request that it matches."""
    before, after = _action(change.before), _action(change.after)
    if change.old is None or change.before is None or change.after is None:
        return None
    if after in {"Count", "Allow"} and before not in {"Count", "Allow"}:
        return opens(f"matching requests are let through: `{before}` becomes `{after}`")
    if after in {"Block", "None"}:
        return changes("matching requests are refused")
    return cannot_tell(f"`{before}` becomes `{after}`")


def _part_of_action(change: Change) -> Verdict | None:
    """The action is the name of a property: `Block` goes and `Count` comes."""
    came, name = change.after is not None and change.before is None, change.path[-1]
    if came and name in {"Count", "Allow"} and change.old is not None:
        return opens(f"matching requests are only {'counted' if name == 'Count' else 'let through'}")
    return changes("what becomes of matching requests") if change.old else None


def _new_rule(change: Change) -> Verdict | None:
    if _action(change.after.get("Action", {})) == "Allow":
        return opens("a rule that lets requests through before others look")
    return changes("one more rule looks at requests")


def _override(change: Change) -> Verdict | None:
    if _action(change.after.get("ActionToUse", {})) in {"Count", "Allow"}:
        return opens("a managed rule only counts any more")
    return changes("a managed rule acts differently")


def _narrower(change: Change) -> Verdict | None:
    if change.before is None:
        return opens("the rule looks at part of the requests only")
    return cannot_tell("which requests the rule looks at")


_MANAGED = "Rules.*.Statement.ManagedRuleGroupStatement"


def _default_action(change: Change) -> Verdict | None:
    """What becomes of requests that no rule matches; the action is the name of a property."""
    if change.old is None or change.after is None:
        return None if change.old is None else changes("what becomes of requests that no rule matches")
    if change.path[-1] == "Block":
        return disrupts("requests that no rule lets through are refused")
    return opens("requests that no rule matches are let through")


_FIREWALL: dict[str, Rule] = {
    "DefaultAction.*": _default_action,
    "Rules.*": of_elements(added=_new_rule, removed=always(opens("a rule no longer looks at requests"))),
    "Rules.*.Action": _rule_action,
    "Rules.*.Action.*": _part_of_action,
    "Rules.*.OverrideAction": _rule_action,
    "Rules.*.OverrideAction.*": _part_of_action,
    "Rules.*.Priority": always(cannot_tell("the order of the rules: an `Allow` may come first now")),
    "Rules.*.VisibilityConfig": flag(off=reduces_monitoring("no metrics or samples of the rule")),
    "Rules.*.VisibilityConfig.MetricName": always(reduces_monitoring("metrics under another name")),
    "Rules.*.Statement.RateBasedStatement.Limit": number(higher=_MORE),
    "Rules.*.Statement.RateBasedStatement.EvaluationWindowSec": number(
        lower=opens("lets more requests in over time"),
        higher=changes("counts over a longer time"),
        absent=300,
    ),
    "Rules.*.Statement.RateBasedStatement.ScopeDownStatement": _narrower,
    f"{_MANAGED}.ScopeDownStatement": _narrower,
    f"{_MANAGED}.ExcludedRules": elements(added=opens("a managed rule only counts any more")),
    f"{_MANAGED}.RuleActionOverrides.*": of_elements(
        added=_override, removed=harmless("a managed rule acts as AWS means it again")
    ),
    f"{_MANAGED}.RuleActionOverrides.*.ActionToUse.*": _part_of_action,
    f"{_MANAGED}.Version": always(cannot_tell("another version of the managed rules")),
    "VisibilityConfig": flag(off=reduces_monitoring("no metrics or samples")),
    "Scope": always(cannot_tell("which kind of resource it protects")),
}

RULES: dict[str, TypeRules] = {
    "AWS::WAFv2::WebACL": TypeRules(
        removed=opens("no longer in front of the API"),
        properties=_FIREWALL,
        harmless=names("Description Name Tags CustomResponseBodies"),
    ),
    "AWS::WAFv2::WebACLAssociation": TypeRules(
        removed=opens("the web ACL is no longer in front of the API"),
        properties={
            "ResourceArn": always(opens("the web ACL stands in front of something else")),
            "WebACLArn": always(opens("another web ACL stands in front")),
        },
    ),
    "AWS::WAFv2::LoggingConfiguration": TypeRules(
        removed=reduces_monitoring("the firewall no longer logs"),
        properties={
            "LogDestinationConfigs": leads_elsewhere("the firewall's log goes to"),
            "LoggingFilter": always(reduces_monitoring("part of the requests is logged")),
            "RedactedFields": always(exposes("what the firewall's log hides")),
        },
    ),
}
