"""What the report knows of each resource type, and the rule for one property of it."""

from fnmatch import fnmatchcase

from review.rules import api, compute, firewall, identity, monitoring, storage, triggers
from review.rules.kinds import Rule, TypeRules, harmless

RULES: dict[str, TypeRules] = {
    **api.RULES,
    **compute.RULES,
    **firewall.RULES,
    **identity.RULES,
    **monitoring.RULES,
    **storage.RULES,
    **triggers.RULES,
    "AWS::CDK::Metadata": TypeRules(harmless=frozenset({"Analytics"})),
}
_HARMLESS = harmless("touches neither access, data, operation nor monitoring")


def rules_of(type_name: str) -> TypeRules | None:
    """What is known of a type; None where this report does not know it."""
    return RULES.get(type_name)


def rule_for(type_name: str, path: tuple[str, ...]) -> Rule | None:
    """The most specific rule for a property, or for what holds it."""
    rules = RULES[type_name]
    found = [
        (len(pattern), -sum("*" in part for part in pattern), rule)
        for pattern, rule in ((tuple(name.split(".")), rule) for name, rule in rules.properties.items())
        if len(pattern) <= len(path) and all(map(fnmatchcase, path, pattern))
    ]
    if found:
        return max(found, key=lambda each: each[:2])[2]
    return _HARMLESS if path[0] in rules.harmless else None


def has_rule_below(type_name: str, path: tuple[str, ...]) -> bool:
    """Whether there are rules for parts of what stands at a path."""
    return any(
        len(pattern) > len(path) and all(map(fnmatchcase, path, pattern))
        for pattern in (tuple(name.split(".")) for name in RULES[type_name].properties)
    )
