"""Generate the typed clients from `contract/openapi.json` and pack them: `python -m api_docs.clients`.

Around the generated code, `clients/typescript/src` and `clients/python/src` have what is written by hand. The
packages are put together in `.build/clients`, and their archives in `clients/dist`; neither is committed
(docs/adr/0025).
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "contract" / "openapi.json"
CLIENTS = ROOT / "clients"
BUILD = ROOT / ".build" / "clients"
ARCHIVES = CLIENTS / "dist"
EXAMPLE = CLIENTS / "example"
PACKAGE = "lifestyle_spaces_client"
NPM_PACKAGE = "lifestyle-spaces-client"

Schema = dict[str, Any]


def run(*command: str | Path) -> None:
    """Run a program of .venv or node_modules, whatever else the machine has.

    Raises:
        subprocess.CalledProcessError: it failed; its output has been printed.
    """
    own = [Path(sys.executable).parent, ROOT / "node_modules" / ".bin"]
    path = os.pathsep.join([*map(str, own), os.environ.get("PATH", os.defpath)])
    program = shutil.which(command[0], path=path) or command[0]
    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        done.check_returncode()


def make_typescript() -> Path:
    """Generate the types, compile the client and return its archive."""
    source, stage = CLIENTS / "typescript", _stage("typescript")
    # Without the option, a field with a default would have to be sent.
    optional = "--default-non-nullable=false"
    run("openapi-typescript", DOCUMENT, optional, "--output", source / "src" / "schema.ts")
    run("tsc", "--project", source)
    package = json.loads((source / "package.json").read_text()) | {"version": version()}
    (stage / "package.json").write_text(json.dumps(package, indent=2) + "\n")
    _add_documents(source, stage)
    run("npm", "pack", stage, "--pack-destination", ARCHIVES)
    return ARCHIVES / f"{NPM_PACKAGE}-{version()}.tgz"


def make_python() -> tuple[Path, Path]:
    """Generate the package `lifestyle_spaces_client` and return its wheel and its source archive."""
    source, stage = CLIENTS / "python", _stage("python")
    document = stage / "openapi.json"
    document.write_text(json.dumps(for_python(json.loads(DOCUMENT.read_text()))))
    run(
        "openapi-python-client",
        "generate",
        "--path",
        document,
        "--output-path",
        stage / PACKAGE,
        "--meta=none",
        "--overwrite",
        "--custom-template-path",
        source / "templates",
    )
    document.unlink()
    shutil.copytree(source / "src", stage / PACKAGE, dirs_exist_ok=True)
    metadata = (source / "pyproject.toml").read_text()
    versioned = re.sub(r'^version = ".*"$', f'version = "{version()}"', metadata, flags=re.MULTILINE)
    (stage / "pyproject.toml").write_text(versioned)
    _add_documents(source, stage)
    run("uv", "build", "--offline", "--out-dir", ARCHIVES, stage)
    name = f"{PACKAGE}-{version()}"
    return ARCHIVES / f"{name}-py3-none-any.whl", ARCHIVES / f"{name}.tar.gz"


def version() -> str:
    """Return the version of the API, which is that of the clients."""
    found: str = json.loads(DOCUMENT.read_text())["info"]["version"]
    return found


def install_typescript(archive: Path, folder: Path) -> None:
    """Unpack the TypeScript client into `folder/node_modules`, as npm does it."""
    target = folder / "node_modules" / NPM_PACKAGE
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            member.name = member.name.removeprefix("package/")
            packed.extract(member, target, filter="data")


def for_python(document: Schema) -> Schema:
    """Return the document as the Python generator needs it.

    Each discriminated union gets one more variant, for kinds that are added later: the client parses a body
    into the first variant that fits, and fails where none does. A 304, which has no body and no type, is left
    out, as it would make each `GET` return `Any`.
    """
    document = copy.deepcopy(document)
    unknown: Schema = {}
    for union in _discriminated(document):
        kind = union["discriminator"]["propertyName"]
        name = f"Unknown{union['title']}"
        unknown[name] = {
            "title": name,
            "type": "object",
            "description": "A variant that a later version of the API has added.",
            "properties": {kind: {"type": "string"}},
            "required": [kind],
        }
        union["oneOf"].append({"$ref": f"#/components/schemas/{name}"})
    document["components"]["schemas"] |= unknown
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("304", None)
    return document


def _discriminated(part: Any) -> Iterator[Schema]:
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for child in children:
        yield from _discriminated(child)
    if isinstance(part, dict) and "oneOf" in part and "discriminator" in part:
        yield part


def _stage(name: str) -> Path:
    stage = BUILD / name
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    ARCHIVES.mkdir(exist_ok=True)
    return stage


def _add_documents(source: Path, stage: Path) -> None:
    for document in (source / "README.md", CLIENTS / "CHANGELOG.md", ROOT / "LICENSE"):
        shutil.copy(document, stage)


def main() -> None:
    """Make both clients, install the one of the example, and say what was made."""
    shutil.rmtree(ARCHIVES, ignore_errors=True)
    typescript = make_typescript()
    install_typescript(typescript, EXAMPLE)
    for archive in (typescript, *make_python()):
        print(f"{archive.relative_to(ROOT)}  ({archive.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
