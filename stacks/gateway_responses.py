"""Responses of the gateway itself, in the format of the app's errors.

Each row is one of API Gateway's response types. A type without a row falls back to one of
the two defaults, whose status must be fixed: a body template cannot read it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway

EXPOSED_HEADERS = ("ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id")
_REQUEST_ID = "$context.requestId"


@dataclass(frozen=True)
class EdgeProblem:
    """A problem (RFC 9457) that the gateway returns without invoking the function."""

    response_type: str
    status: int
    code: str
    title: str
    detail: str
    headers: Mapping[str, str]

    def body(self) -> str:
        """The response template; the gateway fills in the request id."""
        return json.dumps(
            {
                "type": "about:blank",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                "request_id": _REQUEST_ID,
            }
        )


def _problem(
    response_type: str, status: int, code: str, title: str, detail: str, **headers: str
) -> EdgeProblem:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return EdgeProblem(response_type, status, code, title, detail, named)


_UNAUTHORIZED = (401, "unauthorized", "Unauthorized", "A valid ID token is needed.")
_FORBIDDEN = (403, "forbidden", "Forbidden", "This request is not allowed.")
_NOT_FOUND = (404, "not_found", "Not Found", "There is no such path or method.")
_BAD_REQUEST = (400, "bad_request", "Bad Request", "The request cannot be understood.")
_TOO_LARGE = (413, "payload_too_large", "Content Too Large", "The body is too large.")
_MEDIA_TYPE = (415, "unsupported_media_type", "Unsupported Media Type", "Send application/json.")
_TOO_MANY = (429, "too_many_requests", "Too Many Requests", "Slow down and try again.")
_INTERNAL = (500, "internal_error", "Internal Server Error", "Something went wrong on our side.")
_FAILED = (502, "upstream_failure", "Bad Gateway", "The backend gave no usable answer.")
_TIMEOUT = (504, "upstream_timeout", "Gateway Timeout", "The answer took too long.")

EDGE_PROBLEMS = (
    _problem("UNAUTHORIZED", *_UNAUTHORIZED, WWW_Authenticate="Bearer"),
    _problem("EXPIRED_TOKEN", *_UNAUTHORIZED, WWW_Authenticate="Bearer"),
    _problem("ACCESS_DENIED", *_FORBIDDEN),
    _problem("INVALID_API_KEY", *_FORBIDDEN),
    _problem("WAF_FILTERED", *_FORBIDDEN),
    # API Gateway's response to an unknown path or method, 403 by default.
    _problem("MISSING_AUTHENTICATION_TOKEN", *_NOT_FOUND),
    # The same for a request with a token: API Gateway reads the token as an invalid IAM signature.
    _problem("INVALID_SIGNATURE", *_NOT_FOUND),
    _problem("RESOURCE_NOT_FOUND", *_NOT_FOUND),
    _problem("BAD_REQUEST_BODY", *_BAD_REQUEST),
    _problem("BAD_REQUEST_PARAMETERS", *_BAD_REQUEST),
    _problem("REQUEST_TOO_LARGE", *_TOO_LARGE),
    _problem("UNSUPPORTED_MEDIA_TYPE", *_MEDIA_TYPE),
    _problem("THROTTLED", *_TOO_MANY, Retry_After="1"),
    _problem("QUOTA_EXCEEDED", *_TOO_MANY, Retry_After="3600"),
    _problem("API_CONFIGURATION_ERROR", *_INTERNAL),
    _problem("AUTHORIZER_CONFIGURATION_ERROR", *_INTERNAL),
    _problem("AUTHORIZER_FAILURE", *_INTERNAL),
    _problem("INTEGRATION_FAILURE", *_FAILED),
    _problem("INTEGRATION_TIMEOUT", *_TIMEOUT),
    _problem("DEFAULT_4XX", *_BAD_REQUEST),
    _problem("DEFAULT_5XX", *_INTERNAL),
)


def add_gateway_responses(api: apigateway.RestApi, *, cors_origin: str) -> None:
    """Add the problem body, the CORS headers and the request id to every gateway response of `api`."""
    common = {
        "Content-Type": "application/problem+json",
        "X-Request-Id": "context.requestId",
        "Access-Control-Allow-Origin": cors_origin,
        "Access-Control-Expose-Headers": ",".join(EXPOSED_HEADERS),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Origin",
    }
    for problem in EDGE_PROBLEMS:
        headers = {**common, **problem.headers}
        api.add_gateway_response(
            "".join(word.capitalize() for word in problem.response_type.split("_")),
            type=apigateway.ResponseType.of(problem.response_type),
            status_code=str(problem.status),
            response_headers={name: _header_value(value) for name, value in headers.items()},
            templates={"application/json": problem.body()},
        )


def _header_value(value: str) -> str:
    """A header value for API Gateway, in which literals are quoted and references are not."""
    return value if value.startswith("context.") else f"'{value}'"
