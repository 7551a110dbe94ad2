"""Who may touch the data, who is let in from outside, and every statement in words with its reason."""

from collections.abc import Iterator

from codegen.iam import DENIALS, REASONS
from review.data import STATEFUL
from review.judge import hazards
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.permissions.actions import ANYTHING, in_order
from review.permissions.principals import OWN_ACCOUNT
from review.permissions.statements import Statement, statements
from review.stack import Resource, Stack

# Reasons for statements that are not the function's, by principal: why AWS or this stack needs them.
_REASONS_BY_PRINCIPAL = {
    OWN_ACCOUNT: "leaves it to the account's IAM policies, as AWS's default key policy does",
    "`apigateway.amazonaws.com`": "the API calls the function",
    "`budgets.amazonaws.com`": "the budget reaches the operators",
    "`cloudwatch.amazonaws.com`": "alarms reach the operators",
    "`codedeploy.amazonaws.com`": "CodeDeploy acts by the role to shift the alias",
    "`events.amazonaws.com`": "a schedule starts the function",
    "`lambda.amazonaws.com`": "Lambda acts by the role when it runs the function",
}


def section(stack: Stack) -> Section:
    """The report's part on it."""
    found = statements(stack)
    wide = [statement for statement in found if statement.is_wide]
    roles = stack.all("AWS::IAM::Role")
    outside = list(_outside(stack, found))
    return Section(
        anchor="access",
        title="Who may do what",
        answer=f"{_readers(stack, found)} {_answer_outside(outside)} {count(len(roles), 'role')}, "
        f"{count(len(found), 'statement')}. {_wide(wide)}",
        blocks=(
            Table(
                caption="Access from outside the account",
                head=("danger", "what", "how"),
                rows=tuple(outside),
            ),
            Table(
                caption="Who may touch the data",
                head=("data", "who", "may"),
                rows=tuple(_touching(stack, found)),
            ),
            points(*_beyond(stack)),
            Table(
                caption="Every statement",
                head=("who", "may", "what exactly", "to what", "why"),
                rows=tuple(_row(stack, statement) for statement in found),
                long=True,
            ),
        ),
    )


def _readers(stack: Stack, found: list[Statement]) -> str:
    """Who may read what people write."""
    tables = stack.all("AWS::DynamoDB::Table")
    readers = dict.fromkeys(
        _with_trust(each, found)
        for each in found
        if each.allowed and any(_reads(each, table) for table in tables if table in each.targets)
    )
    what = listed((table.title for table in tables), nothing="no table")
    who = f"only {listed(readers)}" if readers else "nobody"
    return f"Of all that is in this stack, {who} may read {what}."


def _reads(statement: Statement, resource: Resource) -> bool:
    return bool({"read", ANYTHING} & set(statement.verbs_on(resource))) or not statement.known


def _with_trust(statement: Statement, found: list[Statement]) -> str:
    """The principals of a statement, with the outsiders that may assume one of their roles."""
    keys = {each.key for each in statement.principals}
    trusted = dict.fromkeys(
        each.text
        for other in found
        if other.allowed and other.source.type == "AWS::IAM::Role" and {r.name for r in other.targets} & keys
        for each in other.principals
        if each.is_outsider and other.source in other.targets
    )
    return f"{statement.who} (which {listed(trusted)} may assume)" if trusted else statement.who


def _outside(stack: Stack, found: list[Statement]) -> Iterator[Row]:
    """Every way in for those who are no part of this stack and its account."""
    for resource, name, verdict in hazards(stack):
        yield row(
            Cell("", verdict.danger.tone, verdict.danger.label), resource.title, f"{verdict.why} (`{name}`)"
        )
    for statement in found:
        outsiders = [each for each in statement.principals if each.is_outsider]
        if not statement.allowed or not outsiders or (_is_anyone(statement) and not statement.is_public):
            continue
        what = listed(
            dict.fromkeys(each.title for each in statement.targets), nothing=listed(statement.resources)
        )
        may = f"{statement.who} may {listed(statement.verbs)} {what} {statement.condition}".strip()
        yield row(Cell("", "bad", "opens"), statement.source.title, may)
    for statement in found:
        if _any_account(statement):
            yield row(
                Cell("", "warn", "opens"),
                statement.source.title,
                f"{statement.who} may {listed(statement.verbs)} {listed(statement.resources)} "
                "for any account, as no source is named",
            )
    for statement in found:
        if statement.allowed and statement.actions == ("*",) and "*" in statement.resources:
            yield row(
                Cell("", "bad", "administrator"),
                statement.source.title,
                f"{statement.who} may do anything in the account",
            )


def _is_anyone(statement: Statement) -> bool:
    return any(each.kind == "anyone" for each in statement.principals)


def _any_account(statement: Statement) -> bool:
    """Whether a service may call a function in the name of anybody's resources (the confused deputy)."""
    services = any(each.kind == "service" for each in statement.principals)
    return services and statement.source.type == "AWS::Lambda::Permission" and not statement.clauses


def _answer_outside(rows: list[Row]) -> str:
    if not rows:
        return "No policy lets anyone in from outside the account."
    names = listed(dict.fromkeys(each[1].text for each in rows))
    return f"{count(len(rows), 'way')} in from outside the account, or to everything: look at {names}."


def _wide(wide: list[Statement]) -> str:
    if not wide:
        return "None of them allows a wildcard."
    told = dict.fromkeys(
        f"all that the managed policy `{statement.managed}` allows" if statement.managed else action
        for statement in wide
        for action in map(_quoted, statement.actions or ("",))
    )
    return f"Wildcards are allowed to {listed(told)} only; the reason stands beside each."


def _touching(stack: Stack, found: list[Statement]) -> Iterator[Row]:
    for resource in stack.all(*STATEFUL):
        about = [statement for statement in found if resource in statement.targets]
        for who in dict.fromkeys(_with_trust(statement, found) for statement in about):
            mine = [each for each in about if _with_trust(each, found) == who]
            verbs = in_order(verb for each in mine if each.allowed for verb in each.verbs_on(resource))
            denials = [each for each in mine if not each.allowed]
            never = "; ".join(f"not {_denied(each)} {each.condition}".strip() for each in denials)
            may = "; ".join(part for part in (listed(verbs) if verbs else "", never) if part)
            if may:
                yield row(resource.title, who, may)
        if _is_access_log(stack, resource):
            yield row(resource.title, "API Gateway, by the account's own log role", "write")
        elif not about:
            yield row(resource.title, "nobody", "no statement of this stack names it")


def _denied(statement: Statement) -> str:
    """By action: a denied `UpdateItem` leaves `PutItem` allowed."""
    return ANYTHING if ANYTHING in statement.verbs else listed(map(_quoted, statement.actions))


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
    for identity in stack.all("AWS::IAM::Role", "AWS::IAM::User"):
        if "PermissionsBoundary" in identity.properties:
            boundary = stack.words(identity.properties["PermissionsBoundary"])
            yield Cell(
                f"{identity.title} may do less than is said here: its boundary is {boundary}.",
                "plain",
                "boundary",
            )
    unknown = dict.fromkeys(each.managed for each in statements(stack) if not each.known)
    if unknown:
        names = listed(f"`{name}`" for name in unknown)
        yield Cell(
            f"What the managed policies {names} allow is not known to this report.", "bad", "cannot tell"
        )


def _row(stack: Stack, statement: Statement) -> Row:
    verbs = listed(statement.verbs)
    actions = ", ".join(map(_quoted, statement.actions))
    but = f"everything but {actions}" if statement.all_but_actions else actions
    managed = f" (managed policy `{statement.managed}`)" if statement.managed else ""
    what = "everything (`*`)" if "*" in statement.resources else listed(statement.resources)
    what = f"everything but {what}" if statement.all_but_resources else what
    tone = Cell(verbs, "warn", "wide") if statement.is_wide else Cell(verbs)
    return row(
        statement.who,
        tone if statement.allowed else Cell(verbs, "good", "denied"),
        f"{but}{managed}",
        f"{what} {statement.condition}".strip(),
        _reason(stack, statement),
    )


def _reason(stack: Stack, statement: Statement) -> str:
    """Why it is there. The reasons for actions are those of the function's role, and of no other."""
    if statement.managed:
        return "AWS's own policy for this role" if statement.known else ""
    if not statement.allowed and any(each.key == "aws:SecureTransport" for each in statement.clauses):
        return "requests without TLS are refused"
    if not any(each.title == statement.who for each in stack.all("AWS::Lambda::Function")):
        known = [_REASONS_BY_PRINCIPAL.get(each.text, "") for each in statement.principals]
        return "; ".join(filter(None, known))
    reasons = REASONS if statement.allowed else DENIALS
    told = [action for action in statement.actions if action in reasons]
    one = len(told) == len(statement.actions) == 1
    return "; ".join(
        reasons[each] if one else f"`{each.partition(':')[2]}`: {reasons[each]}" for each in told
    )


def _quoted(action: str) -> str:
    return f"`{action}`"
