"""What FastAPI lets pass: query parameters that a route does not have, bodies of another media type."""

from email.message import Message

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from app.core.errors import UnsupportedMediaType


def query_names(dependant: Dependant) -> frozenset[str]:
    """The names of a route's query parameters, those of its dependencies included."""
    own = {parameter.alias for parameter in dependant.query_params}
    return frozenset(own.union(*(query_names(dependency) for dependency in dependant.dependencies)))


def require_known_query(request: Request, names: frozenset[str]) -> None:
    """Check that the query has no other parameters.

    Raises:
        RequestValidationError: it has; the error is that of an unknown field in a body.
    """
    unknown = request.query_params.keys() - names
    if unknown:
        fault = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}
        raise RequestValidationError([fault | {"loc": ("query", name)} for name in sorted(unknown)])


async def require_json(request: Request) -> None:
    """Check that a body, if there is one, is called JSON.

    Raises:
        UnsupportedMediaType: it is called something else, or nothing at all.
    """
    kind = Message()
    kind["Content-Type"] = request.headers.get("Content-Type", "")
    is_json = kind.get_content_maintype() == "application" and (
        kind.get_content_subtype() == "json" or kind.get_content_subtype().endswith("+json")
    )
    if not is_json and await request.body():
        raise UnsupportedMediaType
