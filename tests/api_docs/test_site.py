"""The documentation without a browser: that it leaves nothing out, and what its server answers."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api_docs.site.build import ROOT, build
from api_docs.site.problems import ADVICE, problems
from api_docs.site.reference import operations
from api_docs.site.schemas import fields, kind
from api_docs.site.server import Site
from app.core.errors import Problem
from local.errors import LocalError
from local.ports import free_port

DOCUMENT: dict[str, Any] = json.loads((ROOT / "contract" / "openapi.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


class TestSite:
    def test_has_a_page_for_each_operation(self, folder: Path) -> None:
        for operation in operations(DOCUMENT):
            text = (folder / operation.href).read_text(encoding="utf-8")
            assert f"<code>{operation.path}</code>" in text
            assert f'data-method="{operation.method.upper()}"' in text
            for parameter in operation.content.get("parameters", []):
                assert f'name="{parameter["name"]}" data-in="{parameter["in"]}"' in text

    def test_leads_from_every_page_to_every_other(self, folder: Path) -> None:
        pages = {path.name for path in folder.glob("*.html")}
        for path in folder.glob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert all(f'<a href="{name}"' in text for name in pages)
            assert text.count("aria-current=page") == 1

    def test_asks_no_other_host_for_anything(self, folder: Path) -> None:
        for path in folder.glob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert 'src="http' not in text
            assert 'href="http' not in text

    def test_shows_html_in_a_description_and_does_not_take_it(self) -> None:
        schema = {"properties": {"name": {"type": "string", "description": "<script>alert(1)</script>"}}}
        assert "<script>" not in fields(DOCUMENT, schema)


class TestProblems:
    def test_are_all_explained_and_no_others(self) -> None:
        assert set(ADVICE) == {problem.code for problem in problems()}

    def test_are_those_that_the_contract_names(self) -> None:
        named = {name for name in DOCUMENT["components"]["examples"] if name.islower()}
        assert named <= set(ADVICE)

    def test_come_with_their_families(self) -> None:
        assert all(issubclass(problem, Problem) for problem in problems())
        assert [problem.status for problem in problems()] == sorted(problem.status for problem in problems())


class TestKinds:
    @pytest.mark.parametrize(
        ("schema", "words"),
        [
            (
                {"type": "string", "minLength": 1, "maxLength": 1000},
                "string, not empty, at most 1,000 characters",
            ),
            ({"type": "string", "format": "date-time"}, "string, date-time"),
            ({"type": "integer", "minimum": 1, "maximum": 7}, "integer, from 1, up to 7"),
            ({"type": "array", "items": {"type": "string"}, "maxItems": 2}, "list of string, at most 2"),
            ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
            ({"const": "goal"}, "<code>goal</code>"),
            ({"enum": ["a", "b"]}, "<code>a</code> | <code>b</code>"),
            ({"$ref": "#/components/schemas/Space"}, '<a href="schemas.html#Space">Space</a>'),
            ({}, "anything"),
        ],
    )
    def test_are_said_in_words(self, schema: dict[str, Any], words: str) -> None:
        assert kind(schema) == words


class TestServer:
    @pytest.fixture
    def site(self, folder: Path, tmp_path: Path) -> Iterator[httpx2.Client]:
        """The site where nothing is deployed."""
        with Site(free_port(), folder=folder, env_file=tmp_path / "env.json") as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            address = f"http://127.0.0.1:{server.server_port}"
            with httpx2.Client(base_url=address, trust_env=False) as client:
                yield client
            server.shutdown()
            thread.join()

    def test_serves_pages_that_let_nothing_in_from_elsewhere(self, site: httpx2.Client) -> None:
        answer = site.get("/")
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")

    def test_says_how_to_start_what_does_not_run(self, site: httpx2.Client) -> None:
        for answer in (site.get("/local/env.json"), site.post("/local/", json={})):
            assert answer.status_code == 503
            assert "make local" in answer.json()["detail"]

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_takes_nothing_itself(self, site: httpx2.Client, method: str) -> None:
        assert site.request(method, "/index.html").status_code == 405

    def test_refuses_a_port_that_is_taken(self, site: httpx2.Client, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(LocalError, match="make docs DOCS_PORT="):
            Site(site.base_url.port or 0, folder=folder, env_file=tmp_path)


class TestCommand:
    @contextmanager
    def start(self, port: str) -> Iterator[subprocess.Popen[str]]:
        env = {"PATH": os.environ["PATH"], "DOCS_PORT": port, "PYTHONPATH": f"{ROOT}/lambda_src:{ROOT}"}
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "api_docs.site.server"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def test_serves_until_interrupted_and_ends_without_a_word(self) -> None:
        port = free_port()
        with self.start(str(port)) as process:
            assert process.stdout is not None
            assert f": http://127.0.0.1:{port} (Ctrl-C ends it)" in process.stdout.readline()
            assert httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=60)
        assert (process.returncode, complaint) == (0, "")

    @pytest.mark.parametrize("port", ["http", "0", "65536"])
    def test_tells_a_port_that_is_none(self, port: str) -> None:
        with self.start(port) as process:
            _, complaint = process.communicate(timeout=60)
        assert process.returncode == 1
        assert complaint == f"error: DOCS_PORT={port} is not a port; choose a number from 1024 to 65535\n"
