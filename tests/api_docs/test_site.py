"""The documentation without a browser: that it leaves nothing out, and what its server answers."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api_docs.site.build import build
from api_docs.site.document import ROOT, Operation, load, operations
from api_docs.site.generator import BuildError, generate
from api_docs.site.permissions import who_may_call
from api_docs.site.problems import ADVICE, problems
from api_docs.site.samples import curl, python, typescript
from api_docs.site.schemas import fields, kind
from api_docs.site.server import Site
from app.core.errors import Problem
from local.errors import LocalError
from local.ports import free_port

DOCUMENT = load()
BY_ID = {each.content["operationId"]: each for each in operations(DOCUMENT)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


class Links(HTMLParser):
    """The links, the ids and the headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if re.fullmatch("h[23]", tag):
            self.headings.append(values.get("id", ""))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in {"script", "img", "link"}:
            self.loaded += [values[name] for name in ("src", "href") if name in values]


class TestSite:
    @pytest.mark.parametrize("name", BY_ID)
    def test_page_shows_call_parameters_and_who_may_call(self, pages: dict[str, str], name: str) -> None:
        operation = BY_ID[name]
        text = pages[f"{operation.slug}.html"]
        assert f"<code>{operation.path}</code>" in text
        assert f'data-method="{operation.method.upper()}"' in text
        for parameter in operation.content.get("parameters", []):
            assert f'name="{parameter["name"]}" data-in="{parameter["in"]}"' in text
        assert "<strong>Who may call it:</strong>" in text
        assert [f">{name}</label>" in text for name in ("curl", "TypeScript", "Python")] == [True] * 3

    def test_navigation_leads_from_every_page_to_every_other(self, pages: dict[str, str]) -> None:
        for name, text in pages.items():
            links = {link.removeprefix(".").removeprefix("/") for link in Links(text).links}
            assert pages.keys() - {"404.html", name} <= links

    def test_links_lead_to_pages_and_headings_that_exist(self, pages: dict[str, str], folder: Path) -> None:
        ids = {name: set(Links(text).ids) for name, text in pages.items()}
        for name, text in pages.items():
            for link in Links(text).links:
                target, _, fragment = link.removeprefix(".").removeprefix("/").partition("#")
                target = target or name
                assert (folder / target).exists(), f"{name}: {link}"
                assert not fragment or fragment in ids[target], f"{name}: {link}"

    def test_headings_have_anchors(self, pages: dict[str, str]) -> None:
        for name, text in pages.items():
            found = Links(text)
            assert "" not in found.headings, name
            assert {f"#{each}" for each in found.headings} <= set(found.links), name

    def test_ids_are_unique_on_each_page(self, pages: dict[str, str]) -> None:
        for name, text in pages.items():
            ids = Links(text).ids
            assert len(ids) == len(set(ids)), name

    def test_pages_begin_with_a_skip_link(self, pages: dict[str, str]) -> None:
        for text in pages.values():
            assert re.search(r'<a href="(#[\w-]+)" class="md-skip">', text)

    def test_pages_load_nothing_from_another_host(self, pages: dict[str, str]) -> None:
        for text in pages.values():
            assert [each for each in Links(text).loaded if "//" in each] == []
            assert "default-src 'self'; script-src 'self' 'sha256-" in text

    def test_pages_name_no_address_of_a_deployment(self, pages: dict[str, str]) -> None:
        for name, text in pages.items():
            assert re.findall(r"127\.0\.0\.1|localhost|execute-api|_user_request_", text) == [], name

    def test_search_finds_operations_guide_errors_and_schemas(self, folder: Path) -> None:
        index = json.loads((folder / "search.json").read_text(encoding="utf-8"))
        found = {item["location"]: item["title"] for item in index["items"]}
        assert found["create-space.html"] == BY_ID["create_space"].summary
        assert found["errors.html#already_member"] == "already_member"
        assert found["schemas.html#Space"] == "Space"
        assert found["idempotency.html"] == "Idempotency"

    def test_html_in_a_description_is_shown_as_text(self) -> None:
        schema = {"properties": {"name": {"type": "string", "description": "<script>alert(1)</script>"}}}
        assert "<script>" not in fields(DOCUMENT, schema)

    def test_fields_with_known_values_are_selects(self, pages: dict[str, str]) -> None:
        text = pages["list-my-spaces.html"]
        options = re.findall(r"<option.*?>([^<]*)</option>", text[text.index('<select name="role"') :])
        assert options == ["not sent", "owner", "admin", "member", "viewer"]

    def test_ids_in_an_example_body_are_placeholders(self, pages: dict[str, str]) -> None:
        assert "&quot;user_id&quot;: &quot;&lt;user_id&gt;&quot;" in pages["transfer-ownership.html"]
        assert "&quot;code&quot;: &quot;&lt;code&gt;&quot;" in pages["join-space.html"]

    def test_build_fails_on_a_link_that_leads_nowhere(self, tmp_path: Path) -> None:
        with pytest.raises(BuildError, match=r"gone\.md"):
            generate({"index": "# Home\n\n[gone](gone.md)"}, [{"Home": "index.md"}], tmp_path / "site")


class TestWhoMayCall:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("get_health", "Anyone: it needs no token."),
            ("create_user", "Anyone who is signed in, with or without a profile."),
            ("get_me", "Anyone who is signed in and has a profile."),
            ("delete_space", "The `owner` of the space."),
            ("create_goal", "The `owner`, `admin` or `member` of the space."),
            (
                "get_space",
                "The `owner`, `admin`, `member` or `viewer` of the space{}.".format(
                    ", and anyone with a profile if the space is public"
                ),
            ),
            ("remove_organization_user", "The `admin` or `member` of the organization."),
        ],
    )
    def test_says_the_roles_of_x_permission(self, name: str, words: str) -> None:
        assert who_may_call(BY_ID[name]) == words


class TestSamples:
    CALL = Operation(
        "post",
        "/things/{thing_id}/parts",
        {
            "operationId": "create_part",
            "tags": ["spare parts"],
            "security": [{"Cognito": []}],
            "parameters": [
                {"name": "thing_id", "in": "path", "required": True},
                {"name": "Idempotency-Key", "in": "header", "required": False},
            ],
            "requestBody": {
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/PartCreate"},
                        "examples": {
                            "PartCreate": {"value": {"name": "Ada's", "is_new": True, "note": None}}
                        },
                    }
                }
            },
            "responses": {
                "201": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SparePart"}}}
                }
            },
        },
    )

    def test_curl_sample_quotes_the_body_for_a_shell(self) -> None:
        assert curl(DOCUMENT, self.CALL) == (
            'curl -X POST "$API_URL/things/$THING_ID/parts" \\\n'
            '  -H "Authorization: Bearer $TOKEN" \\\n'
            '  -H "Idempotency-Key: $(uuidgen)" \\\n'
            '  -H "Content-Type: application/json" \\\n'
            """  -d '{\n  "name": "Ada'\\''s",\n  "is_new": true,\n  "note": null\n}'"""
        )

    def test_typescript_sample_passes_path_and_body(self) -> None:
        assert typescript(DOCUMENT, self.CALL) == (
            'const sparePart = await dataOf(client.POST("/things/{thing_id}/parts", {\n'
            "  params: { path: { thing_id: thingId } },\n"
            '  body: {\n    name: "Ada\'s",\n    is_new: true,\n    note: null\n  },\n'
            "}));"
        )

    def test_python_sample_is_python(self) -> None:
        text = python(DOCUMENT, self.CALL)
        ast.parse(text)
        assert text.startswith(
            "from lifestyle_spaces_client import result\n"
            "from lifestyle_spaces_client.api.spare_parts import create_part\n"
            "from lifestyle_spaces_client.models import PartCreate\n"
        )
        assert '"is_new": True,' in text
        assert '"note": None' in text

    @pytest.mark.parametrize("name", BY_ID)
    def test_python_sample_of_each_operation_parses(self, name: str) -> None:
        ast.parse(python(DOCUMENT, BY_ID[name]))


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
            ({"type": "integer", "minimum": 1.0, "maximum": 7}, "integer, from 1, up to 7"),
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

    @pytest.mark.parametrize("path", ["/no-such-page.html", "/deep/down"])
    def test_answers_its_own_page_where_there_is_none(self, site: httpx2.Client, path: str) -> None:
        answer = site.get(path)
        assert answer.status_code == 404
        assert "<h1>Page not found</h1>" in answer.text
        assert 'href="/assets/style.css"' in answer.text

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
