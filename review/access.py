"""Who may touch the data, and every statement of every policy in words, with its reason."""

from collections.abc import Iterator

from codegen.iam import DENIALS, REASONS
from review.data import STATEFUL
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.stack import Resource, Stack
from review.statements import Statement, statements


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


def _touching(stack: Stack, found: list[Statement]) -> Iterator[Row]:
    for resource in stack.all(*STATEFUL):
        about = [statement for statement in found if resource in statement.targets]
        for who in dict.fromkeys(statement.who for statement in about):
            verbs = dict.fromkeys(
                verb for each in about if each.who == who and each.allowed for verb in each.verbs
            )
            denials = [each for each in about if each.who == who and not each.allowed]
            never = "; ".join(f"never {_denied(each)} {each.condition}".strip() for each in denials)
            may = "; ".join(part for part in (listed(verbs) if verbs else "", never) if part)
            yield row(resource.title, who, may)
        if _is_access_log(stack, resource):
            yield row(resource.title, "API Gateway, by the account's own log role", "write")
        elif not about:
            yield row(resource.title, "nobody", "no statement of this stack names it")


def _denied(statement: Statement) -> str:
    """By action: who may not replace an item may write a new one all the same."""
    return "do anything" if "do anything" in statement.verbs else listed(map(_quoted, statement.actions))


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
