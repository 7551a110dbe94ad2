"""What tests expect of answers, in one place."""

import re
from typing import Any

from httpx2 import Response

ALWAYS = {"type", "title", "status", "detail", "code", "request_id"}


def assert_problem(response: Response, status: int, code: str, *, field: str | None = None) -> dict[str, Any]:
    """The answer is this problem, whole and in shape; where `field` is given, it is named as wrong."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert set(problem) - {"errors"} == ALWAYS
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["X-Request-Id"] != ""
    assert ("errors" in problem) is (status == 422 and code != "idempotency_key_reused")
    if field is not None:
        assert field in wrong_fields(problem), problem
    return problem


def wrong_fields(problem: dict[str, Any]) -> set[str]:
    """The fields that a 422 problem names."""
    assert all(set(error) == {"field", "code", "message"} for error in problem["errors"])
    return {error["field"] for error in problem["errors"]}


class _AnyEtag:
    """Equal to whatever looks like the `etag` of a resource's version."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(r'"[0-9]+-0{10}[0-9a-f]{6}"', other) is not None

    def __hash__(self) -> int:
        raise NotImplementedError


ANY_ETAG = _AnyEtag()
