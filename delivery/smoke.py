"""`make smoke ENV=...`: whether the deployment answers, and refuses requests without a token."""

import http.client
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app import __version__
from delivery.stack_outputs import deployed, exit_on_aws_error

_NAME = "lifestyle-spaces-smoke"
_TRIES = 5  # a new route takes seconds to propagate in API Gateway
_WAIT_S = 3.0
_TIMEOUT_S = 30.0  # API Gateway's integration timeout


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    media_type: str
    body: Any


class SmokeError(Exception):
    """An unexpected response; the message has the expected and the actual one."""


def health(base: str, environment: str) -> str:
    """`GET /health`: the function runs, in this environment and with the version of these sources."""
    answer = _get(base, "/health")
    expected = {"status": "ok", "version": __version__, "environment": environment}
    if (answer.status, answer.body) != (200, expected):
        raise SmokeError(f"GET /health: expected 200 {expected}, got {answer.status} {answer.body}")
    return f"GET /health: 200, version {__version__} in {environment}"


def refusal(base: str, _: str) -> str:
    """`GET /api/v1/users/me` without a token: refused, in the format of every error.

    A 403 `forbidden` passes: the web ACL's reputation list blocks addresses of many CI runners before the
    gateway checks the token. It does not mean that the release is faulty.
    """
    answer = _get(base, "/api/v1/users/me")
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    if (answer.status, answer.media_type, code) == (403, "application/problem+json", "forbidden"):
        return "GET /api/v1/users/me without a token: 403 forbidden, by the web ACL for this address"
    if (answer.status, answer.media_type, code) != (401, "application/problem+json", "unauthorized"):
        raise SmokeError(
            "GET /api/v1/users/me without a token: expected a 401 problem `unauthorized`, "
            f"got {answer.status} {answer.media_type} {answer.body}"
        )
    return "GET /api/v1/users/me without a token: 401 unauthorized"


def smoke(base: str, environment: str, *, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Print a line for each check; return whether all passed. `base` is the API's URL before `/api/v1`."""
    passed = [_passes(check, base, environment, sleep) for check in (health, refusal)]
    return all(passed)


def _passes(
    check: Callable[[str, str], str], base: str, environment: str, sleep: Callable[[float], None]
) -> bool:
    for left in reversed(range(_TRIES)):
        try:
            print(f"ok     {check(base, environment)}")
        except SmokeError as error:
            if not left:
                print(f"FAILED {error}")
            else:
                sleep(_WAIT_S)
        else:
            return True
    return False


def _get(base: str, path: str) -> Answer:
    where = urlsplit(base)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=_TIMEOUT_S)
    try:
        # AWS's managed rules block requests without a User-Agent.
        connection.request("GET", where.path.rstrip("/") + path, headers={"User-Agent": _NAME})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise SmokeError(f"GET {path}: no answer ({error or type(error).__name__})") from error
    finally:
        connection.close()
    try:
        body = json.loads(text)
    except ValueError:
        body = text[:200]
    return Answer(response.status, response.headers.get_content_type(), body)


@exit_on_aws_error()
def main(environment: str) -> None:
    """Check one environment."""
    if not smoke(deployed(environment).api_url, environment):
        sys.exit(f"error: {environment} does not answer as it should")


if __name__ == "__main__":
    main(sys.argv[1])
