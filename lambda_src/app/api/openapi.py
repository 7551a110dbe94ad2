"""The OpenAPI document: generated from the routes, committed as `contract/openapi.json`, drift-tested.

API Gateway's routes are derived from it, so what is documented is what is deployed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app import __version__
from app.api.deps import MAX_PAGE
from app.api.errors import PROBLEM_JSON, PROBLEM_SCHEMA, ProblemView, document_problem
from app.api.openapi_descriptions import describe_fields
from app.api.openapi_examples import Examples
from app.api.permission import permissions
from app.core.errors import BadRequest, Conflict, PayloadTooLarge, UnsupportedMediaType

_TITLE = "Lifestyle Spaces"
_ABOUT = """
Shared spaces for goals, habits and journals.

Every operation but `GET /health` takes an ID token of the environment's Cognito user pool:
`Authorization: Bearer <token>`. Bodies are JSON in `snake_case`, times are RFC 3339 in UTC, and input
fields that are not described are refused. Every error is a problem (RFC 9457) whose `code` is stable.
Lists come in pages, and only `next_cursor: null` ends one. A `POST` with an `Idempotency-Key` happens once,
however often it is sent. `ETag` names a version, and `If-Match` refuses to change any other.
""".strip()
_TAGS = {
    "activity": "What happened in a space, and reactions to it",
    "audit": "Who changed what in a space, for its owner and admins",
    "check-ins": "Your check-ins on all goals and habits, in one list",
    "comments": "Talking about an entry",
    "goals": "What a space wants to reach, and the steps towards it",
    "habits": "What one wants to do again and again, the days on which one did, and streaks",
    "health": "Whether the service is up",
    "highlights": "Passages of an entry that somebody marked",
    "invitations": "Invitations by e-mail, to a space or to an organization",
    "invite codes": "The code that lets people into a space",
    "journals": "What people write down, freely or by a template",
    "members": "Coming into a space, changing role, leaving, removing",
    "notifications": "What concerns you, wherever it happened",
    "operations": "How far work has come that goes on in the background",
    "organizations": "Organizations and the directory of their users",
    "spaces": "Making, finding, changing and deleting spaces",
    "templates": "What entries can be written by",
    "users": "Your profile, your spaces, your data, and what others see of you",
}
_METHODS = ("get", "post", "put", "patch", "delete")
_DESCRIBED = {
    "ETag": "The version of the resource and the digest of this answer",
    "Idempotency-Replayed": "`true` where the same request was answered before and this is that answer",
    "Location": "Where the result is, to be resolved against the address of the request",
    "Retry-After": "Seconds to wait before the next try",
    "X-Request-Id": "Names this request in the logs",
}
_BY_STATUS = {"201": ["Location"], "202": ["Location"], "429": ["Retry-After"], "503": ["Retry-After"]}
# Pydantic's own names, which it lets stand where a validator comes before the bounds.
_BOUNDS = {"ge": "minimum", "le": "maximum"}


def document(routes: Sequence[APIRoute]) -> dict[str, Any]:
    """The document as consumers get it."""
    content = _with_client_names(get_openapi(title=_TITLE, version=__version__, routes=routes))
    schema = ProblemView.model_json_schema(ref_template="#/components/schemas/{model}")
    problem = PROBLEM_SCHEMA.rpartition("/")[2]
    content["components"]["schemas"] |= {**schema.pop("$defs"), problem: schema | {"title": problem}}
    content["info"] |= {"description": _ABOUT, "contact": {"name": _TITLE}}
    content["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    describe_fields(content["components"]["schemas"])
    for part in _parts(content["components"]["schemas"]):
        for name, standard in _BOUNDS.items():
            if name in part:
                part[standard] = part.pop(name)
    for name, schema in content["components"]["schemas"].items():
        if name.endswith("Page"):
            schema["properties"]["items"]["maxItems"] = MAX_PAGE
    asked = permissions(routes)
    for path, operations in content["paths"].items():
        content["paths"][path] = {name: operations[name] for name in _METHODS if name in operations}
        for method, operation in operations.items():
            operation["x-permission"] = asked[operation["operationId"]]
            _finish(method, operation, content["components"]["schemas"])
    Examples(content).give()
    _share_problems(content)
    content["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _DESCRIBED.items()
    }
    return content


def _with_client_names(content: dict[str, Any]) -> dict[str, Any]:
    """What the app calls `SpaceView` is a `Space` to everybody else, and a list of them a `SpacePage`."""
    names = {
        name: schema.get("title", name).removesuffix("View")
        for name, schema in content["components"]["schemas"].items()
    }
    prefix = "#/components/schemas/"
    text = re.sub(
        rf'"{prefix}(\w+)"', lambda found: f'"{prefix}{names.get(found[1], found[1])}"', json.dumps(content)
    )
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {
        names[name]: schemas[name] | {"title": names[name]} for name in sorted(schemas, key=names.__getitem__)
    }
    return renamed


def _parts(schemas: Any) -> Iterator[dict[str, Any]]:
    """Every object in there, itself included."""
    if isinstance(schemas, dict):
        yield schemas
    for part in (
        schemas.values() if isinstance(schemas, dict) else schemas if isinstance(schemas, list) else ()
    ):
        yield from _parts(part)


def _finish(method: str, operation: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> None:
    operation["summary"] = operation["description"].partition(".")[0]
    operation.setdefault("security", [])
    for parameter in operation.get("parameters", []):
        _without_null(parameter)
    _document_problems_of(method, operation)
    for status, response in operation["responses"].items():
        _finish_response(status, response, schemas)
        if method == "post" and status < "300":
            response["headers"] |= _headers("Idempotency-Replayed")
    if method == "get" and "ETag" in operation["responses"]["200"]["headers"]:
        _offer_304(operation)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _without_null(parameter: dict[str, Any]) -> None:
    """What is not sent is None to the app; nobody can send a null in a path, a query or a header."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        (parameter["schema"],) = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
    else:
        schema.pop("description", None)  # which the parameter has


def _document_problems_of(method: str, operation: dict[str, Any]) -> None:
    """What any body may be refused for, and any change."""
    if "requestBody" in operation:
        document_problem(operation["responses"], BadRequest)
        document_problem(operation["responses"], PayloadTooLarge)
        document_problem(operation["responses"], UnsupportedMediaType)
    if method != "get":
        document_problem(operation["responses"], Conflict)


def _finish_response(status: str, response: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> None:
    reference = response.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = schemas.get(reference.rpartition("/")[2], {})
    names = ["X-Request-Id", *_BY_STATUS.get(status, [])]
    if {"version", "updated_at"} <= schema.get("properties", {}).keys():
        names.append("ETag")
    response["headers"] = _headers(*names)
    if status < "300":
        response["description"] = schema.get("description", "Done")


def _offer_304(operation: dict[str, Any]) -> None:
    operation["responses"]["304"] = {
        "description": "You have this very answer already",
        "headers": _headers("X-Request-Id", "ETag"),
    }
    operation.setdefault("parameters", []).append(
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "Answer 304 if the resource still has this ETag",
            "schema": {"type": "string"},
        }
    )


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _share_problems(content: dict[str, Any]) -> None:
    """Each problem's example stands in the document once, under its code, and so does each set of them."""
    examples = content["components"]["examples"]
    shared = content["components"].setdefault("responses", {})
    for operation in (each for path in content["paths"].values() for each in path.values()):
        for status, response in operation["responses"].items():
            problems = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples")
            if problems:
                codes = sorted(problems)
                examples |= problems
                response["content"][PROBLEM_JSON]["examples"] = {
                    code: {"$ref": f"#/components/examples/{code}"} for code in codes
                }
                if len(codes) > 1:
                    response["description"] = f"One of {', '.join(codes)}"
                name = ".".join([status, *codes])
                shared[name] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
