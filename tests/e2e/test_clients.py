"""The generated clients: that they compile, and that a program that uses them does what it is for."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, expect

from api_docs import clients
from app import __version__
from local.aws import Deployment, tool_environment
from local.ports import answers, free_port
from local.process import end_group
from tests.e2e.conftest import PASSWORD
from tests.e2e.waiting_helpers import eventually
from tests.factories import Person

STORY = Path(__file__).with_name("story.mts")
EXAMPLE = clients.ROOT / "clients" / "example"
BINARIES = clients.ROOT / "node_modules" / ".bin"
STRICT = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom"]


@pytest.fixture(scope="module", autouse=True)
def generated() -> None:
    """Both clients, as `make clients` makes them."""
    clients.make_typescript()
    clients.make_python()


@pytest.fixture
def ada(sign_up: Callable[[], Person]) -> Person:
    return sign_up().make_profile("Ada")


def said_by(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What a program said; Node is that of .venv."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    return subprocess.run(
        command, env={"PATH": path, **env}, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def example(deployment: Deployment, tmp_path: Path) -> Iterator[str]:
    """The address of the page that `make example` serves."""
    deployment.write(tmp_path / "env.json")
    port = free_port()
    environment = tool_environment(os.environ, deployment.endpoint_url, clients.ROOT)
    process = subprocess.Popen(
        [BINARIES / "vite", EXAMPLE, "--port", str(port), "--strictPort"],
        env=environment | {"LOCAL_ENV": str(tmp_path / "env.json")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        eventually(lambda: answers(port, "/"))
        yield f"http://127.0.0.1:{port}"
    finally:
        end_group(process)


class TestTypeScript:
    def test_names_the_version_and_the_library_that_it_was_made_with(self) -> None:
        package = json.loads((clients.TYPESCRIPT / "package.json").read_text())
        tools = json.loads((clients.ROOT / "package.json").read_text())["devDependencies"]
        assert package["version"] == __version__
        assert package["dependencies"] == {"openapi-fetch": tools["openapi-fetch"]}

    def test_lets_a_right_program_compile(self) -> None:
        compiled = said_by(BINARIES / "tsc", *STRICT, STORY)
        assert (compiled.returncode, compiled.stdout) == (0, "")

    @pytest.mark.parametrize(
        ("right", "wrong", "said"),
        [
            ("body: { name }", "body: { nam: name }", "'nam' does not exist in type"),
            ('"/api/v1/users/me/spaces"', '"/api/v1/users/me/space"', "is not assignable"),
            ("space.name", "space.title", "Property 'title' does not exist"),
        ],
    )
    def test_lets_no_wrong_program_compile(self, tmp_path: Path, right: str, wrong: str, said: str) -> None:
        program = tmp_path / "wrong.mts"
        program.write_text(
            STORY.read_text().replace("../../clients", str(clients.ROOT / "clients")).replace(right, wrong)
        )
        compiled = said_by(BINARIES / "tsc", *STRICT, program)
        assert compiled.returncode != 0
        assert said in compiled.stdout

    def test_does_what_a_front_end_does(self, deployment: Deployment, ada: Person) -> None:
        done = said_by("node", STORY, API_URL=deployment.api_url, TOKEN=ada.token)

        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert sorted(told["names"]) == [
            "Evening readers (owner)",
            "Morning runners (owner)",
            "Night owls (owner)",
        ]
        assert (told["refused"]["status"], told["refused"]["code"]) == (409, "profile_exists")


class TestExample:
    def test_compiles(self) -> None:
        compiled = said_by(BINARIES / "tsc", "--project", EXAMPLE)
        assert (compiled.returncode, compiled.stdout) == (0, "")

    def test_signs_somebody_in_and_lists_their_spaces(
        self, example: str, ada: Person, browser: Browser
    ) -> None:
        page = browser.new_page()
        for name in ("Morning runners", "Night owls"):
            ada.post("/api/v1/spaces", {"name": name})
        page.goto(example)
        page.get_by_label("E-mail").fill(ada.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("status")).to_have_text(f"Signed in as {ada.email}", timeout=60_000)
        listed = page.get_by_role("listitem").all_text_contents()
        page.close()
        assert sorted(listed) == ["Morning runners (owner)", "Night owls (owner)"]


class TestPython:
    @pytest.fixture
    def package(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
        """`package("models")`: a module of the client."""
        monkeypatch.syspath_prepend(clients.PYTHON)
        yield lambda name: importlib.import_module(f"lifestyle_spaces_client.{name}")
        for name in [name for name in sys.modules if name.startswith("lifestyle_spaces_client")]:
            del sys.modules[name]

    def test_is_typed_throughout(self) -> None:
        checked = said_by(
            sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", clients.PYTHON
        )
        assert checked.returncode == 0, checked.stdout

    def test_does_what_a_script_does(
        self, package: Callable[[str], Any], deployment: Deployment, ada: Person
    ) -> None:
        models, spaces, users = package("models"), package("api.spaces.create_space"), package("api.users")
        mine = importlib.import_module(f"{users.__name__}.list_my_spaces")
        profile = importlib.import_module(f"{users.__name__}.create_user")
        client = package("client").AuthenticatedClient(
            base_url=deployment.api_url, token=ada.token, httpx_args={"trust_env": False}
        )

        with client:
            made = spaces.sync_detailed(client=client, body=models.SpaceCreate(name="Morning runners"))
            listed = mine.sync(client=client)
            refused = profile.sync(client=client, body=models.UserCreate(email=ada.email, name="Ada"))

        assert made.status_code == 201
        created_at = urljoin(f"{deployment.api_url}/api/v1/spaces", made.headers["Location"])
        assert created_at == f"{deployment.api_url}/api/v1/spaces/{made.parsed.space_id}"
        assert [(space.name, space.role) for space in listed.items] == [
            ("Morning runners", models.Role.OWNER)
        ]
        assert isinstance(refused, models.Problem)
        assert refused.code == "profile_exists"
