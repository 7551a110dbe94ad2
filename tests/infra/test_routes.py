import json
import re
from pathlib import Path
from typing import Any

import pytest

from stacks.errors import ConfigurationError
from stacks.routes import Route, load_routes
from tests.infra.stack_helpers import ROOT

SECURED: dict[str, Any] = {"security": [{"Cognito": []}]}


def document(folder: Path, paths: dict[str, Any]) -> Path:
    file = folder / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}), encoding="utf-8")
    return file


class TestLoadRoutes:
    def test_load_routes_reads_each_method_of_each_path_in_order(self, tmp_path: Path) -> None:
        paths = {"/b": {"post": SECURED, "get": SECURED}, "/a/{id}": {"delete": SECURED}}
        assert load_routes(document(tmp_path, paths)) == (
            Route("/a/{id}", "DELETE", needs_token=True),
            Route("/b", "GET", needs_token=True),
            Route("/b", "POST", needs_token=True),
        )

    def test_load_routes_keeps_what_each_asks_of_its_caller(self, tmp_path: Path) -> None:
        asked = {"needs": "profile"}
        paths = {"/a": {"get": SECURED | {"x-permission": asked}, "post": SECURED}}
        assert [route.permission for route in load_routes(document(tmp_path, paths))] == [asked, {}]

    def test_load_routes_leaves_out_what_is_no_method(self, tmp_path: Path) -> None:
        paths = {"/a": {"get": SECURED, "parameters": [], "summary": "A"}}
        assert [str(route) for route in load_routes(document(tmp_path, paths))] == ["GET /a"]

    @pytest.mark.parametrize("operation", [{}, {"security": []}])
    def test_health_is_open(self, tmp_path: Path, operation: dict[str, Any]) -> None:
        (health,) = load_routes(document(tmp_path, {"/health": {"get": operation}}))
        assert not health.needs_token

    def test_load_routes_rejects_any_other_open_route(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"no token asked for by GET /spaces"):
            load_routes(document(tmp_path, {"/spaces": {"get": {}, "post": SECURED}}))

    def test_load_routes_says_how_to_make_a_missing_document(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"openapi.json is missing: make it with `make openapi`"):
            load_routes(tmp_path / "openapi.json")

    @pytest.mark.parametrize("text", ["", "{}", "[1]"])
    def test_load_routes_rejects_what_is_no_openapi_document(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "openapi.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError, match="is no OpenAPI document"):
            load_routes(file)


def variables(document: str) -> dict[str, set[str]]:
    """The names of the variable path part below each path of an OpenAPI document."""
    found: dict[str, set[str]] = {}
    for path in json.loads((ROOT / "contract" / document).read_text(encoding="utf-8"))["paths"]:
        parts = path.split("/")
        for number, part in enumerate(parts):
            if part.startswith("{"):
                parent = re.sub(r"\{\w+\}", "{}", "/".join(parts[:number]))
                found.setdefault(parent, set()).add(part)
    return found


class TestVariablePathParts:
    """API Gateway takes one variable below a resource; CloudFormation makes a new one, then deletes the old.

    "A sibling ({...}) of this resource already has a variable path part": a renamed one fails the update.
    https://github.com/aws/aws-cdk/issues/25172
    """

    def test_variable_path_parts_has_one_name_below_a_path(self) -> None:
        assert {parent: names for parent, names in variables("openapi.json").items() if len(names) > 1} == {}

    def test_variable_path_parts_keeps_its_name_of_the_last_release(self) -> None:
        released, current = variables("released.json"), variables("openapi.json")
        renamed = {
            parent: (names, current[parent])
            for parent, names in released.items()
            if parent in current and current[parent] != names
        }
        assert renamed == {}
