"""A real browser for the report, of the system's own packages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.review.made import assembly
from tools.review.report import Against, html, report

# By the names that distributions and makers give it.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Fails, and does not skip, where there is none: then nobody knows what the report looks like."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail(
            "no Chromium found: install it (Debian, Ubuntu: `apt-get install chromium`; or Google Chrome)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of prod against staging, as `make review` writes it."""
    against = Against(assembly=assembly("staging"), environment=True)
    path = tmp_path_factory.mktemp("review") / "prod.html"
    path.write_text(html(report(assembly("prod"), revision="abc1234", against=against)), encoding="utf-8")
    return path
