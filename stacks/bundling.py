"""The function's asset and its layer, built without Docker.

Both are built once into a cache folder whose name is a hash of everything that goes in:
sources, lock file, target, and this recipe itself. The hash is the asset's hash too, so
two synths of one commit agree, on any two machines that both have an interpreter of the
target's version (see ADR 7).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from stacks.errors import ConfigurationError
from stacks.layer_contents import strip_layer
from stacks.target import Target, matching_interpreter, verify_native_files

RECIPE = tuple(Path(__file__).with_name(name) for name in ("bundling.py", "layer_contents.py", "target.py"))
# anyio's packages import their parts lazily, by what the source of the package says.
_READS_ITS_SOURCE = r"/anyio/(.*/)?__init__\.py$"
_NOT_SHIPPED = frozenset({"__pycache__", "py.typed", "requirements.txt"})


def layer_code(requirements: Path, *, target: Target, cache: Path) -> lambda_.AssetCode:
    """The dependencies in `requirements` (a hash-locked file) as a layer for `target`.

    Raises ConfigurationError when a wheel is missing, a hash differs or a native file was
    built for another architecture.
    """

    def build(folder: Path) -> None:
        print(f"Building the dependency layer for {target} ...", file=sys.stderr, flush=True)  # noqa: T201
        packages = folder / "python"
        install(requirements, packages, target)
        verify_native_files(packages, target)
        strip_layer(packages)
        _compile_without_sources(folder, target, deployed_at="/opt")

    return _asset("layer", build, root=requirements.parent, inputs=[requirements], target=target, cache=cache)


def function_code(sources: Path, *, target: Target, cache: Path) -> lambda_.AssetCode:
    """Everything under `sources` that the function runs, as its asset for `target`."""

    def build(folder: Path) -> None:
        for path in shipped:
            copy = folder / path.relative_to(sources)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        compile_asset(folder, target, deployed_at="/var/task")

    shipped = [path for path in sources.rglob("*") if path.is_file() and _is_shipped(path, sources)]
    return _asset("function", build, root=sources, inputs=shipped, target=target, cache=cache)


def _is_shipped(path: Path, sources: Path) -> bool:
    return not any(part.startswith(".") or part in _NOT_SHIPPED for part in path.relative_to(sources).parts)


def _asset(
    name: str,
    build: Callable[[Path], None],
    *,
    root: Path,
    inputs: Iterable[Path],
    target: Target,
    cache: Path,
) -> lambda_.AssetCode:
    digest = _digest(root, inputs, target)
    built = cache / f"{name}-{digest}"
    if not built.is_dir():
        build_aside(built, build)
    return lambda_.Code.from_asset(str(built), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM)


def _digest(root: Path, inputs: Iterable[Path], target: Target) -> str:
    """A hash of everything that decides what is built, by content, wherever it lies."""
    digest = hashlib.sha256(f"{target!r} bytecode={matching_interpreter(target) is not None}".encode())
    named = [(path.name, path) for path in RECIPE]
    named += sorted((path.relative_to(root).as_posix(), path) for path in inputs)
    for name, path in named:
        digest.update(f"\0{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def build_aside(built: Path, build: Callable[[Path], None]) -> None:
    """Build in a folder of its own and rename it, so that nobody ever sees half an asset."""
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent, prefix=".building-") as aside:
        folder = Path(aside) / "asset"
        folder.mkdir()
        build(folder)
        try:
            _open_to_lambda(folder)
            folder.rename(built)
        except OSError:
            # Another synth was faster; its result is the same.
            if not built.is_dir():
                raise


def _open_to_lambda(folder: Path) -> None:
    """Lambda runs as another user, so what a strict umask made private here could not be read there."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def install(requirements: Path, packages: Path, target: Target) -> None:
    """Install hash-locked wheels for `target` into a folder; nothing is ever built from source."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--link-mode", "copy", "--python", sys.executable]
    if not target.host:
        command += ["--python-platform", target.wheel_platform, "--python-version", target.python_version]
    command += ["--target", str(packages), "--requirement", str(requirements)]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if installed.returncode:
        reason = " ".join(installed.stderr.split())
        raise ConfigurationError(f"cannot install {requirements.name} for {target}: {reason}")


def compile_asset(folder: Path, target: Target, *, deployed_at: str, in_place: bool = False) -> None:
    """Compile every module once, here, as Lambda's own folders are read-only.

    Unchecked: the interpreter does not look at the sources. The recorded paths are the
    ones in AWS. Without a matching interpreter there is no bytecode; `stacks.synth` refuses that.
    """
    interpreter = matching_interpreter(target)
    if interpreter is None:
        return
    command = [interpreter, *(["-X", "no_debug_ranges"] if in_place else [])]
    command += ["-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    command += ["-b", "-x", _READS_ITS_SOURCE] if in_place else []
    command += ["-s", str(folder), "-p", deployed_at, str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    compiled = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if compiled.returncode:
        reason = " ".join(compiled.stdout.split())
        raise ConfigurationError(f"cannot compile for {target}: {reason}")


def _compile_without_sources(folder: Path, target: Target, *, deployed_at: str) -> None:
    """Compile every module to a file in its own place, and drop the sources (docs/adr/0034).

    A traceback has file and line of a dependency still, but not the line's text.
    """
    compile_asset(folder, target, deployed_at=deployed_at, in_place=True)
    for path in list(folder.rglob("*.py")):
        if path.with_suffix(".pyc").exists():
            path.unlink()
    compile_asset(folder, target, deployed_at=deployed_at)
