"""Who a statement is about: anyone, another account, a service, or a role of the stack."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from review.page import listed
from review.stack import Resource, Stack
from stacks.template_values import as_list, readable

# `own`: a role or user of the template; `account`: all whom the account's own policies allow.
Kind = Literal["anyone", "outside", "federated", "service", "account", "own", "unknown"]
_ACCOUNT = re.compile(r"^(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::(.*))?$")
OWN_ACCOUNT = "whoever this account's own policies allow"


@dataclass(frozen=True)
class Principal:
    """Somebody in words; `key` stays the same where only the words change."""

    text: str
    kind: Kind
    key: str

    @property
    def is_outsider(self) -> bool:
        """Whether it may be someone outside this account."""
        return self.kind in {"anyone", "outside", "federated", "unknown"}


ANYONE = Principal("anyone", "anyone", "*")


def principals_of(stack: Stack, statement: dict[str, Any]) -> tuple[Principal, ...]:
    """Whom a statement of a resource's policy, or of a role's trust, names."""
    if "NotPrincipal" in statement:
        return (Principal("anyone but those it names", "anyone", readable(statement["NotPrincipal"])),)
    principal = statement.get("Principal")
    if principal is None:
        return (Principal("a principal that it does not name", "unknown", "?"),)
    if not isinstance(principal, dict) or "Ref" in principal:
        return tuple(_named(stack, "AWS", value) for value in as_list(principal))
    return tuple(
        _named(stack, kind, value) for kind, values in principal.items() for value in as_list(values)
    )


def _named(stack: Stack, kind: str, value: Any) -> Principal:
    text = readable(value)
    if text == "*":
        return ANYONE
    if kind == "Service":
        return Principal(f"`{text}`", "service", text)
    if kind in {"Federated", "CanonicalUser"}:
        return Principal(f"identities of `{text}`", "federated", text)
    return _account(text) or _identity(stack, value, text)


def _account(text: str) -> Principal | None:
    """An account as a whole, or somebody in an account that is written out."""
    if text == "${AWS::AccountId}" or (text.endswith(":root") and "${AWS::AccountId}" in text):
        return Principal(OWN_ACCOUNT, "account", "own account")
    if ":${AWS::AccountId}:" in text:
        return Principal(f"`{text}`", "account", text)
    outside = _ACCOUNT.match(text)
    if outside is None:
        return None
    who = "" if outside[2] in {None, "root"} else f" (`{outside[2]}`)"
    return Principal(f"account `{outside[1]}`{who}, a literal ID in the template", "outside", text)


def _identity(stack: Stack, value: Any, text: str) -> Principal:
    found = stack.target(value)
    if found is not None:
        return Principal(found.title, "own", found.name)
    return Principal(f"`{text}`", "unknown", text)


def holder_of(stack: Stack, role: Resource) -> Principal:
    """Whoever acts by a role: the resources that the template gives it to, else the role itself."""
    holders = [
        resource.title
        for resource in stack.resources.values()
        if not resource.type.startswith("AWS::IAM::")
        and role in stack.referred(list(_roles(resource.properties)))
    ]
    text = listed(dict.fromkeys(holders)) if holders else role.title
    return Principal(text, "own", role.name)


def _roles(value: Any) -> Iterator[Any]:
    """Every value that stands under a name with `Role` in it."""
    if isinstance(value, dict):
        for name, part in value.items():
            if "role" in name.lower():
                yield part
            else:
                yield from _roles(part)
    elif isinstance(value, list):
        for part in value:
            yield from _roles(part)
