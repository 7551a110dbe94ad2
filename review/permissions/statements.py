"""Every statement of every policy in a template."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from review.page import listed
from review.permissions.actions import ANYTHING, PERMISSIONS, matches, service_of, verbs_of
from review.permissions.conditions import Clause, clauses_of, words_of
from review.permissions.managed import name_of, statements_of
from review.permissions.principals import Principal, holder_of, principals_of
from review.permissions.reach import reaches, service_of_type
from review.stack import Resource, Stack
from stacks.template_values import as_list, readable

_HOLDERS = {"Roles": "AWS::IAM::Role", "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group"}
_ATTACHED = {
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::IAM::UserPolicy": "UserName",
    "AWS::IAM::GroupPolicy": "GroupName",
}
# The property that names what a policy resource protects; any other resource's own policy is about itself.
_PROTECTED = {
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SNS::TopicInlinePolicy": "TopicArn",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, with what its references stand for.

    `source` is the resource that it stands in. `actions` and `resources` are patterns; with `all_but_actions`
    and `all_but_resources` (`NotAction`, `NotResource`) all others are meant. `targets` are the stack's own
    resources that it may reach. `managed` names the managed policy that it comes from, and `known` is false
    where the content of that is not known to this report.
    """

    source: Resource
    principals: tuple[Principal, ...]
    allowed: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    targets: tuple[Resource, ...]
    clauses: tuple[Clause, ...] = ()
    all_but_actions: bool = False
    all_but_resources: bool = False
    managed: str = ""
    known: bool = True

    @property
    def who(self) -> str:
        """Its principals in words."""
        return listed(dict.fromkeys(each.text for each in self.principals))

    @property
    def condition(self) -> str:
        """Its conditions in words."""
        return words_of(self.clauses)

    @property
    def verbs(self) -> tuple[str, ...]:
        """What its actions amount to, in words, mildest first."""
        return self._verbs(None)

    def verbs_on(self, resource: Resource) -> tuple[str, ...]:
        """What its actions amount to on one of its targets."""
        return self._verbs(service_of_type(resource.type))

    def _verbs(self, service: str | None) -> tuple[str, ...]:
        if not self.known:
            return ("do what this report cannot tell",)
        if self.all_but_actions:
            excluded = service is not None and any(matches(each, f"{service}:*") for each in self.actions)
            return () if excluded else (ANYTHING,)
        found = {verb: None for action in self.actions for verb in verbs_of(action, service=service)}
        return (ANYTHING,) if ANYTHING in found else tuple(found)

    @property
    def is_wide(self) -> bool:
        """Whether it allows all of a service, all resources, or changes of permissions by a wildcard."""
        if not self.allowed or all(each.kind == "account" for each in self.principals):
            return False
        wildcards = [action for action in self.actions if "*" in action]
        return (
            not self.known
            or self.all_but_actions
            or self.all_but_resources
            or "*" in self.resources
            or any({ANYTHING, PERMISSIONS} & set(verbs_of(action)) for action in wildcards)
        )

    @property
    def is_public(self) -> bool:
        """Whether it lets in anyone at all."""
        anyone = any(each.kind == "anyone" for each in self.principals)
        return self.allowed and anyone and not any(clause.leaves_out_the_public for clause in self.clauses)


def statements(stack: Stack) -> list[Statement]:
    """Of every identity's policies, of every role's trust and of every resource's own policy."""
    return [*_trusts(stack), *_of_identities(stack), *_of_resources(stack), *_invokers(stack)]


def _trusts(stack: Stack) -> Iterator[Statement]:
    """Who may act by each role."""
    for role in stack.all("AWS::IAM::Role"):
        for trust in _listed(role.properties.get("AssumeRolePolicyDocument")):
            yield _statement(stack, role, principals_of(stack, trust), trust, own=(role,))


def _of_identities(stack: Stack) -> Iterator[Statement]:
    for identity in stack.all(*_HOLDERS.values()):
        who = (_identity(stack, identity),)
        for arn in as_list(identity.properties.get("ManagedPolicyArns", [])):
            yield from _managed(stack, identity, who, arn)
        for policy in identity.properties.get("Policies", []):
            for each in _listed(policy.get("PolicyDocument")):
                yield _statement(stack, identity, who, each)
    for policy in stack.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", *_ATTACHED):
        holders = (
            *(_identity(stack, each) for each in _attached(stack, policy)),
            *_outside_holders(stack, policy),
        )
        for each in _listed(policy.properties.get("PolicyDocument")):
            yield _statement(stack, policy, holders or (_whoever(policy),), each)


def _identity(stack: Stack, identity: Resource) -> Principal:
    if identity.type == "AWS::IAM::Role":
        return holder_of(stack, identity)
    return Principal(identity.title, "own", identity.name)


def _whoever(policy: Resource) -> Principal:
    return Principal(f"whoever is given {policy.title}", "own", policy.name)


def _outside_holders(stack: Stack, policy: Resource) -> Iterator[Principal]:
    """Roles, users and groups that a policy names and the template does not hold."""
    for key in (*_HOLDERS, *_ATTACHED.values()):
        for name in as_list(policy.properties.get(key, [])):
            if stack.target(name) is None:
                yield Principal(f"`{readable(name)}`, outside this stack", "own", readable(name))


def _attached(stack: Stack, policy: Resource) -> list[Resource]:
    """The stack's identities that a policy is attached to, from either side."""
    keys = [_ATTACHED[policy.type]] if policy.type in _ATTACHED else list(_HOLDERS)
    found = stack.referred([policy.properties.get(key, []) for key in keys])
    found += [
        identity
        for identity in stack.all(*_HOLDERS.values())
        if policy in stack.referred(identity.properties.get("ManagedPolicyArns", []))
    ]
    return list(dict.fromkeys(found))


def _managed(stack: Stack, source: Resource, who: tuple[Principal, ...], arn: Any) -> Iterator[Statement]:
    """The statements of a managed policy; those of one in the stack are read where it stands."""
    if stack.target(arn) is not None:
        return
    found = statements_of(arn)
    if found is None:
        unknown = _statement(stack, source, who, {"Effect": "Allow", "Action": "*", "Resource": "*"})
        yield replace(unknown, actions=(), known=False, managed=name_of(arn), resources=("*",))
        return
    for each in found:
        yield replace(_statement(stack, source, who, each), managed=name_of(arn))


def _of_resources(stack: Stack) -> Iterator[Statement]:
    """Policies that hang on what they protect, of whatever type that is."""
    for resource in stack.resources.values():
        if resource.type.startswith("AWS::IAM::"):
            continue
        key = _PROTECTED.get(resource.type)
        protected = tuple(stack.referred(resource.properties.get(key))) if key else (resource,)
        for document in _documents(resource.properties):
            for each in _listed(document):
                yield _statement(stack, resource, principals_of(stack, each), each, own=protected)


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy document among properties, as an object or as its text."""
    if isinstance(value, dict):
        if any(isinstance(each, dict) and "Effect" in each for each in as_list(value.get("Statement", []))):
            yield value
        else:
            for part in value.values():
                yield from _documents(part)
    elif isinstance(value, list):
        for part in value:
            yield from _documents(part)
    elif isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
        try:
            yield from _documents(json.loads(value))
        except ValueError:
            return


def _invokers(stack: Stack) -> Iterator[Statement]:
    """Who may call a function, or read a layer."""
    for permission in stack.all("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission"):
        properties = permission.properties
        named = properties.get("FunctionName", properties.get("LayerVersionArn"))
        keys = {
            "aws:SourceArn": "SourceArn",
            "aws:SourceAccount": "SourceAccount",
            "aws:PrincipalOrgID": "PrincipalOrgID" if "PrincipalOrgID" in properties else "OrganizationId",
            "lambda:EventSourceToken": "EventSourceToken",
            "lambda:FunctionUrlAuthType": "FunctionUrlAuthType",
        }
        where = {key: properties[name] for key, name in keys.items() if name in properties}
        principal = properties.get("Principal", "*")
        kind = "Service" if ".amazonaws.com" in readable(principal) else "AWS"
        statement = {
            "Effect": "Allow",
            "Action": properties.get("Action", "lambda:InvokeFunction"),
            "Principal": {kind: principal},
            "Resource": named,
            "Condition": {"StringEquals": where} if where else {},
        }
        yield _statement(stack, permission, principals_of(stack, statement), statement)


def _listed(document: Any) -> list[dict[str, Any]]:
    """The statements of a document, of which there may be one or a list."""
    return [each for each in as_list((document or {}).get("Statement", [])) if isinstance(each, dict)]


def _statement(
    stack: Stack,
    source: Resource,
    who: tuple[Principal, ...],
    statement: dict[str, Any],
    *,
    own: tuple[Resource, ...] = (),
) -> Statement:
    """`own`: what the policy hangs on, which `*` or no resource stands for."""
    resources = as_list(statement.get("Resource", statement.get("NotResource", "*")))
    but = "NotResource" in statement
    if own and not but:
        whole = [each for each in resources if each == "*"]
        targets = tuple(
            dict.fromkeys(
                (*(own if whole or not stack.referred(resources) else ()), *stack.referred(resources))
            )
        )
        resources = [{"Ref": each.name} for each in own] if whole else resources
    else:
        actions = as_list(statement.get("NotAction", statement.get("Action", [])))
        targets = _targets(stack, resources, but=but, actions=actions, inverted="NotAction" in statement)
    return Statement(
        source=source,
        principals=who,
        allowed=statement.get("Effect") == "Allow",
        actions=tuple(map(readable, as_list(statement.get("NotAction", statement.get("Action", []))))),
        resources=tuple("*" if each == "*" else words_of_resource(stack, each) for each in resources),
        targets=targets,
        clauses=clauses_of(stack, statement.get("Condition", {})),
        all_but_actions="NotAction" in statement,
        all_but_resources=but,
    )


def _targets(
    stack: Stack, patterns: list[Any], *, but: bool, actions: list[Any], inverted: bool
) -> tuple[Resource, ...]:
    services = [service_of(readable(action)) for action in actions]

    def acts_on(resource: Resource) -> bool:
        service = service_of_type(resource.type)
        return inverted or (service is not None and any(matches(each, service) for each in services))

    def is_reached(resource: Resource) -> bool:
        direct = any(resource in stack.referred(each) for each in patterns)
        if but:
            return acts_on(resource) and not direct
        return direct or (acts_on(resource) and any(reaches(stack, each, resource) for each in patterns))

    found = {stack.function_of(each): None for each in stack.resources.values() if is_reached(each)}
    return tuple(found)


def words_of_resource(stack: Stack, resource: Any) -> str:
    """A part of one of the stack's resources as such; anything else as its ARN."""
    found, text = stack.target(resource), readable(resource)
    if found is None:
        short = text.replace("arn:${AWS::Partition}:", "").replace("${AWS::Region}:${AWS::AccountId}:", "")
        return f"`{short}`"
    if text.endswith(".StreamArn}"):
        return f"the stream of {found.title}"
    part = text.partition("}")[2].lstrip("/") if text.startswith("${") else ""
    return f"`{part}` of {found.title}" if part else found.title
