"""What the stack exposes: every route with its authorizer, throttle and permission."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.page import Cell, Points, Row, Section, Table, count, listed, points, row
from review.stack import Resource, Stack
from stacks.gateway import PERMISSION_METADATA

_PREFLIGHT = "OPTIONS"
_NEEDS = {
    "nothing": "everybody",
    "token": "whoever is signed in, even without an account yet",
    "profile": "whoever has an account",
}
_VISITOR = "anyone with an account, where the space is public"


@dataclass(frozen=True)
class Exposed:
    """One method on one path, as the gateway answers it.

    `authorizer` is None where no token is needed. `throttle` is that of the route,
    or of the stage where `own` is false; None where the account's alone holds.
    """

    method: str
    path: str
    authorizer: Resource | None
    iam: bool
    throttle: tuple[float, int] | None
    own: bool
    permission: dict[str, Any]
    mock: bool

    @property
    def is_open(self) -> bool:
        """Whether it answers without any credentials."""
        return self.authorizer is None and not self.iam


def exposed(stack: Stack) -> list[Exposed]:
    """Every method, by path; preflights too."""
    found = [_exposed(stack, method) for method in stack.all("AWS::ApiGateway::Method")]
    return sorted(found, key=lambda each: (each.path, each.method))


def routes(stack: Stack) -> list[Exposed]:
    """Every method but the preflights, which the gateway answers by itself."""
    return [each for each in exposed(stack) if not (each.method == _PREFLIGHT and each.mock)]


def section(stack: Stack) -> Section:
    """The report's part on it."""
    found = routes(stack)
    opened = [f"`{each.method} {each.path}`" for each in found if each.is_open]
    without = (
        f"{listed(opened)} {'is' if len(opened) == 1 else 'are'} open to everybody"
        if opened
        else "none is open"
    )
    reach = "inside a VPC only" if _is_private(stack) else "on the public internet"
    return Section(
        anchor="routes",
        title="What is exposed",
        answer=f"{_urls(stack)}{count(len(found), 'route')} {reach}. {len(found) - len(opened)} of them are "
        f"refused without credentials before the function is called; {without}.",
        blocks=(
            _around(stack, found),
            Table(
                caption="Routes by what they ask",
                head=("permission", "who has it", "how many routes"),
                rows=_by_permission(found),
                numbers=frozenset({2}),
            ),
            Table(
                caption="Every route",
                head=("method", "path", "authorizer", "throttle", "permission"),
                rows=tuple(_row(each) for each in found),
                long=True,
            ),
        ),
    )


def _urls(stack: Stack) -> str:
    """Ways to a function that go past the API, its token and its throttles."""
    found = [
        f"{url.title} lets "
        + ("anyone on the internet" if url.properties.get("AuthType") == "NONE" else "whoever signs for AWS")
        + f" call {stack.words(url.properties.get('TargetFunctionArn'))} without the API. "
        for url in stack.all("AWS::Lambda::Url")
    ]
    return "".join(found)


def _is_private(stack: Stack) -> bool:
    apis = stack.all("AWS::ApiGateway::RestApi")
    return bool(apis) and all(
        api.properties.get("EndpointConfiguration", {}).get("Types") == ["PRIVATE"] for api in apis
    )


def _exposed(stack: Stack, resource: Resource) -> Exposed:
    properties = resource.properties
    path, method = _path(stack, properties["ResourceId"]), properties["HttpMethod"]
    throttle, own = _throttle(stack, path, method)
    return Exposed(
        method=method,
        path=path or "/",
        authorizer=None
        if properties.get("AuthorizationType") == "NONE"
        else stack.target(properties.get("AuthorizerId")),
        iam=properties.get("AuthorizationType") == "AWS_IAM",
        throttle=throttle,
        own=own,
        permission=resource.entry.get("Metadata", {}).get(PERMISSION_METADATA, {}),
        mock=properties.get("Integration", {}).get("Type") == "MOCK",
    )


def _path(stack: Stack, reference: Any) -> str:
    parent = stack.target(reference)
    if parent is None or parent.type != "AWS::ApiGateway::Resource":
        return ""
    return f"{_path(stack, parent.properties['ParentId'])}/{parent.properties['PathPart']}"


def _throttle(stack: Stack, path: str, method: str) -> tuple[tuple[float, int] | None, bool]:
    """The throttle that holds for a method, and whether it is its own."""
    escaped = "/" + path.replace("/", "~1")
    settings = {
        (setting["ResourcePath"], setting["HttpMethod"]): setting
        for stage in stack.all("AWS::ApiGateway::Stage")
        for setting in stage.properties.get("MethodSettings", [])
        if "ThrottlingRateLimit" in setting
    }
    for key in ((escaped, method), ("/*", "*")):
        if key in settings:
            found = settings[key]
            return (found["ThrottlingRateLimit"], found["ThrottlingBurstLimit"]), key[0] == escaped
    return None, False


def _around(stack: Stack, found: list[Exposed]) -> Points:
    """What a table of routes does not say."""
    preflights = [each for each in exposed(stack) if each.mock and each.method == _PREFLIGHT]
    facts = [*_front(stack), *_sign_in(stack)]
    if preflights:
        facts.append(
            Cell(
                f"{count(len(preflights), 'path')} also answer `OPTIONS` without a token, as browsers ask "
                "first; the gateway answers them by itself, the function is not called."
            )
        )
    unknown = [each for each in found if not each.permission]
    if unknown:
        text = f"{count(len(unknown), 'route')} of which the template does not say what the function asks."
        facts.append(Cell(text, "bad", "unknown"))
    facts.append(
        Cell(
            "The permission is the least that a route asks, before it does anything: it comes from the "
            "route's own signature, by way of the OpenAPI document, into the method's metadata. The function "
            "refuses for it, not the gateway. Some ask more once they know what they are about: deleting "
            "what another has written, or making an admin."
        )
    )
    facts.append(
        Cell("A throttle counts for each route by itself; one that is not its own is the stage's for all.")
    )
    return points(*facts)


def _front(stack: Stack) -> Iterator[Cell]:
    """What every request meets before the authorizer."""
    for domain in stack.all("AWS::ApiGateway::DomainName"):
        policy = domain.properties.get("SecurityPolicy", "a policy that the template does not set")
        yield Cell(f"Reached by `{domain.properties['DomainName']}`, with `{policy}`.", "good", "domain")
    acls = {
        acl.name: acl
        for association in stack.all("AWS::WAFv2::WebACLAssociation")
        for acl in stack.referred(association.properties.get("WebACLArn"))
    }
    for acl in acls.values():
        rules = listed(f"`{rule['Name']}`" for rule in acl.properties.get("Rules", [])) or "no rule"
        yield Cell(f"{acl.title} looks at every request first: {rules}.", "good", "firewall")
    if not acls:
        yield Cell("No web ACL: the throttles and the token are what stands in front.", "warn", "no firewall")


def _sign_in(stack: Stack) -> Iterator[Cell]:
    """A user pool has an address of its own, which AWS serves."""
    for pool in stack.all("AWS::Cognito::UserPool"):
        closed = pool.properties.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly", False)
        who = "only administrators make accounts" if closed else "anyone may sign up"
        mfa = str(pool.properties.get("MfaConfiguration", "OFF")).lower()
        flows = {
            flow.removeprefix("ALLOW_").removesuffix("_AUTH").lower()
            for client in stack.all("AWS::Cognito::UserPoolClient")
            if stack.target(client.properties["UserPoolId"]) == pool
            for flow in client.properties.get("ExplicitAuthFlows", [])
        }
        how = f"sign-in by {listed(f'`{flow}`' for flow in sorted(flows))}" if flows else "no way to sign in"
        yield Cell(
            f"{pool.title} is reached at Cognito's own public address: {who}; {how}; second factor {mfa}.",
            "plain" if closed else "warn",
            "sign-up",
        )


def _by_permission(found: list[Exposed]) -> tuple[Row, ...]:
    counted = Counter(_permission(each) for each in found)
    return tuple(row(asks, who, f"{number}") for (asks, who), number in counted.most_common())


def _permission(each: Exposed) -> tuple[str, str]:
    asked = each.permission
    if not asked:
        return "unknown", "the template does not say"
    if asked["needs"] != "role":
        return asked["needs"], _NEEDS[asked["needs"]]
    roles = [role for role in asked["roles"] if role != "visitor"]
    who = f"{listed(roles)} of the {asked['place']}"
    return f"`{asked['action']}`", f"{who}; {_VISITOR}" if "visitor" in asked["roles"] else who


def _row(each: Exposed) -> Row:
    asks, who = _permission(each)
    return row(
        each.method,
        f"`{each.path}`",
        _authorizer(each),
        _throttle_cell(each),
        Cell(f"{asks}: {who}", "plain" if each.permission else "bad"),
    )


def _authorizer(each: Exposed) -> Cell:
    if each.iam:
        return Cell("AWS signature (IAM)")
    if each.authorizer is None:
        return Cell("", "warn", "open")
    return Cell(
        "Cognito token"
        if each.authorizer.properties.get("Type") == "COGNITO_USER_POOLS"
        else each.authorizer.title
    )


def _throttle_cell(each: Exposed) -> Cell:
    if each.throttle is None:
        return Cell("the account's only", "warn", "none")
    rate, burst = each.throttle
    return Cell(f"{rate:,g}/s, burst {burst:,}{' (its own)' if each.own else ''}")
