"""The gateway's routes, read from the OpenAPI document that the app generates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stacks.errors import ConfigurationError

HTTP_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
# Routes that need no token. The synth refuses any other route without one.
OPEN_ROUTES = frozenset({"GET /health"})


@dataclass(frozen=True, order=True)
class Route:
    """One method on one path, as the gateway exposes it.

    `permission` is what the function requires of the caller: the document's `x-permission`, empty if there
    is none. The gateway does not use it; it is in the template for reviewers.
    """

    path: str
    method: str
    needs_token: bool
    permission: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def load_routes(document: Path) -> tuple[Route, ...]:
    """Every operation of an OpenAPI document, sorted by path and method.

    Raises ConfigurationError when the document is missing or is not JSON, or when an
    operation outside `OPEN_ROUTES` requires no token.
    """
    try:
        paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
    except FileNotFoundError:
        raise ConfigurationError(f"{document.name} is missing: make it with `make openapi`") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{document.name} is no OpenAPI document: make it anew with `make openapi`"
        ) from None
    routes = tuple(
        sorted(
            Route(
                path=path,
                method=method.upper(),
                needs_token=bool(operation.get("security")),
                permission=operation.get("x-permission", {}),
            )
            for path, item in paths.items()
            for method, operation in item.items()
            if method.upper() in HTTP_METHODS
        )
    )
    unguarded = [str(route) for route in routes if not route.needs_token and str(route) not in OPEN_ROUTES]
    if unguarded:
        raise ConfigurationError(f"{document.name}: no token asked for by {', '.join(unguarded)}")
    return routes
