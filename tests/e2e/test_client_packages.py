"""The packed clients, installed from their archives: contents, retries, tokens, later versions of the API."""

import asyncio
import base64
import importlib
import json
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api_docs import clients
from app import __version__
from tests.e2e.client_helpers import PROBLEM, Scripted, ScriptedApi, run, run_typescript, scripted_api

EXAMPLES = json.loads(clients.DOCUMENT.read_text())["components"]["examples"]
SPACE = EXAMPLES["Space"]["value"]
OPERATION = EXAMPLES["Operation"]["value"]
WAIT = Scripted(429, PROBLEM | {"status": 429}, {"Retry-After": "0"})
EXPIRED = Scripted(401, PROBLEM | {"status": 401, "code": "unauthorized"})


def example(name: str, **changes: Any) -> dict[str, Any]:
    return {**EXAMPLES[name]["value"], **changes}


def page(*items: dict[str, Any], next_cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor}


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with scripted_api() as api:
        yield api


class TestTypeScriptArchive:
    def test_type_script_archive_has_version_readme_changelog_and_licence(
        self, typescript_archive: Path
    ) -> None:
        with tarfile.open(typescript_archive) as packed:
            names = packed.getnames()
            manifest = packed.extractfile("package/package.json")
            assert manifest is not None
            package = json.load(manifest)
        tools = json.loads((clients.ROOT / "package.json").read_text())["devDependencies"]
        assert package["version"] == __version__
        assert package["license"] == "MIT"
        assert "private" not in package
        assert package["dependencies"] == {
            name: tools[name] for name in ("amazon-cognito-identity-js", "openapi-fetch")
        }
        for document in ("README.md", "CHANGELOG.md", "LICENSE", "dist/index.d.ts", "dist/cognito.js"):
            assert f"package/{document}" in names

    def test_changelog_begins_with_the_version(self) -> None:
        changelog = (clients.CLIENTS / "CHANGELOG.md").read_text()
        assert changelog.split("\n## ")[1].startswith(f"{__version__}\n")


class TestPythonArchives:
    def test_python_archives_have_version_readme_changelog_and_licence(
        self, python_archives: tuple[Path, Path]
    ) -> None:
        wheel, source = python_archives
        with zipfile.ZipFile(wheel) as packed:
            metadata = packed.read(f"{clients.PACKAGE}-{__version__}.dist-info/METADATA").decode()
            assert f"{clients.PACKAGE}-{__version__}.dist-info/licenses/LICENSE" in packed.namelist()
            assert f"{clients.PACKAGE}/py.typed" in packed.namelist()
        assert f"\nVersion: {__version__}\n" in metadata
        assert "\nLicense-Expression: MIT\n" in metadata
        assert "# Lifestyle Spaces client for Python" in metadata
        assert "my_tag" not in metadata
        with tarfile.open(source) as unpacked:
            assert f"{clients.PACKAGE}-{__version__}/CHANGELOG.md" in unpacked.getnames()

    def test_package_is_typed_throughout(self, installed_python: Path) -> None:
        checked = run(
            sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", installed_python
        )
        assert checked.returncode == 0, checked.stdout


PROGRAM = """
import { answerOf, createClient, dataOf, itemsOf, OperationFailedError, ProblemError, waitForOperation }
  from "lifestyle-spaces-client";
const tokens: string[] = [];
const client = createClient({
  baseUrl: process.env.API_URL!,
  retry: { maxWait: 1000 },
  token: ({ fresh }) => { tokens.push(fresh ? "fresh" : "first"); return tokens.at(-1)!; },
});
const refusal = (error: unknown) => {
  if (error instanceof ProblemError) {
    const { status, code, requestId } = error;
    return { status, code, requestId };
  }
  if (error instanceof OperationFailedError) return { failed: error.operation.operation_id };
  return { name: (error as Error).name };
};
"""


class TestTypeScriptClient:
    @pytest.fixture
    def run_program(self, installed_typescript: Path, api: ScriptedApi) -> Callable[[str], Any]:
        def run_program(lines: str) -> Any:
            return run_typescript(installed_typescript, PROGRAM + lines, API_URL=api.url)

        return run_program

    def test_type_script_client_sends_a_post_again_with_the_same_key_after_retry_after(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(
            WAIT, Scripted(0), Scripted(201, SPACE, {"Location": "/api/v1/spaces/1", "ETag": '"1-a"'})
        )
        answer = run_program("""
            const made = await answerOf(client.POST("/api/v1/spaces", { body: { name: "Runners" } }));
            console.log(JSON.stringify({ ...made, headers: undefined }));
        """)
        assert answer["data"] == SPACE
        assert (answer["status"], answer["etag"]) == (201, '"1-a"')
        assert answer["location"] == f"{api.url}/api/v1/spaces/1"
        assert len({request.headers["idempotency-key"] for request in api.requests}) == 1
        assert [request.body for request in api.requests] == ['{"name":"Runners"}'] * 3

    def test_type_script_client_renews_the_token_once_after_401(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(EXPIRED, EXPIRED)
        refused = run_program("""
            const call = dataOf(client.GET("/api/v1/users/me"));
            console.log(JSON.stringify(await call.catch(refusal)));
        """)
        assert refused == {"status": 401, "code": "unauthorized", "requestId": "r1"}
        assert [request.headers["authorization"] for request in api.requests] == [
            "Bearer first",
            "Bearer fresh",
        ]

    def test_type_script_client_returns_a_response_that_asks_for_a_long_wait(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(Scripted(429, PROBLEM | {"status": 429}, {"Retry-After": "60"}))
        refused = run_program("""
            const call = dataOf(client.GET("/api/v1/users/me"));
            console.log(JSON.stringify(await call.catch(refusal)));
        """)
        assert refused["status"] == 429
        assert len(api.requests) == 1

    def test_type_script_client_gives_up_after_four_attempts(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(*[WAIT] * 4)
        refused = run_program("""
            const call = dataOf(client.GET("/api/v1/users/me"));
            console.log(JSON.stringify(await call.catch(refusal)));
        """)
        assert refused["status"] == 429
        assert len(api.requests) == 4

    def test_type_script_client_turns_a_body_that_is_no_problem_into_one(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(Scripted(403, "<h1>Blocked</h1>", {"X-Request-Id": "edge-1"}))
        refused = run_program("""
            const call = dataOf(client.GET("/api/v1/users/me"));
            console.log(JSON.stringify(await call.catch(refusal)));
        """)
        assert refused == {"status": 403, "code": "unexpected_response", "requestId": "edge-1"}

    def test_type_script_client_reads_kinds_of_a_later_version(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(
            Scripted(200, page(example("Notification", kind="sunrise"), next_cursor="2")),
            Scripted(200, page(next_cursor="3")),
            Scripted(200, page(example("Notification"))),
            Scripted(200, example("Habit", cadence={"kind": "monthly", "day": 1})),
        )
        read = run_program("""
            const kinds: string[] = [];
            const pages = itemsOf((place) =>
              client.GET("/api/v1/users/me/notifications", { params: { query: place } }));
            for await (const { kind } of pages) kinds.push(kind);
            const path = { space_id: "s", habit_id: "h" };
            const habit = await dataOf(
              client.GET("/api/v1/spaces/{space_id}/habits/{habit_id}", { params: { path } }));
            console.log(JSON.stringify({ kinds, cadence: habit.cadence }));
        """)
        assert read == {"kinds": ["sunrise", "mention"], "cadence": {"kind": "monthly", "day": 1}}
        assert [request.path.partition("?")[2] for request in api.requests[:3]] == [
            "",
            "cursor=2",
            "cursor=3",
        ]

    def test_type_script_client_waits_for_an_operation(
        self, run_program: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        states = ("pending", "running", "done", "failed", "running")
        api.will_answer(*(Scripted(200, OPERATION | {"status": status}) for status in states))
        seen = run_program("""
            const seen: unknown[] = [];
            const wait = (options: object) => waitForOperation(client, { operation_id: "o" }, options);
            await wait({ onProgress: ({ status }: { status: string }) => seen.push(status) });
            seen.push(await wait({}).catch(refusal), await wait({ timeout: 200 }).catch(refusal));
            console.log(JSON.stringify(seen));
        """)
        failed = {"failed": OPERATION["operation_id"]}
        assert seen == ["pending", "running", "done", failed, {"name": "TimeoutError"}]


class TestPythonClient:
    @pytest.fixture
    def package(
        self, installed_python: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Callable[[str], Any]]:
        """`package("models")`: a module of the installed client."""
        monkeypatch.syspath_prepend(installed_python)
        yield lambda name: importlib.import_module(f"{clients.PACKAGE}{name and '.'}{name}")
        for name in [name for name in sys.modules if name.startswith(clients.PACKAGE)]:
            del sys.modules[name]

    @pytest.fixture
    def tokens(self) -> list[str]:
        return []

    @pytest.fixture
    def client(self, package: Callable[[str], Any], api: ScriptedApi, tokens: list[str]) -> Iterator[Any]:
        def token(*, fresh: bool) -> str:
            tokens.append("fresh" if fresh else "first")
            return tokens[-1]

        with package("").connect(api.url, token, max_wait=1, trust_env=False) as client:
            yield client

    def test_python_client_sends_a_post_again_with_the_same_key_after_retry_after(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(WAIT, Scripted(201, SPACE, {"ETag": '"1-a"'}))
        body = package("models").SpaceCreate(name="Runners")
        answer = package("api.spaces.create_space").sync_detailed(client=client, body=body)
        assert package("").result(answer).space_id == SPACE["space_id"]
        assert answer.headers["ETag"] == '"1-a"'
        assert len({request.headers["idempotency-key"] for request in api.requests}) == 1

    def test_python_client_keeps_the_key_of_the_caller(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(Scripted(201, SPACE))
        body = package("models").SpaceCreate(name="Runners")
        package("api.spaces.create_space").sync(client=client, body=body, idempotency_key="mine")
        assert api.requests[0].headers["idempotency-key"] == "mine"

    def test_python_client_renews_the_token_once_after_401(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(EXPIRED, EXPIRED)
        answer = package("api.users.get_me").sync_detailed(client=client)
        with pytest.raises(package("").ProblemError, match="401 unauthorized") as refused:
            package("").result(answer)
        assert (refused.value.code, refused.value.request_id) == ("unauthorized", "r1")
        assert [request.headers["authorization"] for request in api.requests] == [
            "Bearer first",
            "Bearer fresh",
        ]

    def test_python_client_does_not_repeat_a_401_with_the_same_token(
        self, package: Callable[[str], Any], api: ScriptedApi
    ) -> None:
        api.will_answer(EXPIRED)
        with package("").connect(api.url, "constant", trust_env=False) as client:
            assert package("api.users.get_me").sync(client=client).status == 401
        assert len(api.requests) == 1

    @pytest.mark.parametrize(
        ("responses", "sent"),
        [([Scripted(429, PROBLEM | {"status": 429}, {"Retry-After": "60"})], 1), ([WAIT] * 4, 4)],
        ids=["asks for a long wait", "asks four times"],
    )
    def test_python_client_gives_up(
        self,
        package: Callable[[str], Any],
        client: Any,
        api: ScriptedApi,
        responses: list[Scripted],
        sent: int,
    ) -> None:
        api.will_answer(*responses)
        assert package("api.users.get_me").sync(client=client).status == 429
        assert len(api.requests) == sent

    def test_python_client_sends_again_after_a_gateway_error_without_retry_after(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(Scripted(502, PROBLEM | {"status": 502}), Scripted(200, example("User")))
        assert package("api.users.get_me").sync(client=client).user_id == example("User")["user_id"]

    def test_python_client_raises_for_a_body_that_is_no_problem(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(Scripted(418, "<h1>Blocked</h1>", {"X-Request-Id": "edge-1"}))
        answer = package("api.users.get_me").sync_detailed(client=client)
        with pytest.raises(package("").ProblemError) as refused:
            package("").result(answer)
        assert (refused.value.code, refused.value.request_id) == ("unexpected_response", "edge-1")

    def test_python_client_reads_kinds_of_a_later_version(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        monthly = example("Habit", cadence={"kind": "monthly", "day": 1})
        api.will_answer(
            Scripted(200, page(example("Notification", kind="sunrise"), next_cursor="2")),
            Scripted(200, page(next_cursor="3")),
            Scripted(200, page(example("Notification"))),
            Scripted(200, monthly),
        )
        module = package("api.notifications.list_notifications")
        read = list(package("").paginate(module.sync_detailed, client=client))
        habit = package("api.habits.get_habit").sync("s", "h", client=client)
        assert [each.kind for each in read] == ["sunrise", package("models").NotificationKind.MENTION]
        assert isinstance(read[0].kind, package("models").NotificationKind)
        assert isinstance(habit.cadence, package("models").UnknownCadence)
        assert habit.to_dict()["cadence"] == monthly["cadence"]
        assert [request.path.partition("cursor=")[2] for request in api.requests[:3]] == ["", "2", "3"]

    def test_python_client_waits_for_an_operation(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        states = ("pending", "done", "failed", "running")
        api.will_answer(*(Scripted(200, OPERATION | {"status": status}) for status in states))
        operation = package("models").Operation.from_dict(OPERATION)
        wait = package("").wait_for_operation
        assert wait(client, operation).status == "done"
        with pytest.raises(package("").OperationFailedError):
            wait(client, operation)
        with pytest.raises(TimeoutError):
            wait(client, operation, timeout=0.1)

    def test_python_client_does_all_of_it_asynchronously(
        self, package: Callable[[str], Any], client: Any, api: ScriptedApi
    ) -> None:
        api.will_answer(WAIT, Scripted(200, page(SPACE, next_cursor="2")), Scripted(200, page(SPACE)))
        api.will_answer(*(Scripted(200, OPERATION | {"status": status}) for status in ("running", "done")))

        async def read() -> tuple[list[Any], Any]:
            async with client:
                module = package("api.users.list_my_spaces")
                spaces = package("").paginate_async(module.asyncio_detailed, client=client)
                found = [space.space_id async for space in spaces]
                operation = package("models").Operation.from_dict(OPERATION)
                return found, await package("").wait_for_operation_async(client, operation)

        found, operation = asyncio.run(read())
        assert found == [SPACE["space_id"]] * 2
        assert operation.status == "done"


class TestCognitoTokens:
    """Of the Python client, with a scripted Cognito; `test_clients.py` has the embedded one."""

    @pytest.fixture
    def module(self, installed_python: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        monkeypatch.syspath_prepend(installed_python)
        yield importlib.import_module(clients.PACKAGE)
        for name in [name for name in sys.modules if name.startswith(clients.PACKAGE)]:
            del sys.modules[name]

    @staticmethod
    def id_token(lifetime_s: float) -> str:
        claims = json.dumps({"exp": time.time() + lifetime_s}).encode()
        return f"head.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.signature"

    def test_renew_a_token_that_expires_within_a_minute(self, module: Any, api: ScriptedApi) -> None:
        short, long = self.id_token(30), self.id_token(900)
        api.will_answer(
            Scripted(200, {"AuthenticationResult": {"IdToken": short, "RefreshToken": "keep"}}),
            Scripted(200, {"AuthenticationResult": {"IdToken": long}}),
        )
        tokens = module.CognitoTokens(client_id="c", endpoint=api.url, trust_env=False)
        tokens.sign_in("ada@example.com", "Morning-Walk-7")
        assert [tokens(), tokens()] == [long, long]
        asked = [json.loads(request.body) for request in api.requests]
        assert [each["AuthFlow"] for each in asked] == ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"]
        assert asked[1]["AuthParameters"] == {"REFRESH_TOKEN": "keep"}

    def test_cognito_tokens_say_why_cognito_rejected(self, module: Any, api: ScriptedApi) -> None:
        api.will_answer(
            Scripted(400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."}),
            Scripted(200, {"ChallengeName": "SOFTWARE_TOKEN_MFA"}),
        )
        tokens = module.CognitoTokens(client_id="c", endpoint=api.url, trust_env=False)
        codes = []
        for _ in range(2):
            with pytest.raises(module.SignInError) as refused:
                tokens.sign_in("ada@example.com", "wrong")
            codes.append(refused.value.code)
        with pytest.raises(module.SignInError) as refused:
            tokens()
        assert [*codes, refused.value.code] == ["NotAuthorizedException", "SOFTWARE_TOKEN_MFA", "NotSignedIn"]
