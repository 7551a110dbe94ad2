"""What a dependency layer carries, out of what the wheels bring."""

import shutil
from pathlib import Path

# The AWS services that the function calls; botocore brings the models of some 400.
AWS_SERVICES = frozenset({"cognito-idp", "dynamodb", "sesv2", "sqs", "ssm"})

# Parts of packages that the function never imports, as patterns below the layer's folder.
UNUSED = (
    "aws_lambda_powertools/event_handler",  # FastAPI does the routing; it carries a Swagger UI
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/streaming",
    "botocore/data/*/*/examples-1.json",
    "cffi",  # builds bindings; cryptography's need nothing but `_cffi_backend`
    "cffi-*.dist-info",
    "dateutil/zoneinfo/*.tar.gz",  # time zones come from tzdata
    "pycparser",
    "pycparser-*.dist-info",
    # python-jose's own arithmetic, for where cryptography is missing
    "ecdsa",
    "ecdsa-*.dist-info",
    "pyasn1",
    "pyasn1-*.dist-info",
    "rsa",
    "rsa-*.dist-info",
)

# No module of a package, at run time: stubs, sources of native code, command-line scripts.
_DROPPED_SUFFIXES = frozenset({".pyi", ".pxd", ".pyx", ".c", ".h", ".rst", ".md"})
_DROPPED_NAMES = frozenset({"__pycache__", "bin", "py.typed", "tests", ".lock"})
_KEPT_METADATA = frozenset({"METADATA", "entry_points.txt"})


def strip_layer(packages: Path) -> None:
    """Remove from an installed set of packages what the function never reads."""
    _trim_botocore(packages)
    for path in [path for pattern in UNUSED for path in packages.glob(pattern)]:
        _remove(path)
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


def _trim_botocore(packages: Path) -> None:
    """Keep the files that all clients share and the models of our services."""
    for package in ("botocore", "boto3"):
        for entry in list((packages / package / "data").iterdir()):
            if entry.is_dir() and entry.name not in AWS_SERVICES:
                _remove(entry)


def _trim_metadata(metadata: Path) -> None:
    """Keep what `importlib.metadata` answers from: name, version and entry points."""
    for entry in list(metadata.iterdir()):
        if entry.name not in _KEPT_METADATA:
            _remove(entry)
    described = metadata / "METADATA"
    headers, _, _ = described.read_text(encoding="utf-8").partition("\n\n")
    described.write_text(f"{headers}\n", encoding="utf-8")
