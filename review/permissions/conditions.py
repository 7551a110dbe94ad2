"""Conditions of a statement: in words, and whether one is stricter than another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from review.page import listed
from review.stack import Stack
from stacks.template_values import as_list, readable

_OPERATORS = {
    "ArnLike": "is like",
    "ArnEquals": "is",
    "Bool": "is",
    "Null": "is absent:",
    "StringEquals": "is",
    "StringLike": "is like",
    "StringNotEquals": "is not",
    "StringNotLike": "is not like",
}
_SETS = {"ForAnyValue": "any ", "ForAllValues": "every "}
# A fixed value of one of these leaves out the public: "The meaning of public" in the S3 user guide.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
_PRIVATE = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
    }
)


@dataclass(frozen=True)
class Clause:
    """One key of a condition, with the values that it is compared with, and these in words."""

    operator: str
    key: str
    values: frozenset[str]
    said: tuple[str, ...] = field(compare=False)

    @property
    def words(self) -> str:
        """`where any `dynamodb:LeadingKeys` is like `A``; an operator without words stands as it is."""
        group, _, name = self.operator.rpartition(":")
        compared = _OPERATORS.get(name, self.operator)
        return f"where {_SETS.get(group, '')}`{self.key}` {compared} {listed(self.said)}"

    @property
    def leaves_out_the_public(self) -> bool:
        """Whether only callers of a fixed account, organization, network or resource satisfy it."""
        positive = "Not" not in self.operator and "IfExists" not in self.operator
        return (
            positive
            and self.key.lower() in _PRIVATE
            and not any(value.startswith("*") for value in self.values)
        )

    def is_within(self, other: "Clause") -> bool:
        """Whether whoever satisfies this satisfies the other too."""
        if (self.operator, self.key) != (other.operator, other.key):
            return False
        return self.values >= other.values if "Not" in self.operator else self.values <= other.values


def clauses_of(stack: Stack, condition: dict[str, Any]) -> tuple[Clause, ...]:
    """The clauses of a `Condition`, all of which must hold."""
    return tuple(
        Clause(
            operator, key, frozenset(map(readable, as_list(values))), tuple(map(stack.words, as_list(values)))
        )
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def words_of(clauses: Iterable[Clause]) -> str:
    """All clauses in words."""
    return " and ".join(clause.words for clause in clauses)


def is_stricter(clauses: tuple[Clause, ...], than: tuple[Clause, ...]) -> bool:
    """Whether whatever satisfies the first satisfies the second too."""
    return all(any(clause.is_within(other) for clause in clauses) for other in than)
