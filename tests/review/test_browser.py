"""The report as people see it: opened in a real Chromium, in light and dark, on a desk, a phone and paper."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.infra.stack_helpers import ROOT, ROUTES

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DESK, PHONE = 1280, 390
# The first rows of each table and those with a label: the others are alike, and there are hundreds.
FEWER_ROWS = """() => document.querySelectorAll("tbody").forEach((body) =>
    [...body.rows].slice(3).filter((row) => !row.querySelector(".tag")).forEach((row) => row.remove()))"""
Open = Callable[..., Page]


@pytest.fixture
def open_report(browser: Browser, page_file: Path) -> Iterator[Open]:
    """`open_report(width=390, color_scheme="dark")`: a window with the report, which asks nobody else."""
    asked: list[str] = []
    wrong: list[str] = []
    pages: list[Page] = []

    def open_it(*, width: int = DESK, **options: Any) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        pages.append(page)
        page.goto(page_file.as_uri())
        return page

    yield open_it
    for page in pages:
        page.close()
    assert set(asked) == {page_file.as_uri()}
    assert wrong == []


class TestReport:
    def test_report_shows_every_route(self, open_report: Open) -> None:
        page = open_report()
        rows = page.get_by_role("table", name="Every route").get_by_role("row")
        assert rows.count() == len(ROUTES) + 1

    def test_navigation_leads_to_each_section(self, open_report: Open) -> None:
        page = open_report()
        page.get_by_role("navigation").get_by_role("link", name="Cost").click()
        page.wait_for_function("Math.abs(document.getElementById('cost').getBoundingClientRect().top) < 120")

    @pytest.mark.parametrize(("scheme", "width"), list(itertools.product(SCHEMES, (DESK, PHONE))))
    def test_report_is_accessible(self, open_report: Open, scheme: str, width: int) -> None:
        page = open_report(width=width, color_scheme=scheme)
        page.evaluate(FEWER_ROWS)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")
        faults = [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"][:3]
        ]
        assert faults == []
        assert any(passed["id"] == "color-contrast" for passed in found["passes"])

    def test_report_follows_the_color_scheme(self, open_report: Open) -> None:
        shades = [
            page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
            for page in (open_report(color_scheme=scheme) for scheme in SCHEMES)
        ]
        assert shades[0] > 200
        assert shades[1] < 50

    @pytest.mark.parametrize("width", [320, PHONE, 768, DESK])
    def test_report_is_never_wider_than_the_window(self, open_report: Open, width: int) -> None:
        page = open_report(width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_phone_names_what_each_value_is(self, open_report: Open) -> None:
        page = open_report(width=PHONE)
        names = page.evaluate(
            "getComputedStyle(document.querySelector('#data ~ table td'), '::before').content"
        )
        assert names == '"store"'

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_labels_stay_inside_the_picture(self, open_report: Open, scheme: str) -> None:
        page = open_report(color_scheme=scheme)
        outside = page.evaluate(
            """() => {
                const frame = document.querySelector("svg.picture").getBoundingClientRect();
                return [...document.querySelectorAll("svg.picture text")]
                    .filter((text) => {
                        const box = text.getBoundingClientRect();
                        const beside = box.left < frame.left || box.right > frame.right;
                        return box.width && (beside || box.top < frame.top);
                    })
                    .map((text) => text.textContent);
            }"""
        )
        assert outside == []

    def test_boxes_fit_their_text(self, open_report: Open) -> None:
        wide = open_report().evaluate(
            """() => [...document.querySelectorAll("svg.picture g")]
                .filter((box) => {
                    const width = box.querySelector("rect").getBoundingClientRect().width;
                    const words = [...box.querySelectorAll("text")];
                    return words.some((each) => each.getBoundingClientRect().width > width);
                })
                .map((box) => box.textContent)"""
        )
        assert wide == []


class TestPaper:
    def test_print_is_white_and_without_navigation(self, open_report: Open) -> None:
        page = open_report(color_scheme="dark")
        page.emulate_media(media="print")
        assert not page.get_by_role("navigation").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

    def test_print_fits_the_paper(self, open_report: Open) -> None:
        page = open_report()
        paper = page.pdf(format="A4")
        assert paper.startswith(b"%PDF-")
        page.set_viewport_size({"width": 690, "height": 900})  # A4 less its margins, at 96 dots an inch
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 690
