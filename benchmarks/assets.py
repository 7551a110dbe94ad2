"""The application and the references as they are deployed, and their sizes."""

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from stacks.bundling import RECIPE, build_aside, compile_asset, function_code, install, layer_code
from stacks.settings import load_settings
from stacks.target import Target, resolve_target

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".build"
LOCK = ROOT / "lambda_src" / "requirements.txt"
REFERENCES = Path(__file__).parent / "reference"
_ENVIRONMENTS = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]["environments"]
HOST, AWS = (resolve_target(load_settings(_ENVIRONMENTS, name).function) for name in ("local", "prod"))
# What the references need of the application's lock, whole as the wheels bring it.
_BARE = frozenset(
    {
        "annotated-types",
        "botocore",
        "jmespath",
        "pydantic",
        "pydantic-core",
        "python-dateutil",
        "six",
        "typing-extensions",
        "typing-inspection",
        "urllib3",
    }
)
_WEB = {"annotated-doc", "anyio", "boto3", "fastapi", "idna", "mangum", "opentelemetry-api", "s3transfer"}
PACKAGES = {"handler": _BARE, "usual": _BARE | _WEB | {"starlette"}}


@dataclass(frozen=True)
class Assets:
    """The folders of a function and of its packages, as Python's path has them."""

    name: str
    module: str
    function: Path
    packages: Path

    @property
    def path(self) -> str:
        """The folders, as `child.py` takes them."""
        return f"{self.function}:{self.packages}"

    def zipped_mb(self) -> float:
        """The size as it is uploaded."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for folder in (self.function, self.packages):
                for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                    archive.write(path, path.relative_to(folder.parent))
        return len(content.getvalue()) / 1e6


def application(target: Target) -> Assets:
    """The application by its own recipe."""
    function = function_code(ROOT / "lambda_src", target=target, cache=CACHE)
    layer = layer_code(LOCK, target=target, cache=CACHE)
    return Assets("application", "lambda_handler", Path(function.path), Path(layer.path) / "python")


def reference(target: Target, module: str = "handler") -> Assets:
    """A module of `benchmarks/reference`, its packages from the application's lock, compiled too.

    Built once for each state of these. `handler` is the bare handler that all ratios are to.
    """
    source = REFERENCES / f"{module}.py"
    inputs = (LOCK, source, Path(__file__), *RECIPE)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    built = CACHE / f"reference-{module}-{target.architecture}-{digest[:16]}"

    def build(folder: Path) -> None:
        lock = folder / "requirements.txt"
        blocks = re.split(r"(?m)^(?=[a-z])", LOCK.read_text(encoding="utf-8"))
        wanted = [block for block in blocks if block.partition("==")[0] in PACKAGES[module]]
        lock.write_text("".join(wanted), encoding="utf-8")
        install(lock, folder / "python", target)
        (folder / "function").mkdir()
        shutil.copy(source, folder / "function")
        compile_asset(folder, target, deployed_at="/opt")

    if not built.is_dir():
        build_aside(built, build)
    name = "reference" if module == "handler" else module
    return Assets(name, module, built / "function", built / "python")
