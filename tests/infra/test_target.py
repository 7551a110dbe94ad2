import platform
import sys
from pathlib import Path

import pytest

from stacks.errors import ConfigurationError
from stacks.target import Target, matching_interpreter, resolve_target, verify_native_files
from tests.infra.stack_helpers import changed

ARM = Target((3, 13), "arm64", host=False)
INTEL = Target((3, 13), "x86_64", host=False)


def resolve(**function: object) -> Target:
    return resolve_target(changed("local", function=function).function)


def elf(machine: int) -> bytes:
    """The first 20 bytes of an ELF file, as far as anyone reads them."""
    return b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + machine.to_bytes(2, "little")


def script(folder: Path, name: str, line: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


class TestResolve:
    def test_aws_is_what_the_settings_say(self) -> None:
        assert resolve(runtime="python3.13", architecture="arm64") == ARM

    @pytest.mark.parametrize(
        ("machine", "architecture"), [("aarch64", "arm64"), ("arm64", "arm64"), ("x86_64", "x86_64")]
    )
    def test_host_is_this_interpreter(
        self, monkeypatch: pytest.MonkeyPatch, machine: str, architecture: str
    ) -> None:
        monkeypatch.setattr(platform, "machine", lambda: machine)
        target = resolve(runtime="host", architecture="host")
        assert (target.python, target.architecture) == (sys.version_info[:2], architecture)
        assert target.host

    def test_resolve_rejects_a_machine_that_lambda_has_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(platform, "machine", lambda: "riscv64")
        with pytest.raises(ConfigurationError, match="no architecture like this machine's"):
            resolve(runtime="host", architecture="host")

    @pytest.mark.parametrize(("runtime", "architecture"), [("host", "arm64"), ("python3.13", "host")])
    def test_resolve_rejects_half_a_host(self, runtime: str, architecture: str) -> None:
        with pytest.raises(ConfigurationError, match="must both be `host`, or neither"):
            resolve(runtime=runtime, architecture=architecture)

    def test_resolve_names_the_wheels_that_run_there(self) -> None:
        assert ARM.wheel_platform == "aarch64-manylinux_2_28"
        assert INTEL.wheel_platform == "x86_64-manylinux_2_28"
        assert str(ARM) == "python3.13 on arm64"


class TestMatchingInterpreter:
    foreign = Target((3, 99), "arm64", host=False)

    def test_matching_interpreter_is_this_one_for_its_own_version(self) -> None:
        own = Target(sys.version_info[:2], "arm64", host=False)
        assert matching_interpreter(own) == sys.executable

    def test_matching_interpreter_is_none_when_there_is_none(self) -> None:
        assert matching_interpreter(self.foreign) is None

    def test_matching_interpreter_is_found_on_the_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = script(tmp_path, "python3.99", "echo 3.99")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert matching_interpreter(self.foreign) == str(found)

    def test_matching_interpreter_is_no_shim_of_what_is_not_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script(tmp_path, "python3.99", "echo 'version 3.99 is not installed' >&2; exit 127")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert matching_interpreter(self.foreign) is None


class TestVerifyNativeFiles:
    def test_verify_native_files_accepts_what_was_built_for_the_target(self, tmp_path: Path) -> None:
        (tmp_path / "fast.so").write_bytes(elf(0xB7))
        (tmp_path / "module.py").write_text("", encoding="utf-8")
        (tmp_path / "folder.so").mkdir()
        verify_native_files(tmp_path, ARM)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("fast.so", elf(0x3E), "fast.so (x86_64)"),
            ("fast.so", elf(0xF3), "fast.so (ELF machine 243)"),
            ("fast.so", b"\xcf\xfa\xed\xfe", "fast.so (not Linux)"),
            ("fast.so.1", elf(0x3E), "fast.so.1 (x86_64)"),
        ],
    )
    def test_verify_native_files_names_what_was_not(
        self, tmp_path: Path, name: str, content: bytes, said: str
    ) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigurationError) as caught:
            verify_native_files(tmp_path, ARM)
        assert str(caught.value) == f"native files not built for arm64: {said}"
