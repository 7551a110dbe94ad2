"""What the deployed API's answers have in common, whether the gateway or the function gives them."""

import json
from pathlib import Path
from typing import Any

from httpx2 import Response

from tests.assertions import assert_problem

CORS_ORIGIN: str = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"][
    "environments"
]["local"]["gateway"]["cors_origin"]


def assert_refused(response: Response, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem, with its request's id, and a browser lets the front end read it all."""
    problem = assert_problem(response, status, code)
    assert response.headers.get_list("Access-Control-Allow-Origin") == [CORS_ORIGIN]
    exposed = response.headers["Access-Control-Expose-Headers"].replace(" ", "").split(",")
    assert {"ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"} <= set(exposed)
    return problem
