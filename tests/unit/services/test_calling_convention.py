"""Every service function that a route calls is `f(session, access, body, *, ids, versions)`."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any, get_args

import pytest

import app.api.routes
from app.core.records import Record

# Who acts, from most to least known: with access to a space or an organization, with a profile, signed in.
ACTORS = {"access", "target", "user", "identity", "user_id"}


def called_by_routes() -> list[Any]:
    """The service functions that take a session, each once, in order of their names."""
    found: dict[str, Callable[..., Any]] = {}
    for info in pkgutil.iter_modules(app.api.routes.__path__):
        tree = ast.parse(inspect.getsource(importlib.import_module(f"app.api.routes.{info.name}")))
        services = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "app.services"
            for alias in node.names
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            match call:
                case ast.Call(ast.Attribute(ast.Name(module), name), [ast.Name("session"), *_]):
                    if module in services:
                        service = importlib.import_module(f"app.services.{module}")
                        found[f"{module}.{name}"] = getattr(service, name)
    return [pytest.param(function, id=name) for name, function in sorted(found.items())]


@pytest.mark.parametrize("function", called_by_routes())
def test_service_takes_session_actor_and_body_first_and_the_rest_by_name(
    function: Callable[..., Any],
) -> None:
    parameters = inspect.signature(function).parameters.values()
    positional = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert positional[0] == "session"
    assert positional[1] in ACTORS
    assert positional[2:] in ([], ["body"])


@pytest.mark.parametrize("function", called_by_routes())
def test_service_returns_no_stored_item(function: Callable[..., Any]) -> None:
    returned = inspect.signature(function).return_annotation
    models = [one for one in get_args(returned) or (returned,) if isinstance(one, type)]
    assert not any(issubclass(model, Record) for model in models)
