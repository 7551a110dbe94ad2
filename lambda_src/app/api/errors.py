"""Errors as callers see them: RFC 9457 problems, the same from every route and from the gateway."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from botocore.exceptions import ConnectionError as AwsConnectionError
from botocore.exceptions import HTTPClientError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException

from app.core.errors import (
    BadRequest,
    InternalError,
    MethodNotAllowed,
    NotFound,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    ValidationFailed,
)
from app.core.model import Model
from app.core.observability import logger

PROBLEM_JSON = "application/problem+json"
# On every answer: it is for its caller alone, and is what its `Content-Type` says.
PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
PROBLEM_SCHEMA = "#/components/schemas/Problem"
# A body may hold a hundred thousand faults with names of any length; an answer may not.
_MAX_ERRORS, _MAX_FIELD, _MAX_MESSAGE = 100, 200, 1000
# The fields that tell the members of a union apart.
_TAG_FIELDS = ("kind", "type")
_EXAMPLE_ID = "0f5d0c1e-7a55-4a5e-9f0e-2a9c1b1f6a11"
_ANYWHERE: tuple[type[Problem], ...] = (
    Unauthorized,
    ValidationFailed,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
)


class FieldError(Model):
    """What is wrong with one field."""

    field: Annotated[str, Field(examples=["body.name"])]
    code: Annotated[str, Field(examples=["string_too_long"])]
    message: Annotated[str, Field(examples=["String should have at most 100 characters"])]


class ProblemView(Model):
    """An error's body (RFC 9457). `code` is stable and may be branched on."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: Annotated[str, Field(description="Quote it when you ask for help")]
    errors: Annotated[list[FieldError] | None, Field(description="The fields, where `status` is 422")] = None


def problem_response(
    request: Request,
    problem: Problem,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as an HTTP answer, with more headers if there are any."""
    content = _body(problem, request.state.request_id, errors)
    retry = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s else {}
    return Response(content, problem.status, {**retry, **(headers or {})}, media_type=PROBLEM_JSON)


def unreadable_event(event: Mapping[str, Any], cors_origin: str) -> dict[str, Any]:
    """The answer 400, as API Gateway takes it, to an event that cannot be made a request."""
    request_id = event["requestContext"]["requestId"]
    logger.warning("http.unreadable", request_id=request_id)
    headers = {"Content-Type": PROBLEM_JSON, "X-Request-Id": request_id, **PRIVATE}
    headers["Access-Control-Allow-Origin"] = cors_origin
    problem = BadRequest("The request is not valid Unicode")
    body = _body(problem, request_id)
    return {"statusCode": problem.status, "headers": headers, "body": body, "isBase64Encoded": False}


def _body(problem: Problem, request_id: str, errors: list[FieldError] | None = None) -> str:
    view = ProblemView(
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        code=problem.code,
        request_id=request_id,
        errors=errors,
    )
    return view.model_dump_json(exclude_none=True)


def problem_responses(*types: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What a route declares in `responses=`: these and what any route may answer, with an example each."""
    return only_these_responses(*_ANYWHERE, *types)


def only_these_responses(*types: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What a route declares in `responses=` that neither takes a token nor has any input.

    The schema is a reference, filled in by `app.api.openapi`: given as a model, FastAPI would build a
    validator for each status of each route, at every cold start.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    for problem in types:
        document_problem(responses, problem)
    return responses


def document_problem(responses: dict[int | str, dict[str, Any]], problem: type[Problem]) -> None:
    """Add the problem, with its example, to what an operation may answer."""
    media = {"schema": {"$ref": PROBLEM_SCHEMA}, "examples": {}}
    response = responses.setdefault(
        str(problem.status), {"description": problem.title, "content": {PROBLEM_JSON: media}}
    )
    example = {"title": problem.title, "status": problem.status, "detail": problem.title}
    response["content"][PROBLEM_JSON]["examples"][problem.code] = {
        "value": {**example, "type": "about:blank", "code": problem.code, "request_id": _EXAMPLE_ID}
    }


def install_error_handlers(app: FastAPI) -> None:
    """Every exception that can leave a route becomes a problem. The rest is `RequestContext`'s."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(ValidationFailed)(_on_broken_rule)
    app.exception_handler(RequestValidationError)(_on_invalid_input)
    app.exception_handler(HTTPException)(_on_http_exception)
    for unreachable in (AwsConnectionError, HTTPClientError):
        app.exception_handler(unreachable)(_on_unreachable_aws)


async def _on_problem(request: Request, problem: Problem) -> Response:
    return problem_response(request, problem)


async def _on_broken_rule(request: Request, problem: ValidationFailed) -> Response:
    """What a service found wrong, said as Pydantic's validators say it."""
    errors = [
        FieldError(field=field, code="value_error", message=message)
        for field, message in problem.fields.items()
    ]
    return problem_response(request, problem, errors or None)


async def _on_invalid_input(request: Request, error: RequestValidationError) -> Response:
    faults = error.errors()[:_MAX_ERRORS]
    if faults[0]["type"] == "json_invalid":
        return problem_response(request, _unreadable_json(error.body, faults[0]))
    # Pydantic's `input` is left out: an answer never repeats what was sent.
    errors = [
        FieldError(field=_field(fault["loc"], error.body), code=fault["type"], message=_message(fault))
        for fault in faults
    ]
    return problem_response(request, ValidationFailed(), errors)


def _unreadable_json(body: str, fault: Mapping[str, Any]) -> BadRequest:
    before = body[: fault["loc"][1]]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return BadRequest(f"The body is not JSON: {fault['ctx']['error']} at line {line}, column {column}")


def _field(loc: Sequence[int | str], body: Any) -> str:
    """Where in the request a value is: `body.cadence.days.1`.

    Pydantic also names what is no part of the request: the tag of a union's member, a key as `[key]`.
    """
    source, *parts = loc
    if source != "body":
        return ".".join(map(str, loc))[:_MAX_FIELD]
    path, value, is_tagged = [str(source)], body, False
    for part in parts:
        if isinstance(value, dict) and not is_tagged and part in [value.get(name) for name in _TAG_FIELDS]:
            is_tagged = True
        elif isinstance(value, dict):
            path.append(str(part))
            value, is_tagged = value.get(part), False
        elif isinstance(value, list) and isinstance(part, int):
            path.append(str(part))
            value = value[part]
    return ".".join(path)[:_MAX_FIELD]


def _message(fault: Mapping[str, Any]) -> str:
    """What the rule says. The messages of Pydantic that quote what was sent are put in other words."""
    if fault["type"] == "union_tag_invalid":
        return f"Must be one of {fault['ctx']['expected_tags']}"
    message = str(fault["msg"])[:_MAX_MESSAGE].removeprefix("Value error, ")
    return message[:1].upper() + message[1:]


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    """What Starlette and FastAPI refuse before a route runs: unknown path or method, unreadable body."""
    known = {kind.status: kind for kind in (NotFound, MethodNotAllowed)}
    problem = known[error.status_code]() if error.status_code in known else _unreadable_body(error.__cause__)
    return problem_response(request, problem, headers=error.headers)


def _unreadable_body(cause: BaseException | None) -> BadRequest:
    """What is wrong with a body that Python cannot decode; its own words would name Python's settings."""
    if isinstance(cause, UnicodeDecodeError):
        return BadRequest(f"The body is not UTF-8 at byte {cause.start + 1}")
    if isinstance(cause, RecursionError):
        return BadRequest("The body is nested too deeply")
    return BadRequest("The body has a number of too many digits")


async def _on_unreachable_aws(request: Request, error: Exception) -> Response:
    logger.warning("aws.unreachable", request_id=request.state.request_id, error=repr(error))
    return problem_response(request, ServiceUnavailable(retry_after_s=1))
