"""IAM's decision on one request by the statements of one role, as far as this stack's statements go.

An explicit deny wins, then an allow, and what nothing allows is denied. Operators: `StringEquals`,
`StringLike`, their `ForAnyValue:` forms, and `Null`. What else a statement uses is an error, not a guess.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Context = Mapping[str, Sequence[str]]

ACCOUNT, REGION, PARTITION = "123456789012", "eu-west-1", "aws"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


def is_allowed(
    statements: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context | None = None
) -> bool:
    """Whether a role with these statements may do `action` on `resource`, an ARN.

    `context` has the values of each condition key of the request; a key that is absent is not in it.
    """
    effects = {
        statement["Effect"]
        for statement in statements
        if _any_like(_texts(statement["Action"]), action, ignore_case=True)
        and _any_like(_texts(statement["Resource"]), resource)
        and all(
            _holds(operator, key, _texts(wanted), context or {})
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    }
    return effects == {"Allow"}


def arn(logical_id: str, suffix: str = "") -> str:
    """What stands for a resource's ARN: its logical id, as this evaluation knows no accounts."""
    return f"arn:{logical_id}{suffix}"


def _holds(operator: str, key: str, wanted: Sequence[str], context: Context) -> bool:
    values = context.get(key)
    if operator == "Null":
        return wanted == [str(values is None).lower()]
    name, any_value = operator.removeprefix("ForAnyValue:"), operator.startswith("ForAnyValue:")
    if name not in {"StringEquals", "StringLike"}:
        raise NotImplementedError(operator)
    if values is None:
        return False
    if not any_value and len(values) > 1:
        raise NotImplementedError(f"{operator} of several values")
    patterns = wanted if name == "StringLike" else [re.sub(r"([*?])", r"[\1]", each) for each in wanted]
    return any(_any_like(patterns, value) for value in values)


def _any_like(patterns: Iterable[str], text: str, *, ignore_case: bool = False) -> bool:
    """`*` stands for any characters, `?` for one; `[*]` and `[?]` for themselves."""
    flags = re.IGNORECASE if ignore_case else 0
    return any(re.fullmatch(_expression(pattern), text, flags) for pattern in patterns)


def _expression(pattern: str) -> str:
    parts = re.split(r"(\[[*?]\]|[*?])", pattern)
    wildcards = {"*": ".*", "?": "."}
    return "".join(wildcards.get(part) or re.escape(part.strip("[]")) for part in parts)


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    """A value of a template as text, with a resource's logical id in the place of its ARN."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return _PSEUDO.get(str(name), str(name))
        case {"Fn::GetAtt": [name, *_]}:
            return arn(name)
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_text, parts))
    raise NotImplementedError(str(value))
