"""Who may do what to what: every statement of every policy in the template, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.iam import DENIALS, REASONS
from tools.review.page import Cell, Row, Section, Table, count, listed, points, row
from tools.review.stack import Resource, Stack
from tools.templates import as_list, readable

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
HOLDS_DATA = (
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::S3::Bucket",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
    "AWS::KMS::Key",
)


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


def section(stack: Stack) -> Section:
    """The report's part on it."""
    found = statements(stack)
    wide = [statement for statement in found if statement.is_wide]
    roles = stack.all("AWS::IAM::Role")
    return Section(
        anchor="access",
        title="Who may do what",
        answer=f"{_readers(stack, found)} {count(len(roles), 'role')}, {count(len(found), 'statement')}. "
        f"{_wide(wide)}",
        blocks=(
            Table(
                caption="Who may touch the data",
                head=("data", "who", "may"),
                rows=tuple(_touching(stack, found)),
            ),
            points(*_beyond(stack)),
            Table(
                caption="Every statement",
                head=("who", "may", "what exactly", "to what", "why"),
                rows=tuple(_row(statement) for statement in found),
                long=True,
            ),
        ),
    )


def _readers(stack: Stack, found: list[Statement]) -> str:
    """Who may read what people write."""
    tables = stack.all("AWS::DynamoDB::Table")
    readers = dict.fromkeys(
        each.who
        for each in found
        if each.allowed and {"read", "do anything"} & set(each.verbs) and set(tables) & set(each.targets)
    )
    what = listed((table.title for table in tables), nothing="no table")
    who = f"only {listed(readers)}" if readers else "nobody"
    return f"Of all that is in this stack, {who} may read {what}."


def _wide(wide: list[Statement]) -> str:
    if not wide:
        return "None of them allows a wildcard."
    actions = listed(dict.fromkeys(_quoted(action) for statement in wide for action in statement.actions))
    return f"Wildcards are allowed to {actions} only; the reason stands beside each."


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


def _touching(stack: Stack, found: list[Statement]) -> Iterator[Row]:
    for resource in stack.all(*HOLDS_DATA):
        about = [statement for statement in found if resource in statement.targets]
        for who in dict.fromkeys(statement.who for statement in about):
            verbs = dict.fromkeys(
                verb for each in about if each.who == who and each.allowed for verb in each.verbs
            )
            denials = [each for each in about if each.who == who and not each.allowed]
            never = "; ".join(f"never {listed(each.verbs)} {each.condition}".strip() for each in denials)
            may = "; ".join(part for part in (listed(verbs) if verbs else "", never) if part)
            yield row(resource.title, who, may)
        if _is_access_log(stack, resource):
            yield row(resource.title, "API Gateway, by the account's own log role", "write")
        elif not about:
            yield row(resource.title, "nobody", "no statement of this stack names it")


def _is_access_log(stack: Stack, resource: Resource) -> bool:
    stages = stack.all("AWS::ApiGateway::Stage")
    return any(resource in stack.referred(stage.properties.get("AccessLogSetting")) for stage in stages)


def _beyond(stack: Stack) -> Iterator[Cell]:
    """Who is in no statement of the template and may all the same."""
    yield Cell(
        "Whoever administers the AWS account, and the role by which CloudFormation deploys, may do all that "
        "their own policies allow; these are not in the template. `docs/iam.md` says what deploying needs."
    )
    if stack.all("AWS::Cognito::UserPool"):
        yield Cell(
            "People reach the table through the function only: what each may read or change is the "
            "permission of the route, above, and of the rows that are theirs."
        )


def _row(statement: Statement) -> Row:
    reasons = REASONS if statement.allowed else DENIALS
    known = [action for action in statement.actions if action in reasons]
    one = len(known) == len(statement.actions) == 1
    why = [reasons[action] if one else f"`{action.partition(':')[2]}`: {reasons[action]}" for action in known]
    verbs = listed(statement.verbs)
    actions = ", ".join(map(_quoted, statement.actions))
    what = "everything (`*`)" if "*" in statement.what else listed(statement.what)
    tone = Cell(verbs, "warn", "wide") if statement.is_wide else Cell(verbs)
    return row(
        statement.who,
        tone if statement.allowed else Cell(verbs, "good", "never"),
        actions,
        f"{what} {statement.condition}".strip(),
        "; ".join(why),
    )


def _quoted(action: str) -> str:
    """An action as code; what stands for many actions is a text of its own."""
    return action if " " in action else f"`{action}`"
