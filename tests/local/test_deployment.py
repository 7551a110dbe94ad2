from pathlib import Path

import pytest

from local.deployment import fingerprint


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lambda_src" / "app").mkdir(parents=True)
    (tmp_path / "lambda_src" / "app" / "main.py").write_text("one")
    (tmp_path / "cdk.json").write_text("{}")
    return tmp_path


class TestFingerprint:
    def test_fingerprint_stays_while_nothing_changes(self, root: Path) -> None:
        before = fingerprint(root)
        (root / "lambda_src" / "app" / "__pycache__").mkdir()
        (root / "lambda_src" / "app" / "__pycache__" / "main.pyc").write_bytes(b"compiled")
        (root / "README.md").write_text("not deployed")

        assert fingerprint(root) == before

    def test_fingerprint_changes_with_a_source(self, root: Path) -> None:
        before = fingerprint(root)
        (root / "lambda_src" / "app" / "main.py").write_text("two")

        assert fingerprint(root) != before

    def test_fingerprint_changes_with_a_name(self, root: Path) -> None:
        before = fingerprint(root)
        (root / "lambda_src" / "app" / "main.py").rename(root / "lambda_src" / "app" / "other.py")

        assert fingerprint(root) != before

    def test_fingerprint_changes_with_the_settings(self, root: Path) -> None:
        before = fingerprint(root)
        (root / "cdk.json").write_text('{"context": {}}')

        assert fingerprint(root) != before
