"""The stack as boxes and arrows: what there is and who calls whom, read off the template."""

from collections.abc import Iterator
from dataclasses import dataclass

from review.judge import unknown_types
from review.page import Cell, Points, Section, count, listed, points
from review.permissions.principals import Principal
from review.permissions.statements import Statement, statements
from review.picture import Edge, Node, picture
from review.routes import routes
from review.rules.kinds import is_on
from review.stack import Resource, Stack

_PEOPLE = Node("people", "People", "web and mobile apps", 0)
# Services that a statement names without a resource of the stack.
_OUTSIDE = {"ses": "E-mail (SES)", "ssm": "Parameters (SSM)", "xray": "Traces (X-Ray)"}
_HELD = ("AWS::Cognito::UserPool", "AWS::DynamoDB::Table")
_BACKS = (*_HELD, "AWS::SQS::Queue", "AWS::SNS::Topic")


@dataclass(frozen=True)
class Graph:
    """Every box once, and the arrows between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(stack: Stack) -> Graph:
    """What is worth a box: neither the API's paths nor the policies that make the arrows."""
    functions = stack.all("AWS::Lambda::Function")
    callers = {function.title for function in functions}
    found = statements(stack)
    own = [statement for statement in found if statement.who in callers]
    nodes = [_PEOPLE, *_nodes(stack), *_others(stack, found), *_services(own)]
    edges = [
        *_front(stack),
        *_urls(stack),
        *_triggers(stack),
        *_uses(stack, functions, found),
        *_uses_of_others(stack, found),
        *_watching(stack),
    ]
    known = {node.id for node in nodes}
    return Graph(tuple(nodes), tuple(edge for edge in edges if {edge.source, edge.target} <= known))


def section(stack: Stack) -> Section:
    """The report's part on it."""
    found = graph(stack)
    apis, functions = stack.all("AWS::ApiGateway::RestApi"), stack.all("AWS::Lambda::Function")
    held = [each for kind in _HELD for each in stack.all(kind)]
    return Section(
        anchor="architecture",
        title="What it is",
        answer=f"{count(len(apis), 'API')} in front of {count(len(functions), 'function')}; who people are "
        f"and what they write lies in {listed(each.title for each in held)}. {len(stack.resources)} "
        f"resources.{_answer_unknown(stack)}",
        blocks=(picture(found.nodes, found.edges), *_unknown(stack)),
    )


def _answer_unknown(stack: Stack) -> str:
    unknown = unknown_types(stack)
    return f" {count(len(unknown), 'resource type')} not known to this report." if unknown else ""


def _unknown(stack: Stack) -> Iterator[Points]:
    """The resource types of which this report cannot say what they do, if there are any."""
    told = [
        Cell(
            f"`{name}` is not known to this report: what {listed(each.title for each in stack.all(name))} "
            "exposes, holds or costs is not in this report.",
            "bad",
            "cannot tell",
        )
        for name in unknown_types(stack)
    ]
    if told:
        yield points(*told)


def _nodes(stack: Stack) -> Iterator[Node]:
    keys = {key.name for key in stack.all("AWS::KMS::Key")}
    for acl in stack.all("AWS::WAFv2::WebACL"):
        yield Node(acl.name, "Web ACL", count(len(acl.properties.get("Rules", [])), "rule"), 1)
    for api in stack.all("AWS::ApiGateway::RestApi"):
        yield Node(api.name, "REST API", count(len(routes(stack)), "route"), 2)
    for rule in stack.all("AWS::Events::Rule"):
        when = str(rule.properties.get("ScheduleExpression", "on an event"))
        yield Node(rule.name, "Schedule", when if _is_enabled(rule) else f"{when}, disabled", 2)
    for url in stack.all("AWS::Lambda::Url"):
        open_to_all = url.properties.get("AuthType") == "NONE"
        yield Node(url.name, "Function URL", "no credentials" if open_to_all else "AWS signature", 2)
    for function in stack.all("AWS::Lambda::Function"):
        runtime = function.properties.get("Runtime", "a container")
        memory = function.properties.get("MemorySize", 128)
        yield Node(function.name, "Lambda function", f"{runtime}, {memory:,} MB", 3)
    for resource in (each for kind in _BACKS for each in stack.all(kind)):
        key = next((each for each in stack.referred(resource.properties) if each.name in keys), None)
        yield Node(resource.name, resource.kind, f"its key: {key.short}" if key else resource.short, 4)
    alarms = stack.all("AWS::CloudWatch::Alarm")
    if alarms:
        heard = any(alarm.properties.get("AlarmActions") for alarm in alarms)
        yield Node("alarms", count(len(alarms), "alarm"), "" if heard else "notify nobody", 3)


def _services(found: list[Statement]) -> Iterator[Node]:
    used = {action.partition(":")[0] for statement in found for action in statement.actions}
    for service, title in _OUTSIDE.items():
        if service in used:
            yield Node(service, title, "a service of AWS", 4)


def _front(stack: Stack) -> Iterator[Edge]:
    """From people to the function."""
    for pool in stack.all("AWS::Cognito::UserPool"):
        yield Edge("people", pool.name, "sign up, sign in")
    for api in stack.all("AWS::ApiGateway::RestApi"):
        acl = next(iter(stack.all("AWS::WAFv2::WebACL")), None)
        if acl:
            yield Edge("people", acl.name, "HTTPS")
            yield Edge(acl.name, api.name, "passes")
        else:
            yield Edge("people", api.name, "HTTPS")
        for authorizer in stack.all("AWS::ApiGateway::Authorizer"):
            for pool in stack.referred(authorizer.properties.get("ProviderARNs", [])):
                yield Edge(api.name, pool.name, "checks tokens", dashed=True)
        for function in {
            target.name
            for method in stack.all("AWS::ApiGateway::Method")
            if (target := _integrated(stack, method))
        }:
            yield Edge(api.name, function, "calls")


def _integrated(stack: Stack, method: Resource) -> Resource | None:
    return stack.target(method.properties.get("Integration", {}).get("Uri"))


def _is_enabled(source: Resource) -> bool:
    """Whether a schedule or a mapping starts anything."""
    properties = source.properties
    return properties.get("State") != "DISABLED" and is_on(properties.get("Enabled"), default=True)


def _urls(stack: Stack) -> Iterator[Edge]:
    """From people to a function, past the API."""
    for url in stack.all("AWS::Lambda::Url"):
        yield Edge("people", url.name, "HTTPS")
        if function := stack.target(url.properties.get("TargetFunctionArn")):
            yield Edge(url.name, function.name, "calls")


def _triggers(stack: Stack) -> Iterator[Edge]:
    """What else calls a function; what is disabled is drawn, and says so."""
    for rule in stack.all("AWS::Events::Rule"):
        for target in rule.properties.get("Targets", []):
            if function := stack.target(target["Arn"]):
                off = not _is_enabled(rule)
                yield Edge(rule.name, function.name, "disabled" if off else "", dashed=off)
    for mapping in stack.all("AWS::Lambda::EventSourceMapping"):
        source = stack.target(mapping.properties["EventSourceArn"])
        function = stack.target(mapping.properties["FunctionName"])
        if source and function:
            label = "stream" if _is_enabled(mapping) else "stream, disabled"
            yield Edge(source.name, function.name, label, dashed=True)


def _others(stack: Stack, found: list[Statement]) -> Iterator[Node]:
    """Whoever else reaches what is drawn: roles that no function holds, other accounts, everyone."""
    for who, principal in _strangers(stack, found).items():
        yield Node(who, principal.title, "not a function of this stack", 3)


def _uses_of_others(stack: Stack, found: list[Statement]) -> Iterator[Edge]:
    for who, stranger in _strangers(stack, found).items():
        for resource, verbs in stranger.reached.items():
            yield Edge(who, resource.name, ", ".join(verbs))


@dataclass(frozen=True)
class _Stranger:
    title: str
    reached: dict[Resource, tuple[str, ...]]


def _strangers(stack: Stack, found: list[Statement]) -> dict[str, _Stranger]:
    """Identities and outsiders with access to the data, by an id of the picture."""
    functions = {each.title for each in stack.all("AWS::Lambda::Function")}
    strangers: dict[str, _Stranger] = {}
    for statement in found:
        reached = [each for each in stack.all(*_BACKS) if each in statement.targets]
        for principal in statement.principals:
            public = principal.kind != "anyone" or statement.is_public
            drawn = principal.kind in {"own", "outside", "anyone"} and principal.text not in functions
            if not (statement.allowed and drawn and public and reached):
                continue
            stranger = strangers.setdefault(f"who-{principal.key}", _Stranger(_title(principal), {}))
            for resource in reached:
                verbs = (*stranger.reached.get(resource, ()), *statement.verbs_on(resource))
                stranger.reached[resource] = tuple(dict.fromkeys(verbs))
    return strangers


def _title(principal: Principal) -> str:
    return {"anyone": "Anyone", "outside": "Another account"}.get(
        principal.kind, principal.text.replace("`", "")
    )


def _uses(stack: Stack, functions: list[Resource], found: list[Statement]) -> Iterator[Edge]:
    """What a function may do, by its role's statements."""
    for function in functions:
        own = [each for each in found if each.who == function.title and each.allowed]
        for resource in stack.all(*_BACKS):
            verbs = {
                verb: None for each in own if resource in each.targets for verb in each.verbs_on(resource)
            }
            if verbs:
                yield Edge(function.name, resource.name, ", ".join(verbs))
        for service in _OUTSIDE:
            verbs = {
                verb: None
                for each in own
                if any(action.startswith(f"{service}:") for action in each.actions)
                for verb in each.verbs
            }
            if verbs:
                yield Edge(function.name, service, ", ".join(verbs))


def _watching(stack: Stack) -> Iterator[Edge]:
    told = {
        topic.name: None
        for alarm in stack.all("AWS::CloudWatch::Alarm")
        for topic in stack.referred(alarm.properties.get("AlarmActions", []))
    }
    for topic in told:
        yield Edge("alarms", topic, "notify")
