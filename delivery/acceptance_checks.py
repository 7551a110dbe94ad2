"""The checks of `make acceptance`, in order."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx2

from delivery.acceptance_audit import try_audit
from delivery.acceptance_users import Environment, User

_WAIT_S = 120.0
_MEGABYTE = 1_000_000
_SCHEDULES = 2


class CheckFailed(Exception):  # noqa: N818 - a failed check, not a program error
    """A check failed; the message has the actual result."""


@dataclass(frozen=True)
class Check:
    """One check. `run` returns the actual result, or raises CheckFailed."""

    name: str
    expected: str
    run: Callable[[Environment], str]
    only_aws: bool = False


def _profiles(environment: Environment) -> str:
    for user in environment.users:
        body = {"email": user.email, "name": user.name}
        _expect(environment.call(user, "POST", "/api/v1/users", json=body), 201)
    return "201 for both"


def _space(environment: Environment) -> str:
    owner = environment.users[0]
    made = _expect(environment.call(owner, "POST", "/api/v1/spaces", json={"name": "Acceptance"}), 201)
    environment.space = f"/api/v1/spaces/{made.json()['space_id']}"
    location = urljoin(str(made.request.url), made.headers["Location"])
    headers = {"Authorization": f"Bearer {owner.id_token}"}
    _expect(environment.http.get(location, headers=headers), 200)
    return f"201, Location {made.headers['Location']} answers 200"


def _join(environment: Environment) -> str:
    owner, other = environment.users
    _expect(environment.call(other, "GET", environment.space), 404)
    code = _expect(environment.call(owner, "POST", f"{environment.space}/invite-code"), 201).json()["code"]
    joined = _expect(environment.call(other, "POST", "/api/v1/spaces/join", json={"code": code}), 200)
    return f"404 before, then {joined.json()['role']}"


def _stream(environment: Environment) -> str:
    owner, _ = environment.users
    entry = {"title": "Accepted", "content": "Quotes `${jndi:ldap://x}` and <script>"}
    _expect(environment.call(owner, "POST", f"{environment.space}/journals", json=entry), 201)
    started = time.monotonic()
    feed = f"{environment.space}/activity"
    _until(lambda: "journal" in environment.call(owner, "GET", feed).text)
    return f"in the feed after {time.monotonic() - started:.1f} s"


def _mail(environment: Environment) -> str:
    if environment.settings.app.mail_delivery == "log":
        return "mail is only logged here (app.mail_delivery)"
    body = {"email": "success@simulator.amazonses.com", "role": "member"}
    owner = environment.users[0]
    _expect(environment.call(owner, "POST", f"{environment.space}/invitations", json=body), 201)
    queue = environment.client("sqs")
    time.sleep(5)
    answer = queue.get_queue_attributes(
        QueueUrl=environment.outputs["DeadLetterQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    waiting = answer["Attributes"]["ApproximateNumberOfMessages"]
    if waiting != "0":
        raise CheckFailed(f"{waiting} messages in the dead-letter queue")
    return "invited SES's mailbox simulator, nothing in the dead-letter queue"


def _problem(path: str, status: int, code: str, **request: Any) -> Callable[[Environment], str]:
    """A check that the response is this problem, with CORS headers for the front end."""

    def run(environment: Environment) -> str:
        asked = dict(request)
        token = asked.pop("bearer", None)
        if token is not None:
            tokens = {"id": environment.users[0].id_token, "access": environment.users[0].access_token}
            asked["headers"] = {"Authorization": f"Bearer {tokens.get(token, token)}"}
        answer = environment.http.request(asked.pop("method", "GET"), path, **asked)
        return _assert_problem(environment, answer, status, code)

    return run


def _too_large(megabytes: int) -> Callable[[Environment], str]:
    content = b" " * megabytes * _MEGABYTE
    headers = {"Content-Type": "application/json"}

    def run(environment: Environment) -> str:
        owner = environment.users[0]
        answer = environment.call(owner, "POST", SPACES, content=content, headers=headers)
        return _assert_problem(environment, answer, 413, "payload_too_large")

    return run


def _assert_problem(environment: Environment, answer: httpx2.Response, status: int, code: str) -> str:
    media_type = answer.headers.get("Content-Type", "none").partition(";")[0]
    origin = answer.headers.get("Access-Control-Allow-Origin", "none")
    found = answer.json() if "json" in media_type else {}
    told = f"{answer.status_code} {media_type}, code {found.get('code')}, CORS origin {origin}"
    if (answer.status_code, media_type, found.get("code"), origin) != (
        status,
        "application/problem+json",
        code,
        environment.settings.gateway.cors_origin,
    ):
        raise CheckFailed(told)
    return told


def _throttle(environment: Environment) -> str:
    burst = environment.settings.gateway.route_throttles["GET /health"].burst
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: environment.http.get("/health"), range(5 * burst)))
    refused = [answer for answer in answers if answer.is_error]
    if not refused:
        raise CheckFailed(f"{len(answers)} concurrent requests were all answered 200")
    told = _assert_problem(environment, refused[0], 429, "too_many_requests")
    return f"{len(refused)} of {len(answers)} refused: {told}"


def _tokens(environment: Environment) -> str:
    claims = environment.users[0].claims
    minutes = (claims["exp"] - claims["iat"]) / 60
    told = f"{minutes:.0f} minutes, email_verified {claims.get('email_verified')}"
    if minutes != environment.settings.identity.id_token_minutes or claims.get("email_verified") is not True:
        raise CheckFailed(told)
    return told


def _schedules(environment: Environment) -> str:
    events = environment.client("events")
    function = environment.outputs["FunctionName"]
    rules = [
        rule
        for page in events.get_paginator("list_rules").paginate()
        for rule in page["Rules"]
        if rule.get("ScheduleExpression")
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        if f":{function}:" in target["Arn"]
    ]
    told = ", ".join(sorted(f"{rule['ScheduleExpression']} {rule['State']}" for rule in rules))
    if len(rules) != _SCHEDULES or any(rule["State"] != "ENABLED" for rule in rules):
        raise CheckFailed(told or "none")
    return told


def _snap_start(environment: Environment) -> str:
    if not environment.settings.function.snap_start:
        return "disabled (function.snap_start)"
    settings = environment.client("lambda").get_function_configuration(
        FunctionName=environment.outputs["FunctionName"], Qualifier="live"
    )
    status: str = settings.get("SnapStart", {}).get("OptimizationStatus", "none")
    if status != "On":
        raise CheckFailed(status)
    return status


def _canary(environment: Environment) -> str:
    if environment.settings.function.canary is None:
        return "disabled (function.canary)"
    alias = environment.client("lambda").get_alias(
        FunctionName=environment.outputs["FunctionName"], Name="live"
    )
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    if weights:
        raise CheckFailed(f"a deployment is in progress: {weights}")
    return f"`live` is only version {alias['FunctionVersion']}"


def _erasure(environment: Environment) -> str:
    owner, other = environment.users
    started = time.monotonic()
    _finish(environment, owner, environment.call(owner, "DELETE", environment.space))
    environment.space = ""
    for user in (owner, other):
        _finish(environment, user, environment.call(user, "DELETE", "/api/v1/users/me"))
        _assert_problem(
            environment, environment.call(user, "GET", "/api/v1/users/me/spaces"), 403, "profile_required"
        )
    return f"space and both accounts in {time.monotonic() - started:.1f} s"


def _finish(environment: Environment, user: User, answer: httpx2.Response) -> None:
    operation = urljoin(str(answer.request.url), _expect(answer, 202).headers["Location"])
    headers = {"Authorization": f"Bearer {user.id_token}"}
    _until(lambda: environment.http.get(operation, headers=headers).json().get("status") == "done")


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while not happened():
        if time.monotonic() > deadline:
            raise CheckFailed(f"not within {_WAIT_S:.0f} s")
        time.sleep(0.5)


def _expect(answer: httpx2.Response, status: int) -> httpx2.Response:
    if answer.status_code != status:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise CheckFailed(f"{asked}: {answer.status_code} {answer.text[:300]}")
    return answer


ME, SPACES, UNKNOWN = "/api/v1/users/me", "/api/v1/spaces", "/api/v1/no-such-path"
_UNSIGNED = "eyJhbGciOiJub25lIn0.e30."

CHECKS = (
    Check("sign-up", "both users get a profile", _profiles),
    Check("tokens", "the configured lifetime, verified e-mail", _tokens),
    Check("space", "201, and Location answers 200", _space),
    Check("join", "a private space is 404, its invite code works", _join),
    Check("stream", "a new entry is in the feed; the web ACL allows its text", _stream),
    Check("schedules", "two, enabled", _schedules),
    Check("mail", "SES accepts the mail", _mail),
    Check("no token", "401 unauthorized", _problem(ME, 401, "unauthorized")),
    Check("broken token", "401 unauthorized", _problem(ME, 401, "unauthorized", bearer="not.a.token")),
    Check("unsigned token", "401 unauthorized", _problem(ME, 401, "unauthorized", bearer=_UNSIGNED)),
    Check("access token", "401 unauthorized", _problem(ME, 401, "unauthorized", bearer="access")),
    Check("unknown path", "404 not_found", _problem(UNKNOWN, 404, "not_found")),
    Check(
        "unknown path with a token",
        "404 not_found",
        _problem(UNKNOWN, 404, "not_found", bearer="id"),
    ),
    Check("unknown method", "404 not_found", _problem(ME, 404, "not_found", method="PUT")),
    Check(
        "body of 2 MB",
        "413 payload_too_large",
        _too_large(2),
    ),
    Check(
        "body of 7 MB, over Lambda's limit",
        "413 payload_too_large",
        _too_large(7),
        only_aws=True,
    ),
    Check(
        "body of 11 MB, over the gateway's limit",
        "413 payload_too_large",
        _too_large(11),
        only_aws=True,
    ),
    Check("throttle", "429 too_many_requests over the burst", _throttle, only_aws=True),
    Check("SnapStart", "the alias's version has a snapshot", _snap_start, only_aws=True),
    Check("canary", "the alias has one version", _canary, only_aws=True),
    Check("audit", "denied outside of transactions; audited changes allowed", try_audit, only_aws=True),
    Check("erasure", "the space and the accounts are deleted", _erasure),
)
