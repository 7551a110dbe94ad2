import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from stacks import bundling
from stacks.bundling import function_code, install, layer_code
from stacks.errors import ConfigurationError
from stacks.layer_contents import AWS_OPERATIONS, UNUSED, WHOLE_SERVICES, strip_layer
from stacks.settings import load_settings
from stacks.target import Target, resolve_target
from tests.infra.stack_helpers import ENVIRONMENTS, ROOT, backend
from tests.integration.test_lambda_handler import ENVIRONMENT
from tests.integration.test_snapshot import NO_CREDENTIALS

CACHE = ROOT / ".build"
REQUIREMENTS = ROOT / "lambda_src" / "requirements.txt"
HOST = resolve_target(load_settings(ENVIRONMENTS, "local").function)
AWS = resolve_target(load_settings(ENVIRONMENTS, "prod").function)
# A Python that nobody has: no bytecode can be made for it.
UNKNOWN = Target((3, 99), "arm64", host=False)
MAX_ZIPPED_BYTES = 11_000_000


def sources(folder: Path, **files: str) -> Path:
    root = folder / "sources"
    for name, content in {"app/main.py": "ANSWER = 42\n", **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root


def only(cache: Path) -> Path:
    """The one asset in a cache."""
    (built,) = cache.iterdir()
    return built


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def zipped_bytes(*folders: Path) -> int:
    """The size of assets as they are uploaded."""
    total = 0
    for number, folder in enumerate(folders):
        archive = folder.parent / f"measured-{number}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in contents(folder).items():
                file.writestr(name, content)
        total += archive.stat().st_size
        archive.unlink()
    return total


def wheel(folder: Path) -> Path:
    """A hash-locked requirement that needs no network: a package of one module, here in a file."""
    archive = folder / "tiny-1.0-py3-none-any.whl"
    metadata = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n\nA long story.\n"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("tiny/__init__.py", "SIZE = 1\n")
        file.writestr("tiny/__init__.pyi", "SIZE: int\n")
        file.writestr("tiny/tests/test_tiny.py", "")
        file.writestr("boto3/data/s3/resources.json", "{}")
        file.writestr("botocore/data/partitions.json", "{}")
        file.writestr("tiny-1.0.dist-info/METADATA", metadata)
        file.writestr(
            "tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr("tiny-1.0.dist-info/licenses/LICENSE", "")
        file.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    requirements = folder / "requirements.txt"
    requirements.write_text(f"tiny @ {archive.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
    return requirements


class TestFunctionCode:
    def test_ships_sources_alone(self, tmp_path: Path) -> None:
        root = sources(
            tmp_path,
            **{
                "app/templates/mail.txt": "Hello",
                "requirements.txt": "",
                "app/py.typed": "",
                "app/__pycache__/main.cpython-39.pyc": "",
                ".hidden/notes.py": "",
            },
        )
        function_code(root, target=UNKNOWN, cache=tmp_path / "cache")
        assert set(contents(only(tmp_path / "cache"))) == {"app/main.py", "app/templates/mail.txt"}

    def test_is_compiled_for_the_target_without_a_path_of_this_machine(self, tmp_path: Path) -> None:
        function_code(sources(tmp_path), target=HOST, cache=tmp_path / "cache")
        built = contents(only(tmp_path / "cache"))
        bytecode = built[f"app/__pycache__/main.{sys.implementation.cache_tag}.pyc"]
        unchecked_hash = (0b01).to_bytes(4, "little")
        assert bytecode.startswith(MAGIC_NUMBER + unchecked_hash)
        assert b"/var/task/app/main.py" in bytecode
        assert str(tmp_path).encode() not in bytecode

    def test_has_the_same_hash_wherever_it_lies(self, tmp_path: Path) -> None:
        names = set()
        for place in ("here", "there"):
            function_code(sources(tmp_path / place), target=HOST, cache=tmp_path / place / "cache")
            names.add(only(tmp_path / place / "cache").name)
        assert len(names) == 1

    @pytest.mark.parametrize("changed", [{"app/main.py": "ANSWER = 43\n"}, {"app/other.py": ""}])
    def test_has_another_hash_when_a_source_changes(self, tmp_path: Path, changed: dict[str, str]) -> None:
        cache = tmp_path / "cache"
        function_code(sources(tmp_path), target=HOST, cache=cache)
        function_code(sources(tmp_path, **changed), target=HOST, cache=cache)
        assert len(list(cache.iterdir())) == 2

    def test_has_another_hash_for_another_target(self, tmp_path: Path) -> None:
        cache = tmp_path / "cache"
        function_code(sources(tmp_path), target=HOST, cache=cache)
        function_code(sources(tmp_path), target=UNKNOWN, cache=cache)
        assert len(list(cache.iterdir())) == 2

    def test_is_built_once(self, tmp_path: Path) -> None:
        root, cache = sources(tmp_path), tmp_path / "cache"
        function_code(root, target=HOST, cache=cache)
        (only(cache) / "mark").touch()
        function_code(root, target=HOST, cache=cache)
        assert (only(cache) / "mark").exists()

    def test_says_which_module_does_not_compile_and_leaves_nothing(self, tmp_path: Path) -> None:
        root, cache = sources(tmp_path, **{"app/main.py": "def"}), tmp_path / "cache"
        with pytest.raises(ConfigurationError, match=r"cannot compile for .*main\.py"):
            function_code(root, target=HOST, cache=cache)
        assert list(cache.iterdir()) == []

    def test_yields_to_a_faster_synth(self, tmp_path: Path) -> None:
        built = tmp_path / "cache" / "asset"

        def lose_the_race(folder: Path) -> None:
            (folder / "mine").touch()
            built.mkdir()
            (built / "theirs").touch()

        bundling.build_aside(built, lose_the_race)
        assert set(contents(built)) == {"theirs"}

    def test_does_not_hide_a_rename_that_fails(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            bundling.build_aside(tmp_path / "cache" / "asset", lambda folder: folder.rmdir())


class TestLayerCode:
    def test_ships_modules_and_what_metadata_is_asked_for(self, tmp_path: Path) -> None:
        layer_code(wheel(tmp_path), target=UNKNOWN, cache=tmp_path / "cache")
        built = contents(only(tmp_path / "cache"))
        assert set(built) == {
            "python/tiny/__init__.py",
            "python/botocore/data/partitions.json",
            "python/tiny-1.0.dist-info/METADATA",
        }
        assert b"Version: 1.0" in built["python/tiny-1.0.dist-info/METADATA"]
        assert b"story" not in built["python/tiny-1.0.dist-info/METADATA"]

    def test_refuses_what_the_lock_does_not_know(self, tmp_path: Path) -> None:
        requirements = wheel(tmp_path)
        text = requirements.read_text(encoding="utf-8")
        requirements.write_text(
            f"{text.split('sha256:', maxsplit=1)[0]}sha256:{'0' * 64}\n", encoding="utf-8"
        )
        with pytest.raises(
            ConfigurationError, match=r"cannot install requirements.txt .*[Hh]ash mismatch"
        ) as caught:
            layer_code(requirements, target=HOST, cache=tmp_path / "cache")
        assert "\n" not in str(caught.value)


@pytest.fixture(scope="session")
def aws_assets() -> tuple[Path, Path]:
    """The function and the layer as `cdk deploy` uploads them to AWS."""
    function = function_code(ROOT / "lambda_src", target=AWS, cache=CACHE)
    layer = layer_code(REQUIREMENTS, target=AWS, cache=CACHE)
    return Path(function.path), Path(layer.path)


@pytest.fixture(scope="session")
def host_assets() -> tuple[Path, Path]:
    """The same for this machine, so that it can be run here."""
    function = function_code(ROOT / "lambda_src", target=HOST, cache=CACHE)
    layer = layer_code(REQUIREMENTS, target=HOST, cache=CACHE)
    return Path(function.path), Path(layer.path)


class TestTheRealAssets:
    def test_are_small(self, aws_assets: tuple[Path, Path]) -> None:
        assert zipped_bytes(*aws_assets) <= MAX_ZIPPED_BYTES

    def test_are_for_arm_throughout(self, aws_assets: tuple[Path, Path]) -> None:
        _, layer = aws_assets
        native = list(layer.rglob("*.so"))
        assert len(native) >= 3
        assert {path.read_bytes()[18:20] for path in native} == {b"\xb7\x00"}

    def test_hold_the_models_of_our_services_only(self, aws_assets: tuple[Path, Path]) -> None:
        _, layer = aws_assets
        models = (layer / "python" / "botocore" / "data").iterdir()
        assert {path.name for path in models if path.is_dir()} == {*AWS_OPERATIONS, *WHOLE_SERVICES}

    def test_are_all_that_the_app_needs(self, host_assets: tuple[Path, Path]) -> None:
        function, layer = host_assets
        code = f"""
import sys
sys.path[:0] = {[str(function), str(layer / "python")]!r}
import importlib, json, pkgutil
import app, boto3
from importlib.metadata import version
from jose.backends import RSAKey
for module in pkgutil.walk_packages(app.__path__, "app."):
    importlib.import_module(module.name)
for service, operations in { ({name: sorted(named) for name, named in AWS_OPERATIONS.items()})!r}.items():
    client = boto3.client(service, region_name="eu-central-1")
    assert sorted(client.meta.method_to_api_mapping.values()) == operations, service
boto3.client("ssm", region_name="eu-central-1").get_paginator("get_parameters_by_path")
boto3.client("cognito-idp", region_name="eu-central-1").exceptions.UserNotFoundException
print(json.dumps([RSAKey.__name__, version("fastapi"), app.__cached__]))
"""
        # -I -S -B: nothing of the environment, of site-packages or of the current folder; write nothing.
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", code], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        backend, _, bytecode = json.loads(ran.stdout)
        assert backend == "CryptographyRSAKey"
        assert Path(bytecode).is_file()

    def test_serve_requests_before_a_snapshot(self, host_assets: tuple[Path, Path]) -> None:
        # Also what is imported late: the event loop's back end, the routes, the container's credentials.
        function, layer = host_assets
        variables = {
            **ENVIRONMENT,
            **NO_CREDENTIALS,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
            "POWERTOOLS_SERVICE_NAME": "test",
            "PYTHONPATH": f"{function}:{layer / 'python'}",
        }
        ran = subprocess.run(
            [sys.executable, "-P", "-S", "-B", "-c", "import lambda_handler"],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        answers = [json.loads(line) for line in ran.stdout.splitlines()]
        assert [(each["message"], each["status"]) for each in answers] == [
            ("http.request", 200),
            ("http.request", 401),
        ]

    def test_layer_keeps_sources_of_anyios_packages_alone(self, host_assets: tuple[Path, Path]) -> None:
        _, layer = host_assets
        kept = [path.relative_to(layer / "python") for path in layer.rglob("*.py")]
        assert {(path.parts[0], path.name) for path in kept} == {("anyio", "__init__.py")}

    def test_layer_keeps_aws_operations_that_function_may_call(self) -> None:
        services = {"ses": "sesv2"}  # IAM's name and botocore's
        allowed: dict[str, set[str]] = {}
        for statement in backend("prod").statements():
            actions = statement["Action"] if statement["Effect"] == "Allow" else []
            for action in [actions] if isinstance(actions, str) else actions:
                service, _, operation = action.partition(":")
                allowed.setdefault(services.get(service, service), set()).add(operation)
        assert {name: allowed[name] for name in AWS_OPERATIONS} == AWS_OPERATIONS

    def test_leave_out_only_what_is_there(self, tmp_path: Path) -> None:
        install(REQUIREMENTS, tmp_path, AWS)
        assert [pattern for pattern in UNUSED if not list(tmp_path.glob(pattern))] == []
        strip_layer(tmp_path)
        assert [pattern for pattern in UNUSED if list(tmp_path.glob(pattern))] == []


class TestModes:
    def test_let_lambda_read_what_a_strict_umask_made(self, tmp_path: Path, strict_umask: None) -> None:
        function_code(sources(tmp_path), target=UNKNOWN, cache=tmp_path / "cache")

        built = only(tmp_path / "cache")
        modes = {path.name: path.stat().st_mode & 0o777 for path in (built, *built.rglob("*"))}
        assert modes == {built.name: 0o755, "app": 0o755, "main.py": 0o644}
