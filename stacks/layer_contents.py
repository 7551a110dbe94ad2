"""What a dependency layer carries, out of what the wheels bring."""

import shutil
from pathlib import Path

# The AWS services that the function calls; botocore brings the models of some 400.
AWS_SERVICES = frozenset({"dynamodb", "ssm"})

# No module of a package, at run time: stubs, sources of native code, command-line scripts.
_DROPPED_SUFFIXES = frozenset({".pyi", ".pxd", ".pyx", ".c", ".h", ".rst", ".md"})
_DROPPED_FOLDERS = frozenset({"bin", "tests", "__pycache__"})
_KEPT_METADATA = frozenset({"METADATA", "entry_points.txt"})


def strip_layer(packages: Path) -> None:
    """Remove from an installed set of packages what the function never reads."""
    _trim_botocore(packages)
    for metadata in sorted(packages.glob("*.dist-info")):
        _trim_metadata(metadata)
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir():
            if path.name in _DROPPED_FOLDERS:
                shutil.rmtree(path)
        elif _is_dropped(path):
            path.unlink()


def _is_dropped(path: Path) -> bool:
    is_test = path.suffix == ".py" and path.name.startswith("test_")
    return is_test or path.suffix in _DROPPED_SUFFIXES or path.name in {"py.typed", ".lock"}


def _trim_botocore(packages: Path) -> None:
    """Keep the files that all clients share and the models of our services."""
    for package in ("botocore", "boto3"):
        for entry in sorted((packages / package / "data").iterdir()):
            if entry.is_dir() and entry.name not in AWS_SERVICES:
                shutil.rmtree(entry)
    for examples in packages.glob("botocore/data/*/*/examples-1.json"):
        examples.unlink()


def _trim_metadata(metadata: Path) -> None:
    """Keep what `importlib.metadata` answers from: name, version and entry points."""
    for entry in metadata.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name not in _KEPT_METADATA:
            entry.unlink()
    described = metadata / "METADATA"
    headers, _, _ = described.read_text(encoding="utf-8").partition("\n\n")
    described.write_text(f"{headers}\n", encoding="utf-8")
