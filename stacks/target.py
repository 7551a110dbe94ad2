"""The platform that the function runs on, and what was really built for it."""

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stacks.errors import ConfigurationError
from stacks.settings import FunctionSettings

Architecture = Literal["arm64", "x86_64"]

_ELF_MAGIC = b"\x7fELF"
# e_machine, two bytes at offset 18 in the ELF header's byte order (little-endian on both).
_ELF_MACHINES: dict[int, Architecture] = {0x3E: "x86_64", 0xB7: "arm64"}
_MACHINE_NAMES: dict[str, Architecture] = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "amd64": "x86_64",
    "x86_64": "x86_64",
}
_WHEEL_ARCHITECTURES: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True)
class Target:
    """A Python version and a machine. `host`: whatever wheels suit the running interpreter."""

    python: tuple[int, int]
    architecture: Architecture
    host: bool

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"

    @property
    def runtime(self) -> str:
        """Lambda's name for the Python version."""
        return f"python{self.python_version}"

    @property
    def python_version(self) -> str:
        """`major.minor`."""
        return f"{self.python[0]}.{self.python[1]}"

    @property
    def wheel_platform(self) -> str:
        """The oldest platform tag whose wheels run in Lambda (Amazon Linux 2023: glibc 2.34)."""
        return f"{_WHEEL_ARCHITECTURES[self.architecture]}-manylinux_2_28"


def resolve_target(settings: FunctionSettings) -> Target:
    """The platform that the settings mean; either `host` setting stands for both.

    Raises ConfigurationError when only one of them is `host`, or when Lambda knows no
    such machine as this one.
    """
    if (settings.runtime == "host") != (settings.architecture == "host"):
        raise ConfigurationError("function: runtime and architecture must both be `host`, or neither")
    if settings.runtime != "host" and settings.architecture != "host":
        major, minor = settings.runtime.removeprefix("python").split(".")
        return Target((int(major), int(minor)), settings.architecture, host=False)
    machine = platform.machine().lower()
    if machine not in _MACHINE_NAMES:
        raise ConfigurationError(f"Lambda has no architecture like this machine's ({machine})")
    return Target(sys.version_info[:2], _MACHINE_NAMES[machine], host=True)


def matching_interpreter(target: Target) -> str | None:
    """The path of an interpreter whose bytecode the target reads, or None."""
    if sys.version_info[:2] == target.python:
        return sys.executable
    found = shutil.which(f"python{target.python_version}")
    if found is None:
        return None
    # A version manager's shim may stand for an interpreter that is not installed.
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    answer = subprocess.run([found, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    return found if answer.stdout.strip() == target.python_version else None


def verify_native_files(folder: Path, target: Target) -> None:
    """Read the machine out of every native file under `folder`.

    Raises ConfigurationError that names the files built for another machine than the target's.
    """
    wrong = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        machine = _native_machine(path)
        if machine is not None and machine != target.architecture:
            wrong.append(f"{path.relative_to(folder)} ({machine})")
    if wrong:
        raise ConfigurationError(f"native files not built for {target.architecture}: {', '.join(wrong)}")


def _native_machine(path: Path) -> str | None:
    """`arm64`, `x86_64` or what else a native file was built for; None for other files."""
    with path.open("rb") as file:
        header = file.read(20)
    if header.startswith(_ELF_MAGIC):
        code = int.from_bytes(header[18:20], "little")
        return _ELF_MACHINES.get(code, f"ELF machine {code}")
    # A shared library of another system (Mach-O, PE) never loads in Lambda.
    return "not Linux" if path.suffix in {".so", ".dylib", ".pyd", ".dll"} else None
