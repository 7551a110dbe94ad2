"""`docs/iam.md`: every permission of the function and of the deployment, with its reason."""

from typing import Any

from codegen.templates import ROOT, Template, resources, table, templates
from delivery.deploy_permissions import BOOTSTRAP_ROLES, DEPLOYING
from stacks.template_values import as_list, readable

PATH = ROOT / "docs" / "iam.md"

# A permission without a reason here is an error.
REASONS = {
    "cognito-idp:AdminDeleteUser": "deletes the Cognito user of an erased account",
    "cognito-idp:AdminGetUser": "checks whether the holder of a contested address still has it",
    "dynamodb:BatchGetItem": "a space and the caller's membership, or the profiles of a page, in one call",
    "dynamodb:BatchWriteItem": "deletes the children of a deleted item, 25 items per call",
    "dynamodb:ConditionCheckItem": "conditions of a transaction on items that it does not change",
    "dynamodb:DeleteItem": "leaving a space, disabling an invite code",
    "dynamodb:DescribeStream": "Lambda reads the stream in the function's name",
    "dynamodb:GetItem": "one item by its key",
    "dynamodb:GetRecords": "Lambda reads the stream in the function's name",
    "dynamodb:GetShardIterator": "Lambda reads the stream in the function's name",
    "dynamodb:ListStreams": "Lambda reads the stream in the function's name",
    "dynamodb:PutItem": "new items, alone or in a transaction",
    "dynamodb:Query": "one page of a list, in the table or in its index GSI1",
    "dynamodb:UpdateItem": "changes and counters, alone or in a transaction",
    "kms:Decrypt": "the table's and the queue's key, through these services only",
    "kms:DescribeKey": "the table's and the queue's key, through these services only",
    "kms:Encrypt": "the table's and the queue's key, through these services only",
    "kms:GenerateDataKey": "the table's and the queue's key, through these services only",
    "kms:ReEncryptFrom": "the table's and the queue's key, through these services only",
    "kms:ReEncryptTo": "the table's and the queue's key, through these services only",
    "logs:CreateLogStream": "one log stream for each execution environment",
    "logs:PutLogEvents": "its structured log",
    "ses:SendEmail": "invitations and notification mail, from the sender's domain",
    "sqs:SendMessage": "the key of a message that failed all attempts",
    "ssm:GetParametersByPath": "parameters that operators change at run time",
    "xray:PutTelemetryRecords": "tracing; X-Ray's write actions know no resource",
    "xray:PutTraceSegments": "tracing; X-Ray's write actions know no resource",
}
DENIALS = {
    "dynamodb:BatchWriteItem": "could overwrite or delete audit events in bulk",
    "dynamodb:DeleteItem": "audit events are removed by their time to live only",
    "dynamodb:UpdateItem": "audit events are written once",
}

_HEAD = """\
# Permissions

Generated from the templates of all environments by `make pages`; do not edit. `${Name}` is a resource of
the stack, by its logical id.

## The function's role

Transactions need the actions of their parts; there is no separate action.

"""
_DENIED = """
Explicitly denied:

"""
_WILDCARDS = """
Wildcards that AWS requires:

"""
_INVOKERS = """
## Who may invoke the function

"""
_ACCESS_LOG = """
API Gateway writes the access log with one role of the whole account and region, which must exist before
the first deployment. The stack does not change it unless the setting `gateway.owns_account_log_role` is
true; then it creates the role, with AWS's managed policy `AmazonAPIGatewayPushToCloudWatchLogs`, and retains
it when the stack is deleted. The execution role needs `apigateway:PATCH`, `iam:AttachRolePolicy` and
`iam:PassRole` for it.
"""
_OTHERS = """
## Other principals

"""
_OTHER_ROWS: list[tuple[str, ...]] = [
    (
        "`codedeploy.amazonaws.com`",
        "shift the alias `live` and read alarms: `AWSCodeDeployRoleForLambdaLimited`, AWS's managed policy",
        "where `function.canary` is set",
    ),
    (
        "`cloudwatch.amazonaws.com`",
        "publish alarms of this account to the topic, and use the topic's key",
        "everywhere",
    ),
    (
        "`budgets.amazonaws.com`",
        "publish to the topic for this account, and use the topic's key",
        "where `alarms.monthly_budget_usd` is set",
    ),
]
_DEPLOYING = """
## The role that deploys

`cdk deploy` itself needs `sts:AssumeRole` on the four roles that `cdk bootstrap` creates, and nothing else;
`make deploy` needs `cloudformation:SetStackPolicy` too, where the data is protected:

"""
_EXECUTION = """
CloudFormation then uses the execution role. Bootstrapping gives it AdministratorAccess unless
`cdk bootstrap --cloudformation-execution-policies` names a policy. These are the actions that create, change
and delete this stack; CloudFormation's handlers also read those resources (`Get*`, `List*`, `Describe*` of
the same services), so such a policy should allow those too:

"""


def render() -> str:
    """Return the page's text."""
    made = templates()
    allowed, denied = _statements(made, "Allow"), _statements(made, "Deny")
    wildcards = [row for row in allowed if row[1] == "`*`"]
    head = ("action", "resource", "where", "reason")
    return "".join(
        (
            _HEAD,
            table(head, [(*row, REASONS[_bare(row[0])]) for row in allowed]),
            _DENIED,
            table(head, [(*row, DENIALS[_bare(row[0])]) for row in denied]),
            _WILDCARDS,
            table(head, [(*row, REASONS[_bare(row[0])]) for row in wildcards]),
            _INVOKERS,
            table(("principal", "action", "from"), _invokers(made["prod"])),
            _ACCESS_LOG,
            _OTHERS,
            table(("principal", "may", "where"), _OTHER_ROWS),
            _DEPLOYING,
            table(("role", "purpose"), [(f"`{role}`", why) for role, why in BOOTSTRAP_ROLES.items()]),
            _EXECUTION,
            table(
                ("resource type", "action", "reason"),
                [
                    (f"`{kind}`", f"`{action}`", reason)
                    for kind, actions in DEPLOYING.items()
                    for action, reason in actions.items()
                ],
            ),
        )
    )


def _bare(cell: str) -> str:
    return cell.strip("`")


def _statements(made: dict[str, Template], effect: str) -> list[tuple[str, str, str]]:
    """Action, resources and environments of every statement of the role."""
    where: dict[tuple[str, str], list[str]] = {}
    for name, template in made.items():
        for policy in resources(template, "AWS::IAM::Policy").values():
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Effect"] == effect:
                    for action in as_list(statement["Action"]):
                        where.setdefault((action, _resource(statement, name)), []).append(name)
    return [
        (f"`{action}`", resource, "everywhere" if set(names) == set(made) else ", ".join(names))
        for (action, resource), names in sorted(where.items())
    ]


def _resource(statement: dict[str, Any], environment: str) -> str:
    named = ", ".join(f"`{readable(resource)}`" for resource in as_list(statement["Resource"]))
    named = named.replace(f"/lifestyle-spaces/{environment}/", "/lifestyle-spaces/<env>/")
    for operator, keys in statement.get("Condition", {}).items():
        named += "".join(f", where `{key}` {operator} `{_listed(values)}`" for key, values in keys.items())
    return named


def _listed(values: Any) -> str:
    return ", ".join(readable(value) for value in as_list(values))


def _invokers(template: Template) -> list[tuple[str, ...]]:
    return [
        (f"`{one['Principal']}`", f"`{one['Action']}`", f"`{readable(one['SourceArn'])}`")
        for one in resources(template, "AWS::Lambda::Permission").values()
    ]
