"""The stack, deployed afresh to an embedded AWS of the tests' own, and people who use it over HTTP."""

import itertools
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from jose import jwt

from api_docs import clients
from local import deployment as deploying
from local import emulator
from local.aws import Clients, Deployment
from local.ports import free_port
from local.users import sign_in
from tests.e2e.response_helpers import CORS_ORIGIN
from tests.factories import Person

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Correct-Horse-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Where the embedded AWS of these tests lives."""
    with tempfile.TemporaryDirectory(prefix="lifestyle-spaces-e2e-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def typescript_archive() -> Path:
    """The TypeScript client's package, as `make clients` makes it."""
    return clients.make_typescript()


@pytest.fixture(scope="session")
def python_archives() -> tuple[Path, Path]:
    """The Python client's wheel and source archive, as `make clients` makes them."""
    return clients.make_python()


@pytest.fixture(scope="session")
def installed_typescript(typescript_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose programs can import the packed TypeScript client, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("typescript")
    clients.install_typescript(typescript_archive, folder)
    installed = folder / "node_modules"
    package = json.loads((installed / clients.NPM_PACKAGE / "package.json").read_text())
    for name in (*package["dependencies"], "openapi-typescript-helpers"):
        (installed / name).symlink_to(ROOT / "node_modules" / name)
    return folder


@pytest.fixture(scope="session")
def installed_python(python_archives: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed; its dependencies are those of .venv."""
    folder = tmp_path_factory.mktemp("python")
    uv = Path(sys.executable).parent / "uv"
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--offline",
        "--no-deps",
        "--target",
        folder,
        python_archives[0],
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def embedded_aws(home: Path) -> Iterator[Clients]:
    """An empty embedded AWS on a free port. Whatever ends the tests stops it too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = emulator.start(home, free_port(), python=ROOT / ".local" / "venv" / "bin" / "python")
    try:
        yield Clients(found.url)
    finally:
        emulator.stop(home)
        signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def deployment(embedded_aws: Clients, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The environment `local`, deployed by the code that `make local` runs."""
    work = tmp_path_factory.mktemp("deployment")
    deploying.bootstrap(embedded_aws, work=work, root=ROOT)
    return deploying.deploy(embedded_aws, work=work, root=ROOT)


@pytest.fixture(scope="session")
def api(deployment: Deployment) -> Iterator[httpx2.Client]:
    """A client that calls as the front end does: `api.get("/health")`. Whoever signs up uses it too."""
    with httpx2.Client(
        base_url=deployment.api_url, headers={"Origin": CORS_ORIGIN}, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="session")
def sign_up(embedded_aws: Clients, deployment: Deployment, api: httpx2.Client) -> Callable[[], Person]:
    """Sign somebody up, confirm and sign in: `sign_up()`. They have no profile yet."""
    numbers = itertools.count(1)

    def someone() -> Person:
        email = f"person-{next(numbers)}@example.com"
        token = sign_in(embedded_aws, deployment, email, PASSWORD)
        return Person(api, jwt.get_unverified_claims(token)["sub"], email, token)

    return someone
