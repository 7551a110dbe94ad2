"""What changes in who may do what, from one template to another, in words for each principal."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from review.page import listed
from review.permissions.actions import matches, verbs_of
from review.permissions.conditions import Clause, is_stricter, words_of
from review.permissions.principals import Principal
from review.permissions.statements import Statement, statements
from review.stack import Resource, Stack
from review.verdicts import Verdict, changes, disrupts, opens

_MAIL = ("ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail")


@dataclass(frozen=True)
class Permission:
    """The smallest part of a statement: one principal, one pattern of actions, one of resources.

    `action` and `resource` may stand for all but what they name, as the statement has it.
    """

    principal: Principal
    allowed: bool
    action: str
    resource: str
    clauses: tuple[Clause, ...]
    source: Resource

    def is_covered_by(self, other: "Permission") -> bool:
        """Whether whatever this allows or denies, the other does too."""
        return (
            (self.principal.key, self.allowed) == (other.principal.key, other.allowed)
            and matches(other.action, self.action)
            and matches(other.resource, self.resource)
            and is_stricter(self.clauses, other.clauses)
        )


@dataclass(frozen=True)
class PermissionChange:
    """Permissions of one principal on one resource that come or go together."""

    gained: bool
    permissions: tuple[Permission, ...]

    @property
    def first(self) -> Permission:
        """One of them: they differ by action only."""
        return self.permissions[0]

    @property
    def widens(self) -> bool:
        """Whether more is possible than before."""
        return self.gained == self.first.allowed

    @property
    def is_other_sender(self) -> bool:
        """Whether it is about sending mail as one fixed identity."""
        senders = [clause.values for clause in self.first.clauses if clause.key == "ses:FromAddress"]
        fixed = any(all("*" not in value.removeprefix("*@") for value in values) for values in senders)
        mail = all(each.action in _MAIL for each in self.permissions)
        return mail and (fixed or "*" not in self.first.resource)

    @property
    def words(self) -> str:
        """`Lambda function `Function` may now read (`dynamodb:Scan`) DynamoDB table `Table``."""
        first = self.first
        may = {
            (True, True): "may now",
            (True, False): "is now denied to",
            (False, True): "may no longer",
            (False, False): "is no longer denied to",
        }[self.gained, first.allowed]
        actions = listed(dict.fromkeys(f"`{each.action}`" for each in self.permissions))
        verbs = listed(dict.fromkeys(verb for each in self.permissions for verb in _verbs(each.action)))
        what = "everything (`*`)" if first.resource == "*" else first.resource
        return f"{first.principal.text} {may} {verbs} ({actions}) {what} {words_of(first.clauses)}".strip()


def permission_changes(old: Stack, new: Stack) -> list[PermissionChange]:
    """What comes and goes; a permission that another one of before or after covers does neither."""
    before, after = _permissions(old), _permissions(new)
    return [*_grouped(after, before, gained=True), *_grouped(before, after, gained=False)]


def verdicts(found: list[PermissionChange]) -> dict[str, Verdict]:
    """For each policy (by the logical id of what it stands in) the worst that it does."""
    by_source: dict[str, list[PermissionChange]] = defaultdict(list)
    for change in found:
        by_source[change.first.source.name].append(change)
    return {name: _verdict(changed) for name, changed in by_source.items()}


def _verdict(found: list[PermissionChange]) -> Verdict:
    wider = [change for change in found if change.widens]
    lost_mail = any(change.is_other_sender for change in found if not change.widens)
    if lost_mail and all(change.is_other_sender for change in wider):
        return changes("mail is sent as another identity")
    if wider:
        return opens("; ".join(change.words for change in wider))
    told = "; ".join(change.words for change in found)
    needed = any(
        change.first.principal.kind in {"account", "service"} for change in found if not change.gained
    )
    return disrupts(told) if needed else changes(told)


def _permissions(stack: Stack) -> list[Permission]:
    return [part for statement in statements(stack) for part in _parts(statement)]


def _parts(statement: Statement) -> list[Permission]:
    if not statement.known:
        actions = [f"all that the managed policy {statement.managed} allows"]
    elif statement.all_but_actions:
        actions = [f"all but {listed(statement.actions)}"]
    else:
        actions = list(statement.actions)
    resources = list(statement.resources)
    if statement.all_but_resources:
        resources = [f"all but {listed(resources)}"]
    return [
        Permission(principal, statement.allowed, action, resource, statement.clauses, statement.source)
        for principal in statement.principals
        for action in actions
        for resource in resources
    ]


def _grouped(these: list[Permission], others: list[Permission], *, gained: bool) -> list[PermissionChange]:
    by_key: dict[tuple[str, bool], list[Permission]] = defaultdict(list)
    for other in others:
        by_key[other.principal.key, other.allowed].append(other)
    groups: dict[Any, list[Permission]] = defaultdict(list)
    for each in these:
        if not any(each.is_covered_by(other) for other in by_key[each.principal.key, each.allowed]):
            key = (each.principal.key, each.allowed, each.resource, each.clauses, each.source.name)
            groups[key].append(each)
    return [PermissionChange(gained, tuple(group)) for group in groups.values()]


def _verbs(action: str) -> tuple[str, ...]:
    return ("do",) if " " in action else verbs_of(action)
