"""What a dependency layer carries, out of what the wheels bring (docs/adr/0008 and 0034)."""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

# What the function calls through boto3, by service; botocore brings the models of some 400 services.
AWS_OPERATIONS: Mapping[str, Collection[str]] = {
    "cognito-idp": {"AdminDeleteUser", "AdminGetUser"},
    "sesv2": {"SendEmail"},
    "sqs": {"SendMessage"},
    "ssm": {"GetParametersByPath"},
}
# The function has a client of its own for DynamoDB (docs/adr/0029). The model stays whole, for benchmarks and
# repairs that make and fill a table with the layer's boto3.
WHOLE_SERVICES = frozenset({"dynamodb"})

# Parts of packages that the function never imports, as patterns below the layer's folder.
UNUSED = (
    "anyio/_backends/_trio.py",  # the event loop is asyncio's
    "aws_lambda_powertools/event_handler",  # FastAPI does the routing; it carries a Swagger UI
    "aws_lambda_powertools/utilities/[!_j]*",  # the logger needs `jmespath_utils` alone
    "botocore/data/*/*/examples-1.json",
    "botocore/data/*/*/waiters-2.json",
    "pydantic/mypy.py",
    "cffi",  # builds bindings; cryptography's need nothing but `_cffi_backend`
    "cffi-*.dist-info",
    "dateutil/zoneinfo/*.tar.gz",  # time zones come from tzdata
    "pycparser",
    "pycparser-*.dist-info",
    # zoneinfo reads compiled zones and the list `tzdata/zones`
    "tzdata/zoneinfo/*.tab",
    "tzdata/zoneinfo/leapseconds",
    "tzdata/zoneinfo/tzdata.zi",
    "urllib3/contrib/emscripten",  # for Python in a browser
    # python-jose's own arithmetic, for where cryptography is missing
    "ecdsa",
    "ecdsa-*.dist-info",
    "pyasn1",
    "pyasn1-*.dist-info",
    "rsa",
    "rsa-*.dist-info",
)

# FastAPI asks of models and annotations whether they are of pydantic.v1, to refuse them. All of it takes 92 M
# instructions to import; without any, each question would search for it in vain.
_V1 = '''"""The answer to FastAPI's question whether a model is of pydantic.v1: none is."""


class BaseModel:
    """No model inherits this."""
'''

# No module of a package, at run time: stubs, sources of native code, command-line scripts.
_DROPPED_SUFFIXES = frozenset({".pyi", ".pxd", ".pyx", ".c", ".h", ".rst", ".md"})
_DROPPED_NAMES = frozenset({"__pycache__", "bin", "py.typed", "tests", ".lock"})
_KEPT_METADATA = frozenset({"METADATA", "entry_points.txt"})


def strip_layer(packages: Path) -> None:
    """Remove from an installed set of packages what the function never reads."""
    _trim_botocore(packages)
    for path in [path for pattern in UNUSED for path in packages.glob(pattern)]:
        _remove(path)
    _replace_pydantic_v1(packages)
    for metadata in list(packages.glob("*.dist-info")):
        _trim_metadata(metadata)
    for path in [path for path in packages.rglob("*") if _is_dropped(path)]:
        _remove(path)


def _is_dropped(path: Path) -> bool:
    is_test = path.suffix == ".py" and path.name.startswith("test_")
    return is_test or path.suffix in _DROPPED_SUFFIXES or path.name in _DROPPED_NAMES


def _remove(path: Path) -> None:
    """Remove a file or a folder, which may be gone with its parent already."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replace_pydantic_v1(packages: Path) -> None:
    for package in list(packages.glob("pydantic/v1")):
        _remove(package)
        package.mkdir()
        (package / "__init__.py").write_text(_V1, encoding="utf-8")


def _trim_botocore(packages: Path) -> None:
    """Keep the files that all clients share, and of our services the operations that are called."""
    for package in ("botocore", "boto3"):
        for entry in list((packages / package / "data").iterdir()):
            if entry.is_dir() and entry.name not in {*AWS_OPERATIONS, *WHOLE_SERVICES}:
                _remove(entry)
    for service, operations in AWS_OPERATIONS.items():
        for path in packages.glob(f"botocore/data/{service}/*/service-2.json.gz"):
            model = _only_operations(json.loads(gzip.decompress(path.read_bytes())), operations)
            text = json.dumps(model, separators=(",", ":"))
            path.write_bytes(gzip.compress(text.encode(), mtime=0))  # no time: the same bytes each time


def _only_operations(model: dict[str, Any], operations: Collection[str]) -> dict[str, Any]:
    """A service model with these operations and the shapes that they reach, without documentation."""
    kept = {name: model["operations"][name] for name in operations}
    shapes: dict[str, Any] = {}
    missing = set(_shapes_in(kept))
    while missing:
        name = missing.pop()
        shapes[name] = model["shapes"][name]
        missing |= set(_shapes_in(shapes[name])) - shapes.keys()
    trimmed: dict[str, Any] = _without_documentation({**model, "operations": kept, "shapes": shapes})
    return trimmed


def _shapes_in(part: Any) -> Iterator[str]:
    """The names of the shapes that a part of a service model refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _shapes_in(inner)


def _without_documentation(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: _without_documentation(inner)
            for name, inner in part.items()
            if not (name.startswith("documentation") and isinstance(inner, str))
        }
    return [_without_documentation(inner) for inner in part] if isinstance(part, list) else part


def _trim_metadata(metadata: Path) -> None:
    """Keep what `importlib.metadata` answers from: name, version and entry points."""
    for entry in list(metadata.iterdir()):
        if entry.name not in _KEPT_METADATA:
            _remove(entry)
    described = metadata / "METADATA"
    headers, _, _ = described.read_text(encoding="utf-8").partition("\n\n")
    described.write_text(f"{headers}\n", encoding="utf-8")
