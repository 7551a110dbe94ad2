"""What a change means, the most dangerous first."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from review.changes import PERMISSION, Change
from review.data import STATEFUL
from review.updates import effect_of


class Danger(IntEnum):
    """Sorted by what it would cost to be wrong about it."""

    LOSES_DATA = 0
    CANNOT_BE_DONE = 1
    WEAKENS = 2
    OPENS = 3
    BLINDS = 4
    REPLACES = 5
    REMOVES = 6
    CHANGES = 7
    ADDS = 8


@dataclass(frozen=True)
class Judged:
    """A change with its danger, and why in a few words."""

    danger: Danger
    change: Change
    why: str


@dataclass(frozen=True)
class Guard:
    """A property that protects data: which of its changes weaken it, and how that is told."""

    weakens: Callable[[Any, Any], bool]
    why: str = "protects the data less"


# What must be asked for, what is there unasked, a span (none is for ever), and what is worth a look anyway.
_OFF = Guard(lambda _before, after: after in (None, False, "INACTIVE"))
_FALSE = Guard(lambda _before, after: after is False)
_SHORTER = Guard(lambda before, after: after is not None and (before is None or after < before))
_OTHER = Guard(lambda before, _after: before is not None, "how the data is protected changes")
_GUARDS: dict[str, dict[str, Guard]] = {
    "AWS::DynamoDB::Table": {
        "DeletionProtectionEnabled": _OFF,
        "PointInTimeRecoverySpecification": _OFF,
        "SSESpecification": _OTHER,
        "TimeToLiveSpecification": _OTHER,
    },
    "AWS::Cognito::UserPool": {"DeletionProtection": _OFF},
    "AWS::Logs::LogGroup": {"RetentionInDays": _SHORTER, "KmsKeyId": _OTHER},
    "AWS::SQS::Queue": {
        "MessageRetentionPeriod": _SHORTER,
        "SqsManagedSseEnabled": _FALSE,
        "KmsMasterKeyId": _OTHER,
    },
    "AWS::KMS::Key": {"EnableKeyRotation": _OFF, "PendingWindowInDays": _SHORTER},
}
# What keeps people out. Any change is worth a look; of a whole one, its coming or going.
_DOORS: dict[str, frozenset[str]] = {
    "AWS::ApiGateway::Method": frozenset({"AuthorizationType", "AuthorizerId", "AuthorizationScopes"}),
    "AWS::ApiGateway::Authorizer": frozenset({"Type", "ProviderARNs", "IdentitySource"}),
    "AWS::ApiGateway::Stage": frozenset({"MethodSettings"}),
    "AWS::ApiGateway::DomainName": frozenset({"SecurityPolicy"}),
    "AWS::ApiGateway::RestApi": frozenset({"DisableExecuteApiEndpoint", "EndpointConfiguration", "Policy"}),
    "AWS::Cognito::UserPool": frozenset(
        {"MfaConfiguration", "Policies", "AdminCreateUserConfig", "EnabledMfas"}
    ),
    "AWS::Cognito::UserPoolClient": frozenset({"ExplicitAuthFlows", "PreventUserExistenceErrors"}),
    "AWS::IAM::Policy": frozenset({"PolicyDocument", "Roles"}),
    "AWS::IAM::Role": frozenset({"AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies"}),
    "AWS::KMS::Key": frozenset({"KeyPolicy"}),
    "AWS::Lambda::Permission": frozenset({"Action", "Principal", "SourceAccount", "SourceArn"}),
    "AWS::SQS::QueuePolicy": frozenset({"PolicyDocument"}),
    "AWS::SNS::TopicPolicy": frozenset({"PolicyDocument"}),
    "AWS::WAFv2::WebACL": frozenset({"Rules", "DefaultAction"}),
}
_OPENS_WHEN_ADDED = frozenset(
    {"AWS::Lambda::Permission", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::SNS::Subscription"}
)
_OPENS_WHEN_REMOVED = frozenset(
    {
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }
)
_EYES = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::SNS::Subscription",
        "AWS::Budgets::Budget",
    }
)
_LOOKS: dict[str, frozenset[str]] = {
    "AWS::ApiGateway::Stage": frozenset({"AccessLogSetting", "TracingEnabled"}),
    "AWS::Lambda::Function": frozenset({"LoggingConfig", "TracingConfig"}),
}


def judge(change: Change) -> Judged:
    """One change's danger."""
    for verdict in (_of_removed, _of_added, _of_policies, _of_guards, _of_update_or_doors, _of_eyes):
        found = verdict(change)
        if found is not None:
            return Judged(found[0], change, found[1])
    return Judged(Danger.CHANGES, change, "in place")


Verdict = tuple[Danger, str] | None


def _of_removed(change: Change) -> Verdict:
    """A resource that goes."""
    if not change.removed:
        return None
    type_name = change.resource.type
    if type_name in STATEFUL:
        kept = change.resource.on_deletion.startswith("Retain")
        fate = (
            "leaves the stack; what takes its place is empty" if kept else "destroyed with all that is in it"
        )
        return Danger.LOSES_DATA, fate
    if type_name in _OPENS_WHEN_REMOVED:
        return Danger.OPENS, "no longer in front"
    if type_name in _EYES:
        return Danger.BLINDS, "no longer watches"
    return Danger.REMOVES, "gone"


def _of_added(change: Change) -> Verdict:
    """A resource that comes."""
    if not change.added:
        return None
    if change.resource.type in _OPENS_WHEN_ADDED:
        return Danger.OPENS, "somebody may do more"
    if _is_open_method(change):
        return Danger.OPENS, "a route that asks for no token"
    return Danger.ADDS, "new"


def _of_guards(change: Change) -> Verdict:
    """A protection among the properties that gets weaker."""
    guard = _GUARDS.get(change.resource.type, {}).get(change.path[0])
    if guard and guard.weakens(change.before, change.after):
        return Danger.WEAKENS, guard.why
    return None


def _of_policies(change: Change) -> Verdict:
    """What stands beside the properties and decides something."""
    if change.path == (PERMISSION,):
        return Danger.OPENS, "whom the function refuses changes"
    match change.path[0]:
        case "DeletionPolicy" | "UpdateReplacePolicy" if change.after != "Delete":
            return Danger.CHANGES, "kept when it leaves the stack"
        case "DeletionPolicy" | "UpdateReplacePolicy":
            danger = Danger.WEAKENS if change.resource.type in STATEFUL else Danger.CHANGES
            return danger, "no longer kept when it leaves the stack"
        case "UpdatePolicy" if change.after is not None:
            return Danger.CHANGES, "how a new version takes over"
        case "UpdatePolicy":
            return Danger.WEAKENS, "a new version takes all traffic at once, and nothing turns it back"
    return None


def _of_update_or_doors(change: Change) -> Verdict:
    """The worse of the two: what is replaced may let somebody in as well."""
    found = [verdict for verdict in (_of_update(change), _of_doors(change)) if verdict is not None]
    return min(found, default=None)


def _of_update(change: Change) -> Verdict:
    """What CloudFormation does to carry it out."""
    stateful = change.resource.type in STATEFUL
    match effect_of(change.resource.type, change.path):
        case "refused":
            return Danger.CANNOT_BE_DONE, "the service refuses it: the deployment fails"
        case "replaced" if stateful:
            kept = change.resource.on_replacement.startswith("Retain")
            left = "the old one stays, outside the stack" if kept else "the old one is destroyed"
            return Danger.LOSES_DATA, f"replaced by an empty one; {left}"
        case "replaced":
            return Danger.REPLACES, "replaced by a new one"
        case "maybe" | "unknown":
            return Danger.LOSES_DATA if stateful else Danger.REPLACES, "may be replaced by a new one"
        case _:
            return None


def _of_doors(change: Change) -> Verdict:
    """Who is let in."""
    if change.path[0] in _DOORS.get(change.resource.type, ()):
        throttle = change.path[0] == "MethodSettings"
        return Danger.OPENS, "how much is let in changes" if throttle else "who is let in changes"
    return None


def _of_eyes(change: Change) -> Verdict:
    """What would be noticed."""
    type_name = change.resource.type
    if type_name in _EYES or change.path[0] in _LOOKS.get(type_name, ()):
        return Danger.BLINDS, "what is noticed changes"
    return None


def _is_open_method(change: Change) -> bool:
    properties = change.after
    return (
        change.resource.type == "AWS::ApiGateway::Method"
        and properties.get("AuthorizationType", "NONE") == "NONE"
        and properties.get("Integration", {}).get("Type") != "MOCK"
    )
