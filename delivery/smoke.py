"""`make smoke ENV=...`: whether what is deployed answers, and refuses whoever is not signed in."""

import http.client
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app import __version__
from delivery.stack_outputs import deployed, refused_in_one_line

_NAME = "lifestyle-spaces-smoke"
_TRIES = 5  # a new route takes seconds to reach all of API Gateway
_WAIT_S = 3.0
_TIMEOUT_S = 30.0  # as long as API Gateway waits for the function


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    media_type: str
    body: Any


class SmokeError(Exception):
    """An answer is not what it should be; the message says in how far."""


def health(base: str, environment: str) -> str:
    """`GET /health`: the function runs, in this environment and in the version of these sources."""
    answer = _get(base, "/health")
    expected = {"status": "ok", "version": __version__, "environment": environment}
    if (answer.status, answer.body) != (200, expected):
        raise SmokeError(f"GET /health: expected 200 {expected}, got {answer.status} {answer.body}")
    return f"GET /health: 200, version {__version__} in {environment}"


def refusal(base: str, _: str) -> str:
    """`GET /api/v1/users/me` without a token: refused, in the shape of every error.

    A 403 `forbidden` passes: the web ACL's reputation list refuses addresses of many CI runners before the
    gateway asks for a token. It says nothing against the release.
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
    """Print a line for each check; whether all passed. `base` is the API's address, before `/api/v1`."""
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
        # Without a name, AWS's managed rules refuse the request before it gets to the API.
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


@refused_in_one_line()
def main(environment: str) -> None:
    """Try one environment."""
    if not smoke(deployed(environment).api_url, environment):
        sys.exit(f"error: {environment} does not answer as it should")


if __name__ == "__main__":
    main(sys.argv[1])
