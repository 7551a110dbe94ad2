"""`app.api.routing`: a request finds its route, and costs no other."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Match

from app.api.route_table import MODULE_BY_PATH
from app.api.routing import LazyRoutes, all_routes
from codegen import route_table

SOURCES = route_table.PATH.parent.parent.parent
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHER_PATHS = (
    "/",
    "",
    "/api/v1",
    "/api/v1/",
    "/api/v1/spaces/",
    "/api/v1/none",
    "/health/",
    "/api/v1/spaces/{}/x",
)
PATHS = [re.sub(r"\{\w+\}", "x-1", path) for path in MODULE_BY_PATH]


def scope(method: str, path: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


class TestRouteTable:
    def test_route_table_matches_the_generated_one(self) -> None:
        assert route_table.PATH.read_text(encoding="utf-8") == route_table.render(), "run `make openapi`"


class TestLazyRoutes:
    @pytest.mark.parametrize("path", [*PATHS, *OTHER_PATHS])
    def test_lazy_routes_matches_same_route_as_list_of_all_routes(self, path: str) -> None:
        lazy = LazyRoutes(MODULE_BY_PATH)
        for method in METHODS:
            matches = [route.matches(scope(method, path)) for route in all_routes()]
            ranked = [match for match in matches if match[0] is Match.FULL] + [
                match for match in matches if match[0] is Match.PARTIAL
            ]
            match, child_scope = lazy.matches(scope(method, path))
            assert (match, child_scope) == (ranked[0] if ranked else (Match.NONE, {}))


# Adds 20 modules with 10 routes each where argv[1] names a folder, answers one request, and counts.
FIRST_ANSWER = """
import gc, json, sys
from starlette.testclient import TestClient
import app.api.routes
from app.api import route_table
if len(sys.argv) > 1:
    app.api.routes.__path__.append(sys.argv[1])
    for n in range(200):
        route_table.MODULE_BY_PATH[f"/api/v1/synthetic-{n // 10}/{n}"] = f"synthetic_{n // 10}"
from app.core.config import Settings
from app.main import Backend, create_app
from fastapi.routing import APIRoute
names = {name: "unused" for name in Settings.model_fields if name != "aws_endpoint_url"}
client = TestClient(create_app(Backend.from_settings(Settings(**names | {"aws_region": "eu-central-1"}))))
statuses = [client.get(path).status_code for path in ("/health", "/api/v1/spaces/x")]
modules = sorted(name for name in sys.modules if name.startswith(("app.api.routes.", "app.models.")))
routes = sum(isinstance(each, APIRoute) for each in gc.get_objects())
last = client.get("/api/v1/synthetic-19/199").status_code
print(json.dumps([statuses, modules, routes, last]))
"""
SYNTHETIC = """
from app.api.routing import api_router
router = api_router("synthetic", prefix="/synthetic-{n}")
for number in range({n} * 10, {n} * 10 + 10):
    @router.get(f"/{{number}}", name=f"get_{{number}}")
    async def get() -> str:
        return "ok"
"""


def first_answer(*arguments: str) -> list[Any]:
    ran = subprocess.run(
        [sys.executable, "-P", "-c", FIRST_ANSWER, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    result: list[Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


class TestNumberOfRoutes:
    def test_first_answer_builds_no_more_with_200_more_routes(self, tmp_path: Path) -> None:
        for n in range(20):
            (tmp_path / f"synthetic_{n}.py").write_text(SYNTHETIC.format(n=n), encoding="utf-8")

        statuses, modules, routes, missing = first_answer()
        with_more = first_answer(str(tmp_path))

        assert statuses == [200, 401]
        assert [name for name in modules if name.startswith("app.api.routes.")] == [
            "app.api.routes.health",
            "app.api.routes.spaces",
        ]
        for noun in ("comments", "goals", "habits", "highlights", "journals", "templates"):
            assert f"app.models.{noun}" not in modules
        assert routes == 1 + 5  # GET /health and the five of spaces
        assert missing == 404
        assert with_more == [statuses, modules, routes, 200]
