"""The OpenAPI document: generated from the routes, committed as `openapi.json`, drift-tested.

API Gateway's routes are derived from it, so what is documented is what is deployed.
"""

import copy
from typing import Any

from fastapi import FastAPI

from app.api.errors import PROBLEM_SCHEMA, ProblemView, document_problem
from app.api.permission import permissions
from app.core.errors import BadRequest, Conflict, PayloadTooLarge

_DESCRIBED = {
    "ETag": "The version of the resource and the digest of this answer",
    "If-None-Match": "Answer 304 if the resource still has this ETag",
    "Idempotency-Replayed": "`true` where the same request was answered before and this is that answer",
    "Location": "Where the result is, below the API's base URL",
    "Retry-After": "Seconds to wait before the next try",
    "X-Request-Id": "Names this request in the logs",
}
_BY_STATUS = {"201": ["Location"], "202": ["Location"], "429": ["Retry-After"], "503": ["Retry-After"]}


def document(app: FastAPI) -> dict[str, Any]:
    """The document as consumers get it."""
    content = copy.deepcopy(app.openapi())  # which keeps what it made
    schema = ProblemView.model_json_schema(ref_template="#/components/schemas/{model}")
    content["components"]["schemas"] |= {**schema.pop("$defs"), PROBLEM_SCHEMA.rpartition("/")[2]: schema}
    resources = {
        f"#/components/schemas/{name}"
        for name, schema in content["components"]["schemas"].items()
        if "version" in schema.get("properties", {}) and "updated_at" in schema["properties"]
    }
    asked = permissions(app)
    for path in content["paths"].values():
        for method, operation in path.items():
            operation["x-permission"] = asked[operation["operationId"]]
            operation["summary"] = operation["description"].partition(".")[0]
            _document_problems_of(method, operation)
            for status, response in operation["responses"].items():
                _finish_response(status, response, resources)
                if method == "post" and status < "300":
                    response["headers"]["Idempotency-Replayed"] = _header("Idempotency-Replayed")
            if method == "get" and "ETag" in operation["responses"]["200"]["headers"]:
                _offer_304(operation)
    return content


def _document_problems_of(method: str, operation: dict[str, Any]) -> None:
    """What any body may be refused for, and any change."""
    if "requestBody" in operation:
        document_problem(operation["responses"], BadRequest)
        document_problem(operation["responses"], PayloadTooLarge)
    if method != "get":
        document_problem(operation["responses"], Conflict)


def _finish_response(status: str, response: dict[str, Any], resources: set[str]) -> None:
    media = response.get("content", {})
    names = ["X-Request-Id", *_BY_STATUS.get(status, [])]
    if media.get("application/json", {}).get("schema", {}).get("$ref") in resources:
        names.append("ETag")
    response["headers"] = {name: _header(name) for name in names}


def _offer_304(operation: dict[str, Any]) -> None:
    operation["responses"]["304"] = {
        "description": "You have this very answer already",
        "headers": {name: _header(name) for name in ("X-Request-Id", "ETag")},
    }
    operation.setdefault("parameters", []).append(
        {"name": "If-None-Match", "in": "header", "required": False, **_header("If-None-Match")}
    )


def _header(name: str) -> dict[str, Any]:
    return {"description": _DESCRIBED[name], "schema": {"type": "string"}}
