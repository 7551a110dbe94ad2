"""The generated clients: that they compile, and that a program that uses them does what it is for."""

import importlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from api_docs import clients
from local.aws import Deployment
from tests.e2e.client_helpers import BINARIES, run
from tests.e2e.conftest import PASSWORD
from tests.factories import Person

STORY = Path(__file__).with_name("story.mts")
STRICT = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom"]


@pytest.fixture
def ada(sign_up: Callable[[], Person]) -> Person:
    return sign_up().make_profile("Ada")


@pytest.fixture
def story(installed_typescript: Path) -> Path:
    return Path(shutil.copy(STORY, installed_typescript))


class TestTypeScript:
    def test_correct_program_compiles(self, story: Path) -> None:
        compiled = run(BINARIES / "tsc", *STRICT, story)
        assert (compiled.returncode, compiled.stdout) == (0, "")

    @pytest.mark.parametrize(
        ("right", "wrong", "said"),
        [
            ("body: { name }", "body: { nam: name }", "'nam' does not exist in type"),
            ('"/api/v1/users/me/spaces"', '"/api/v1/users/me/space"', "is not assignable"),
            ("space.name", "space.title", "Property 'title' does not exist"),
        ],
    )
    def test_wrong_program_does_not_compile(self, story: Path, right: str, wrong: str, said: str) -> None:
        program = story.with_name("wrong.mts")
        program.write_text(story.read_text().replace(right, wrong))
        compiled = run(BINARIES / "tsc", *STRICT, program)
        assert compiled.returncode != 0
        assert said in compiled.stdout

    def test_person_signs_up_lists_spaces_and_deletes_one(self, story: Path, deployment: Deployment) -> None:
        done = run(
            "node",
            story,
            API_URL=deployment.api_url,
            ENDPOINT=deployment.endpoint_url,
            USER_POOL_ID=deployment.user_pool_id,
            USER_POOL_CLIENT_ID=deployment.user_pool_client_id,
            PASSWORD=PASSWORD,
        )

        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert sorted(told["names"]) == [
            "Evening readers (owner)",
            "Morning runners (owner)",
            "Night owls (owner)",
        ]
        assert told["wrongCode"] == "CodeMismatchException"
        assert told["wrongPassword"] == "NotAuthorizedException"
        assert told["renewed"] is True
        assert (told["refused"]["status"], told["refused"]["code"]) == (409, "profile_exists")
        assert told["location"].startswith(f"{deployment.api_url}/api/v1/spaces/")
        assert told["replaced"] == "Early birds"
        assert told["conflict"] == "precondition_failed"
        assert told["deletion"] == "done"
        assert told["signedOut"] == "NotSignedIn"


class TestPython:
    @pytest.fixture
    def package(
        self, installed_python: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Callable[[str], Any]]:
        """`package("models")`: a module of the installed client."""
        monkeypatch.syspath_prepend(installed_python)
        yield lambda name: importlib.import_module(f"{clients.PACKAGE}{name and '.'}{name}")
        for name in [name for name in sys.modules if name.startswith(clients.PACKAGE)]:
            del sys.modules[name]

    def test_script_signs_in_makes_a_space_lists_and_deletes_it(
        self, package: Callable[[str], Any], deployment: Deployment, ada: Person
    ) -> None:
        root, models = package(""), package("models")
        tokens = root.CognitoTokens(
            client_id=deployment.user_pool_client_id, endpoint=deployment.endpoint_url, trust_env=False
        )
        tokens.sign_in(ada.email, PASSWORD)
        client = root.connect(deployment.api_url, tokens, trust_env=False)

        with client:
            made = package("api.spaces.create_space").sync_detailed(
                client=client, body=models.SpaceCreate(name="Morning runners")
            )
            listed = list(root.paginate(package("api.users.list_my_spaces").sync_detailed, client=client))
            refused = package("api.users.create_user").sync_detailed(
                client=client, body=models.UserCreate(email=ada.email, name="Ada")
            )
            space = root.result(made)
            deletion = package("api.spaces.delete_space").sync_detailed(space.space_id, client=client)
            deleted = root.wait_for_operation(client, root.result(deletion))

        assert tokens(fresh=True)
        created_at = urljoin(f"{deployment.api_url}/api/v1/spaces", made.headers["Location"])
        assert created_at == f"{deployment.api_url}/api/v1/spaces/{space.space_id}"
        assert [(each.name, each.role) for each in listed] == [("Morning runners", models.Role.OWNER)]
        assert isinstance(refused.parsed, models.Problem)
        with pytest.raises(root.ProblemError, match="409 profile_exists"):
            root.result(refused)
        assert deleted.status == "done"
