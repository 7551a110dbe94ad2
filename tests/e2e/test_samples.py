"""The samples of the documentation, run or compiled with the packed clients."""

import importlib
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api_docs.site.document import JSON, Operation, body, example, load, operations
from api_docs.site.samples import python, typescript
from tests.e2e.client_helpers import BINARIES, Scripted, run, scripted_api

DOCUMENT = load()
STRICT = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom"]


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def success(operation: Operation) -> Scripted:
    """The success that the document describes, with its example."""
    status, answer = next(
        (status, answer) for status, answer in operation.content["responses"].items() if status < "300"
    )
    media = answer.get("content", {}).get(JSON)
    return Scripted(int(status), example(DOCUMENT, media) if media else None)


class TestTypeScript:
    def test_every_sample_compiles(self, installed_typescript: Path) -> None:
        names = {
            camel(each["name"]) for operation in operations(DOCUMENT) for each in operation.parameters("path")
        }
        declared = "\n".join(f"declare const {name}: any;" for name in sorted(names))
        blocks = "\n".join(f"{{\n{typescript(DOCUMENT, each)}\n}}" for each in operations(DOCUMENT))
        program = installed_typescript / "samples.mts"
        program.write_text(
            'import { createClient, dataOf } from "lifestyle-spaces-client";\n'
            'const client = createClient({ baseUrl: "", token: () => "" });\n'
            f"{declared}\n{blocks}\n"
        )
        compiled = run(BINARIES / "tsc", *STRICT, program)
        assert (compiled.returncode, compiled.stdout) == (0, "")


class TestPython:
    @pytest.fixture
    def connect(self, installed_python: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
        monkeypatch.syspath_prepend(installed_python)
        found: Callable[..., Any] = importlib.import_module("lifestyle_spaces_client").connect
        return found

    def test_every_sample_sends_what_its_page_says(self, connect: Callable[..., Any]) -> None:
        with scripted_api() as api:
            client = connect(api.url, "token")
            for operation in operations(DOCUMENT):
                path = {each["name"]: each["example"] for each in operation.parameters("path")}
                values = path | {"date": date(2026, 3, 14)} if "date" in path else path
                api.will_answer(success(operation))
                exec(python(DOCUMENT, operation), {"client": client, **values})  # noqa: S102 - our own text
                received = api.requests[-1]
                assert received.method == operation.method.upper()
                assert received.path.partition("?")[0] == operation.path.format(
                    **path | {"date": "2026-03-14"}
                )
                assert (json.loads(received.body) if received.body else None) == body(DOCUMENT, operation)
