"""Generate the typed clients from `contract/openapi.json` and compile them: `python -m api_docs.clients`.

TypeScript goes into `clients/typescript/dist`, around the few lines in `clients/typescript/src`; Python into
`clients/python`. Neither is committed (docs/adr/0025).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "contract" / "openapi.json"
TYPESCRIPT = ROOT / "clients" / "typescript"
PYTHON = ROOT / "clients" / "python"


def tool(*command: str | Path) -> None:
    """Runs a program of .venv or node_modules, whatever else the machine has.

    Raises:
        subprocess.CalledProcessError: it failed; it has said why on the standard error output.
    """
    own = [Path(sys.executable).parent, ROOT / "node_modules" / ".bin"]
    path = os.pathsep.join([*map(str, own), os.environ.get("PATH", os.defpath)])
    program = shutil.which(command[0], path=path) or command[0]
    subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        check=True,
    )


def make_typescript() -> None:
    """Generates the types and compiles the client."""
    shutil.rmtree(TYPESCRIPT / "dist", ignore_errors=True)
    # Or what has a default would have to be sent.
    optional = "--default-non-nullable=false"
    tool("openapi-typescript", DOCUMENT, optional, "--output", TYPESCRIPT / "src" / "schema.ts")
    tool("tsc", "--project", TYPESCRIPT)


def make_python() -> None:
    """Generates the package `lifestyle_spaces_client`."""
    tool(
        "openapi-python-client",
        "generate",
        "--path",
        DOCUMENT,
        "--output-path",
        PYTHON,
        "--meta=uv",
        "--overwrite",
    )


if __name__ == "__main__":
    make_typescript()
    make_python()
