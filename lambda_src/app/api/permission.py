"""What a route asks of its caller, as `x-permission` in the OpenAPI document.

It is read off the dependencies in the route's signature, which are what refuses the caller too: nobody
writes it down a second time. A service may ask more, once it has read what the request is about.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NotRequired, TypedDict

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.services.permissions import ALLOWED, ALLOWED_IN_ORGANIZATION, Action


class Permission(TypedDict):
    """`needs` is `nothing`, `token`, `profile` (of one's own) or `role`; the rest is about roles only.

    The role `visitor` is someone signed in who is not in the space, which is public.
    """

    needs: str
    place: NotRequired[str]
    action: NotRequired[str]
    roles: NotRequired[list[str]]


# By the dependency that refuses whoever lacks it. Whoever needs more needs less too.
PERMISSION_BY_DEPENDENCY: dict[Callable[..., Any], Permission] = {}
_RANKS = ("nothing", "token", "profile", "role")


def in_space(action: Action) -> Permission:
    """A role in the space that allows the action."""
    roles = [role.value if role else "visitor" for role, allowed in ALLOWED.items() if action in allowed]
    return {"needs": "role", "place": "space", "action": action.value, "roles": roles}


def in_organization(action: Action) -> Permission:
    """A role in the organization that allows the action."""
    roles = [role.value for role, allowed in ALLOWED_IN_ORGANIZATION.items() if action in allowed]
    return {"needs": "role", "place": "organization", "action": action.value, "roles": roles}


def permissions(routes: Iterable[APIRoute]) -> dict[str, Permission]:
    """What each operation asks, by its id."""
    return {
        route.unique_id: max(_asked(route.dependant), key=lambda asked: _RANKS.index(asked["needs"]))
        for route in routes
    }


def _asked(dependant: Dependant) -> Iterator[Permission]:
    yield {"needs": "nothing"}
    for dependency in dependant.dependencies:
        if dependency.call in PERMISSION_BY_DEPENDENCY:
            yield PERMISSION_BY_DEPENDENCY[dependency.call]
        yield from _asked(dependency)
