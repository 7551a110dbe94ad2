"""Rules for the app's own settings: the function's environment variables and its parameters."""

import re
from collections.abc import Callable
from typing import Any

from review.changes import Change
from review.rules.kinds import is_literal, number
from review.verdicts import (
    Verdict,
    adds,
    cannot_tell,
    changes,
    disrupts,
    exposes,
    opens,
    reduces_monitoring,
    weakens,
)

# The least first: each tells what those before it tell, and more.
_LEVELS = ("FATAL", "CRITICAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "TRACE")
_SECRET = re.compile(r"secret|password|passwd|token|private_?key|api_?key|credential", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN|^sk_live_|^ghp_|^xox[bp]-")
_INJECTS_CODE = re.compile(
    r"^(PYTHON(PATH|STARTUP|HOME)|LD_(PRELOAD|LIBRARY_PATH)|AWS_LAMBDA_EXEC_WRAPPER|PATH|NODE_OPTIONS)$"
)
_REDIRECTS = re.compile(r"(^AWS_ENDPOINT_URL|_PROXY$|_CA_BUNDLE$|^SSL_CERT_)", re.IGNORECASE)


def log_level(change: Change) -> Verdict | None:
    """More than before exposes, less than before hides."""
    if change.old is None:
        return None
    before, after = (
        str("INFO" if value is None else value).upper() for value in (change.before, change.after)
    )
    if before not in _LEVELS or after not in _LEVELS:
        return cannot_tell("a log level that this report does not know")
    if _LEVELS.index(after) > _LEVELS.index(before):
        return exposes("the log tells more, perhaps of what people write")
    return reduces_monitoring("the log tells less")


def is_plain_secret(name: str, value: Any) -> bool:
    """Whether a value that is written out looks like a secret, by its name or its form."""
    return is_literal(value) and bool(_SECRET.search(name) or _SECRET_VALUE.search(str(value)))


def environment_variable(change: Change) -> Verdict | None:
    """What a variable of the function decides, by its name."""
    name = change.path[-1]
    if change.after is not None and is_plain_secret(name, change.after):
        return exposes("a secret in plain text, for all who read the template or the function")
    if _INJECTS_CODE.search(name):
        return opens("other code may run in the function")
    if _REDIRECTS.search(name):
        return opens("the function's requests may go by way of another host")
    return None if change.old is None else _BY_NAME.get(name, _unknown_variable)(change)


def _unknown_variable(_: Change) -> Verdict:
    return cannot_tell("what the function does with this variable")


def _logged_events(_: Change) -> Verdict:
    return exposes("whole requests may be logged, tokens too")


def _unset(_: Change) -> Verdict:
    return disrupts("the function needs the variable")


def _target(what: str) -> Callable[[Change], Verdict]:
    """A variable that names a resource: whether the function now works on one outside this stack."""

    def rule(change: Change) -> Verdict:
        if change.after is None:
            return _unset(change)
        place = "outside this stack" if is_literal(change.after) else "of this stack"
        return opens(f"{what} another resource, {place}")

    return rule


def _origin(change: Change) -> Verdict | None:
    if change.after is None:
        return _unset(change)
    everyone = "every origin" if "*" in str(change.after) else "another origin"
    return opens(f"web pages of {everyone} may read the answers (CORS)")


def _namespace(_: Change) -> Verdict | None:
    return reduces_monitoring("metrics or logs under another name: alarms may not see them")


_BY_NAME: dict[str, Callable[[Change], Verdict | None]] = {
    "CORS_ORIGIN": _origin,
    "POWERTOOLS_LOG_LEVEL": log_level,
    "AWS_LAMBDA_LOG_LEVEL": log_level,
    "LOG_LEVEL": log_level,
    "POWERTOOLS_METRICS_NAMESPACE": _namespace,
    "POWERTOOLS_SERVICE_NAME": _namespace,
    "POWERTOOLS_DEBUG": _logged_events,
    "POWERTOOLS_DEV": _logged_events,
    "POWERTOOLS_LOGGER_LOG_EVENT": _logged_events,
    "TABLE_NAME": _target("data is read from and written to"),
    "USER_POOL_ID": _target("tokens are accepted, and accounts deleted, of"),
    "USER_POOL_CLIENT_ID": _target("tokens are accepted of"),
    "DEAD_LETTER_QUEUE_URL": _target("work that was given up is sent to"),
}
_LIVES_LONGER = number(higher=weakens("an invitation that fell into wrong hands is valid for longer"))
_ALLOWS_MORE = number(higher=opens("people may do more of it, and it may cost more"))


def _mail_delivery(change: Change) -> Verdict | None:
    if change.after == "send":
        return opens("mail is really sent to people")
    return disrupts("no mail is sent any more")


# By the last part of the parameter's name.
_PARAMETERS: dict[str, Callable[[Change], Verdict | None]] = {
    "web_url": lambda _: opens("links in mail lead to another address"),
    "invite_code_days": _LIVES_LONGER,
    "invitation_days": _LIVES_LONGER,
    "max_invitations_per_day": _ALLOWS_MORE,
    "max_invitations_per_sender_per_day": _ALLOWS_MORE,
    "max_mails_per_recipient_per_day": _ALLOWS_MORE,
    "max_spaces_per_user": _ALLOWS_MORE,
    "max_members_per_space": _ALLOWS_MORE,
    "max_trackers_per_space": _ALLOWS_MORE,
    "mail_sender": lambda _: changes("mail comes from another sender"),
    "mail_delivery": _mail_delivery,
}


def parameter(change: Change) -> Verdict | None:
    """What a parameter decides; the values of new ones are looked at too."""
    properties = change.resource.properties
    name, value = str(properties.get("Name", "")), properties.get("Value")
    if is_plain_secret(name, value):
        return exposes("a secret in plain text: `String` parameters are not encrypted")
    if change.old is None:
        return adds("new")
    rule = _PARAMETERS.get(name.rpartition("/")[2])
    if rule is not None:
        return rule(change)
    if not is_literal(change.before):
        return opens("whoever reads the parameter is told of another resource")
    return cannot_tell("what depends on this parameter")
