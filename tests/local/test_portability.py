"""What macOS lacks: its GNU make is 3.81, its bash 3.2, its tools are BSD's. Nobody here can run it there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SCRIPTS = [ROOT / "Makefile", ROOT / ".ci" / "run", ROOT / "local" / "find-python"]


class TestMakefile:
    # https://git.savannah.gnu.org/cgit/make.git/plain/NEWS, from 3.82 on
    @pytest.mark.parametrize(
        "newer",
        [
            r"^override export\b",
            r"^export override\b",
            r"^\.ONESHELL\b",
            r"^\.SHELLFLAGS\b",
            r"^\s*(private|undefine)\b",
            r"^[\w-]+ *(!=|::=)",
            r"\$\((file|guile|let|intcmp) ",
            r"^define [\w-]+ *[:?+]?=",
        ],
    )
    def test_makefile_uses_nothing_newer_than_make_3_81(self, newer: str) -> None:
        assert re.findall(newer, MAKEFILE, re.MULTILINE) == []


class TestScripts:
    @pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
    @pytest.mark.parametrize(
        "gnu",
        [
            r"\bxargs -r\b",
            r"\bdate -d\b",
            r"\bsed -i\b",
            r"\breadlink -f\b",
            r"\bgrep -P\b",
            r"\bstat -c\b",
            r"\bmktemp --",
            r"\btimeout \d",
            r"\bnproc\b",
        ],
    )
    def test_scripts_use_no_option_that_bsd_lacks(self, path: Path, gnu: str) -> None:
        assert re.findall(gnu, path.read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize(
        "newer", [r"declare -A", r"\bmapfile\b", r"\breadarray\b", r"\$\{\w+(\^|,)", r"&>>", r"\|&"]
    )
    def test_scripts_use_no_syntax_newer_than_bash_3_2(self, newer: str) -> None:
        text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        assert re.findall(newer, text) == []
