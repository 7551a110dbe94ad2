"""Every statement of every policy in a template: who may do what to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.templates import as_list, readable
from review.page import listed
from review.stack import Resource, Stack

# The first word of an action says what it does to data; what stands first wins.
_VERBS = (
    ("delete", ("Delete", "AdminDelete", "BatchWrite", "Purge", "Remove", "ScheduleKeyDeletion")),
    (
        "write",
        ("Put", "Update", "Create", "Send", "Publish", "Tag", "Transact", "Encrypt", "GenerateDataKey"),
    ),
    ("act as", ("AssumeRole",)),
    ("invoke", ("Invoke",)),
    (
        "read",
        ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "ConditionCheck", "Receive", "Decrypt"),
    ),
)
# A batch of writes may hold deletions, a transaction anything.
_BOTH = {"dynamodb:BatchWriteItem": ("write", "delete")}
_ORDER = ("act as", "invoke", "read", "write", "delete", "use", "do anything")
_OPERATORS = {
    "ArnLike": "is like",
    "ArnEquals": "is",
    "Bool": "is",
    "StringEquals": "is",
    "StringLike": "is like",
}
_SETS = {"ForAnyValue": "any ", "ForAllValues": "every "}
_ACCOUNT = "whoever this account's own policies allow"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, with what its references stand for.

    `who` is in words; `targets` are the stack's own resources among `what`, which is readable text.
    """

    who: str
    allowed: bool
    actions: tuple[str, ...]
    what: tuple[str, ...]
    targets: tuple[Resource, ...]
    condition: str

    @property
    def verbs(self) -> tuple[str, ...]:
        """What its actions amount to, in words, mildest first."""
        found = {verb for action in self.actions for verb in verbs_of(action)}
        return tuple(verb for verb in _ORDER if verb in found)

    @property
    def is_wide(self) -> bool:
        """Whether it allows every action of a service, or an action on everything there is.

        A key's policy that leaves all to the account's own policies allows nothing by itself.
        """
        everything = any(action.rpartition(":")[2] == "*" for action in self.actions)
        return self.allowed and self.who != _ACCOUNT and (everything or "*" in self.what)


def verbs_of(action: str) -> tuple[str, ...]:
    """What an action does: `use` where its name does not say."""
    if action in _BOTH:
        return _BOTH[action]
    name = action.rpartition(":")[2]
    if name == "*" or " " in action:
        return ("do anything",)
    return (next((verb for verb, starts in _VERBS if name.startswith(starts)), "use"),)


def statements(stack: Stack) -> list[Statement]:
    """Of every role's policies, of every resource's own policy, and who may invoke the function."""
    return [*_of_roles(stack), *_of_resources(stack), *_invokers(stack)]


def _of_roles(stack: Stack) -> Iterator[Statement]:
    for role in stack.all("AWS::IAM::Role"):
        who = _holder(stack, role)
        for trust in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            yield _statement(stack, _principal(stack, trust), trust, resource=[{"Ref": role.name}])
        for managed in role.properties.get("ManagedPolicyArns", []):
            text = f"all that the managed policy `{readable(managed).rpartition('/')[2]}` allows"
            yield Statement(who=who, allowed=True, actions=(text,), what=("*",), targets=(), condition="")
        for policy in role.properties.get("Policies", []):
            for each in policy["PolicyDocument"]["Statement"]:
                yield _statement(stack, who, each)
    for policy in stack.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        who = listed(_holder(stack, role) for role in stack.referred(policy.properties.get("Roles", [])))
        for each in policy.properties["PolicyDocument"]["Statement"]:
            yield _statement(stack, who, each)


def _of_resources(stack: Stack) -> Iterator[Statement]:
    """Policies that hang on what they protect, of whatever type that is."""
    for resource in stack.resources.values():
        if resource.type.startswith("AWS::IAM::"):
            continue
        document = resource.properties.get("PolicyDocument") or resource.properties.get("KeyPolicy")
        for each in document["Statement"] if document else ():
            # In a key's policy, `*` is the key itself.
            own = [{"Ref": resource.name}] if "KeyPolicy" in resource.properties else None
            yield _statement(stack, _principal(stack, each), each, resource=own)


def _invokers(stack: Stack) -> Iterator[Statement]:
    for permission in stack.all("AWS::Lambda::Permission"):
        properties = permission.properties
        source = f"for {stack.words(properties['SourceArn'])}" if "SourceArn" in properties else ""
        function = stack.target(properties["FunctionName"])
        yield Statement(
            who=f"`{properties['Principal']}`",
            allowed=True,
            actions=(properties["Action"],),
            what=(function.title,) if function else (f"`{readable(properties['FunctionName'])}`",),
            targets=(function,) if function else (),
            condition=source,
        )


def _statement(
    stack: Stack, who: str, statement: dict[str, Any], *, resource: list[Any] | None = None
) -> Statement:
    # What is not named by its absence (`NotResource`) may be anything.
    named = resource or as_list(statement.get("Resource", "*"))
    return Statement(
        who=who,
        allowed=statement["Effect"] == "Allow",
        actions=_actions(statement),
        what=tuple(_what(stack, each) for each in named),
        targets=tuple(target for each in named if (target := stack.target(each))),
        condition=_condition(statement.get("Condition", {})),
    )


def _actions(statement: dict[str, Any]) -> tuple[str, ...]:
    if "NotAction" in statement:
        return (f"everything but {listed(f'`{action}`' for action in as_list(statement['NotAction']))}",)
    return tuple(as_list(statement["Action"]))


def _what(stack: Stack, resource: Any) -> str:
    """`*` as it is; a part of one of the stack's resources as such."""
    if resource == "*":
        return "*"
    found, text = stack.target(resource), readable(resource)
    if found is None:
        return (
            f"`{text.replace('arn:${AWS::Partition}:', '').replace('${AWS::Region}:${AWS::AccountId}:', '')}`"
        )
    if text.endswith(".StreamArn}"):
        return f"the stream of {found.title}"
    part = text.partition("}")[2].lstrip("/")
    return f"`{part}` of {found.title}" if part else found.title


def _condition(condition: dict[str, Any]) -> str:
    return " and ".join(
        f"where {_operator(operator, key)} {listed(f'`{readable(value)}`' for value in as_list(values))}"
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _operator(operator: str, key: str) -> str:
    """`ForAnyValue:StringLike` as `any ... is like`; an operator without words stands as it is."""
    group, _, name = operator.rpartition(":")
    return f"{_SETS.get(group, '')}`{key}` {_OPERATORS.get(name, operator)}"


def _principal(stack: Stack, statement: dict[str, Any]) -> str:
    if "NotPrincipal" in statement:
        return "anybody but those it names"
    principal = statement["Principal"]
    if principal == "*":
        return "anybody"
    named = [value for values in principal.values() for value in as_list(values)]
    return listed(_named(stack, value) for value in named)


def _named(stack: Stack, value: Any) -> str:
    text = readable(value)
    if text == "*":
        return "anybody"
    if text.endswith(":root"):
        return _ACCOUNT
    return stack.words(value)


def _holder(stack: Stack, role: Resource) -> str:
    """Whoever acts by a role: what the template gives it to, else the role itself."""
    holders = [
        resource.title
        for resource in stack.resources.values()
        if resource.type != "AWS::IAM::Policy" and role in stack.referred(_given_roles(resource))
    ]
    return listed(dict.fromkeys(holders)) if holders else role.title


def _given_roles(resource: Resource) -> list[Any]:
    keys = ("Role", "RoleARN", "RoleArn", "ServiceRoleArn", "ExecutionRoleArn", "CloudWatchRoleArn")
    return [resource.properties[key] for key in keys if key in resource.properties]
