"""What the scan makes of the scanners' reports; `make test-long` runs the scanners themselves."""

import json
from pathlib import Path

import pytest

from delivery import scan as scanning
from delivery.scan import (
    ACCEPTED,
    ScanError,
    faults,
    rules_of_cfn_lint,
    rules_of_checkov,
    rules_of_zizmor,
    scan,
    secrets_of_checkov,
)

# One report of each, as they write it, cut to what is read.
FOUND = {"check_id": "CKV_AWS_59", "file_path": "/template.json"}
CHECKOV = {"results": {"failed_checks": [FOUND, FOUND]}}
ZIZMOR = [{"ident": "self-repository", "determinations": {"severity": "Low"}}]
CFN_LINT = [{"Rule": {"Id": "W3005"}, "Level": "Warning"}]


class TestRules:
    def test_are_read_from_each_report(self) -> None:
        assert rules_of_checkov(json.dumps(CHECKOV)) == {"CKV_AWS_59"}
        assert rules_of_checkov(json.dumps([CHECKOV])) == {"CKV_AWS_59"}
        assert rules_of_zizmor(json.dumps(ZIZMOR)) == {"self-repository"}
        assert rules_of_cfn_lint(json.dumps(CFN_LINT)) == {"W3005"}

    def test_secrets_are_read_with_their_file(self) -> None:
        found = {"check_id": "CKV_SECRET_6", "file_path": "/local/aws.py"}
        report = {"results": {"failed_checks": [found]}}
        assert secrets_of_checkov(json.dumps(report)) == {"CKV_SECRET_6 local/aws.py"}

    def test_are_none_where_a_scanner_says_nothing(self) -> None:
        assert secrets_of_checkov(json.dumps({"passed": 0, "failed": 0})) == set()
        assert rules_of_zizmor("") == rules_of_cfn_lint("") == set()


class TestFaults:
    def test_are_none_where_all_is_accepted(self) -> None:
        assert faults(ACCEPTED) == []

    def test_name_what_is_new_and_what_is_no_longer_needed(self) -> None:
        assert faults({"CKV_AWS_1"}, {"CKV_AWS_2": "a reason"}) == [
            "CKV_AWS_1: not accepted",
            "CKV_AWS_2: accepted, though nothing breaks it any more",
        ]

    def test_acceptances_have_a_reason_each(self) -> None:
        assert all(len(reason.split()) > 5 for reason in ACCEPTED.values())


class TestScan:
    def program(self, folder: Path, name: str, output: object, code: int) -> None:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{json.dumps(output)}'\nexit {code}\n")
        program.chmod(0o755)

    def test_joins_what_the_scanners_find(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.program(tmp_path, "checkov", CHECKOV, 1)
        self.program(tmp_path, "zizmor", ZIZMOR, 12)
        self.program(tmp_path, "cfn-lint", CFN_LINT, 4)
        monkeypatch.setattr(scanning, "SCANNERS", tmp_path)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        assert scan(tmp_path / "template.json", tmp_path) == {
            "CKV_AWS_59",
            "CKV_AWS_59 template.json",
            "self-repository",
            "W3005",
        }

    def test_says_that_a_scanner_is_missing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scanning, "SCANNERS", tmp_path)
        with pytest.raises(ScanError, match="is missing; `make scan` installs it"):
            scan(tmp_path / "template.json", tmp_path)

    def test_says_that_a_scanner_broke_down(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = tmp_path / "checkov"
        program.write_text("#!/bin/sh\necho broken >&2\nexit 2\n")
        program.chmod(0o755)
        monkeypatch.setattr(scanning, "SCANNERS", tmp_path)
        with pytest.raises(ScanError, match="checkov failed: broken"):
            scan(tmp_path / "template.json", tmp_path)
