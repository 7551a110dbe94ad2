"""`docs/assurance.md` and the mutation tests behind it, from what the tools print."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from assurance import report
from assurance.mutation import Score, Survivor, changed_lines, prepare, read_results
from assurance.report import Figures, function_of, read_junit, render

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="0" failures="1" tests="4">
<testcase classname="tests.assurance.test_fuzzing.TestOperations" name="test_a">
  <properties><property name="cases" value="40" />
  <property name="slowest" value="['GET /api/v1/users/me 9 ms', 'POST /api/v1/spaces 110 ms']" /></properties>
</testcase>
<testcase classname="tests.assurance.test_fuzzing.TestOperations" name="test_b">
  <properties><property name="cases" value="2" /><property name="slowest" value="['GET /health 1 ms']" />
  </properties><failure message="500" />
</testcase>
<testcase classname="tests.assurance.test_request_faults.TestEveryCall" name="test_c">
  <properties><property name="points" value="7" /><property name="refused" value="3" /></properties>
</testcase>
<testcase classname="tests.database.test_rounds.TestCounters" name="test_d">
  <properties><property name="rounds" value="500" /></properties>
</testcase>
</testsuite></testsuites>"""
RESULTS = """
    app.services.members.x_remove__mutmut_1: killed
    app.services.members.x_remove__mutmut_2: survived
    app.services.permissions.xǁAccessǁrequire__mutmut_1: no tests
"""
DIFF = """# app.services.members.x_remove__mutmut_2: survived
--- src/app/services/members.py
+++ src/app/services/members.py
@@ -1,2 +1,2 @@
 def remove():
-    return count > 1
+    return count >= 1
"""
SCORE = Score(38, (Survivor("app.services.members.x_remove__mutmut_2", "- a > 1\n+ a >= 1"),) * 2)


class TestReadJunit:
    def test_adds_up_what_the_tests_recorded(self, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        junit.write_text(JUNIT, encoding="utf-8")

        figures = read_junit(junit)

        assert (figures.tests, figures.failures) == (4, 1)
        assert figures.sums == {"cases": 42, "points": 7, "refused": 3, "rounds": 500}
        assert figures.slowest == [
            "POST /api/v1/spaces 110 ms",
            "GET /api/v1/users/me 9 ms",
            "GET /health 1 ms",
        ]


class TestRecord:
    def test_replaces_the_result_of_its_part_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
        report.record("races", Figures(5, 1, {"rounds": 1}, []), "2026-11-25")
        report.record("mutation", SCORE, "2026-11-25")

        report.record("races", Figures(5, 0, {"rounds": 2}, []), "2026-11-26")

        results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
        assert results["races"] == {
            "on": "2026-11-26",
            "tests": 5,
            "failures": 0,
            "sums": {"rounds": 2},
            "slowest": [],
        }
        assert results["mutation"]["killed"] == 38


class TestRender:
    def test_shows_each_part_with_its_day(self) -> None:
        fuzzing = Figures(93, 0, {"cases": 42_000}, ["POST /api/v1/spaces 110 ms"])
        page = render(
            {
                "fuzzing": {"on": "2026-11-26", **asdict(fuzzing)},
                "mutation": {"on": "2026-11-25", **asdict(SCORE)},
            }
        )

        assert "| Fuzzing | 2026-11-26 | 42,000 requests | no server error, no undocumented answer |" in page
        assert "| Mutation testing | 2026-11-25 | 40 mutants | 95.0 % noticed by a test |" in page
        assert "Races" not in page
        assert "- `POST /api/v1/spaces 110 ms`" in page
        assert "`app.services.members.remove`" in page
        assert "+ a >= 1" in page

    def test_shows_failures_instead_of_the_result(self) -> None:
        page = render({"races": {"on": "2026-11-26", **asdict(Figures(30, 2, {"rounds": 9}, []))}})

        assert "| Races | 2026-11-26 | 9 rounds | **2 of 30 tests failed** |" in page

    def test_says_that_no_mutant_survived(self) -> None:
        page = render({"mutation": {"on": "2026-11-26", **asdict(Score(5, ()))}})

        assert page.endswith("no test noticed\n\nNone.\n")

    def test_is_the_page_that_is_committed(self) -> None:
        results = json.loads(report.RESULTS.read_text(encoding="utf-8"))

        assert report.PAGE.read_text(encoding="utf-8") == render(results)


class TestMutation:
    def test_results_are_read_by_mutant(self) -> None:
        assert read_results(RESULTS) == {
            "app.services.members.x_remove__mutmut_1": "killed",
            "app.services.members.x_remove__mutmut_2": "survived",
            "app.services.permissions.xǁAccessǁrequire__mutmut_1": "no tests",
        }

    def test_changed_lines_are_those_of_the_diff(self) -> None:
        assert changed_lines(DIFF) == "- return count > 1\n+ return count >= 1"

    def test_function_has_its_module_and_class(self) -> None:
        assert function_of("app.services.members.x__remove__mutmut_12") == "app.services.members._remove"
        assert function_of("app.services.permissions.xǁAccessǁrequire__mutmut_1") == (
            "app.services.permissions.Access.require"
        )

    def test_workspace_has_the_sources_where_mutmut_looks(self, tmp_path: Path) -> None:
        prepare(tmp_path, ["app/services/streaks.py"])

        project = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
        assert (tmp_path / "src" / "app" / "services" / "streaks.py").exists()
        assert 'pythonpath = ["src", "."]' in project
        assert 'only_mutate = ["src/app/services/streaks.py"]' in project
