"""The report as a page."""

from pathlib import Path

import pytest

from review.report import Against, html, report
from tests.review.review_helpers import assembly


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of prod against staging, as `make review` writes it."""
    against = Against(assembly=assembly("staging"), environment=True)
    path = tmp_path_factory.mktemp("review") / "prod.html"
    path.write_text(html(report(assembly("prod"), revision="abc1234", against=against)), encoding="utf-8")
    return path
