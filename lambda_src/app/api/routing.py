"""Where routes are registered, and how a request finds the module that has its route.

A module of `app.api.routes` is imported, and its routes are built, when a request first names one of its
paths: most environments answer few nouns, and a cold start pays for these alone (docs/adr/0030).
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.api.unit_of_work import UnitOfWorkRoute

# In the order in which a request is matched, and in which the OpenAPI document lists their operations.
MODULES = (
    "health",
    "users",
    "check_ins",
    "notifications",
    "organizations",
    "spaces",
    "members",
    "invite_codes",
    "invitations",
    "templates",
    "journals",
    "highlights",
    "comments",
    "goals",
    "habits",
    "activity",
    "audit",
    "operations",
)
_MODULE, _PARAMETER = None, "{}"


def operation_id(route: APIRoute) -> str:
    """An operation's id in the OpenAPI document: the name of its function."""
    return route.name


def api_router(tag: str, *, prefix: str = "") -> APIRouter:
    """A router for a noun's routes below `/api/v1`, each of them one unit of work.

    Routes are complete as they are declared: `include_router` would build each of them again.
    """
    return APIRouter(
        prefix=f"/api/v1{prefix}",
        tags=[tag],
        route_class=UnitOfWorkRoute,
        generate_unique_id_function=operation_id,
    )


def routes_of(module: str) -> list[APIRoute]:
    """The routes of one module of `app.api.routes`, which is imported if it is not yet."""
    router: APIRouter = import_module(f"app.api.routes.{module}").router
    return [route for route in router.routes if isinstance(route, APIRoute)]


def all_routes() -> list[APIRoute]:
    """Every route of the API."""
    return [route for module in MODULES for route in routes_of(module)]


class LazyRoutes(BaseRoute):
    """The routes of all modules, by a table of path templates and the modules that have their routes."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._order = list(dict.fromkeys(modules.values()))
        self._root: dict[str | None, Any] = {}
        for path, module in modules.items():
            node = self._root
            for segment in path.split("/"):
                node = node.setdefault(_PARAMETER if segment.startswith("{") else segment, {})
            node[_MODULE] = module

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that matches path and method, or else the first that matches the path."""
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for module in self._candidates(scope["path"]):
            for route in routes_of(module):
                match, child_scope = route.matches(scope)
                if match is Match.FULL:
                    return match, child_scope
                if match is Match.PARTIAL and partial[0] is Match.NONE:
                    partial = match, child_scope
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the route that `matches` chose, or answer 405 with the methods of all routes of the path.

        Raises:
            HTTPException: 405.
        """
        if scope["method"] not in scope["route"].methods:
            routes = [route for module in self._candidates(scope["path"]) for route in routes_of(module)]
            fitting = [route for route in routes if route.matches(scope)[0] is not Match.NONE]
            allowed = {method for route in fitting for method in route.methods or ()}
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(allowed))})
        await scope["route"].handle(scope, receive, send)

    def _candidates(self, path: str) -> Iterable[str]:
        """The modules with a template that the path fits, in their order."""
        nodes = [self._root]
        for segment in path.split("/"):
            nodes = [node[key] for node in nodes for key in (segment, _PARAMETER) if key in node]
        return sorted({node[_MODULE] for node in nodes if _MODULE in node}, key=self._order.index)
