"""`benchmarks`: the generated page, and what counts as over the budget."""

import json
import sys
from xml.etree import ElementTree

import pytest

from benchmarks import report
from benchmarks.__main__ import BUDGET, LOAD_S, main, over_budget

WITHIN = {
    "application": {"cold": 140.0, "get": 8.0, "post": 17.0, "rss_mb": 60.0, "zipped_mb": 10.9},
    "reference": {"cold": 100.0, "get": 10.0, "post": 10.0, "rss_mb": 50.0, "zipped_mb": 20.0},
}


class TestPage:
    def test_page_and_chart_are_committed_as_made_from_results(self) -> None:
        results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
        assert report.PATH.read_text(encoding="utf-8") == report.render(results), "run `make bench`"
        chart = report.chart(results["figures"], results["budget"])
        assert report.CHART.read_text(encoding="utf-8") == chart

    def test_budget_and_results_of_page_are_those_of_code(self) -> None:
        results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
        assert results["budget"] == BUDGET
        assert over_budget(results["figures"]) == []
        assert results["handler"]["application"]["seconds"] >= LOAD_S
        assert results["local"]["seconds"] == LOAD_S

    def test_costs_are_read_from_capacity_page(self) -> None:
        assert all(0 < dollars < 30 for dollars in report.database_costs().values())

    def test_chart_is_svg_with_a_bar_for_each_figure(self) -> None:
        root = ElementTree.fromstring(report.chart(WITHIN, BUDGET))  # noqa: S314 - of our own making
        bars = [each for each in root.iter() if each.get("fill") == "#2a6f97"]
        assert len(bars) == len(WITHIN["application"])


class TestOverBudget:
    def test_figures_within_the_budget_are_no_fault(self) -> None:
        assert over_budget(WITHIN) == []

    def test_ratio_over_the_budget_is_named(self) -> None:
        slow = WITHIN | {"application": WITHIN["application"] | {"cold": 151.0, "rss_mb": 66.0}}
        assert over_budget(slow) == ["cold: 1.51, budget 1.5", "rss_mb: 66.00, budget 65.0"]

    def test_first_answer_after_a_restore_is_checked(self) -> None:
        restored = {name: {**each, "restored": 10.0} for name, each in WITHIN.items()}
        assert over_budget(restored) == ["restored: 1.00, budget 0.75"]

    def test_memory_and_size_are_checked_where_instructions_are_not_counted(self) -> None:
        ours = {"rss_mb": 60.0, "zipped_mb": 11.1}
        assert over_budget({"application": ours, "reference": {"rss_mb": 50.0, "zipped_mb": 20.0}}) == [
            "zipped_mb: 11.10, budget 11.0"
        ]


class TestMain:
    @pytest.mark.parametrize(("command", "status"), [("check", 0), ("run", 1), ("load", 1)])
    def test_main_measures_nothing_on_another_system(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, status: int
    ) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")

        assert main(command) == status
        assert capsys.readouterr().out.startswith("The budget is that of Linux with Python 3.13")
