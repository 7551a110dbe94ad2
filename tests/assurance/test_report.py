"""`docs/assurance.md` and the mutation tests behind it, from what the tools print."""

from datetime import date
from pathlib import Path

from assurance.mutation import Score, Survivor, changed_lines, prepare, read_results
from assurance.report import function_of, read, render

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


class TestRead:
    def test_adds_up_what_the_tests_recorded(self, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        junit.write_text(JUNIT, encoding="utf-8")

        figures = read(junit)

        assert (figures.tests, figures.failures) == (4, 1)
        assert figures.total("cases") == 42
        assert figures.total("points", "tests.assurance.test_request_faults") == 7
        assert figures.total("rounds", "tests.assurance") == 0
        assert figures.slowest == [
            "POST /api/v1/spaces 110 ms",
            "GET /api/v1/users/me 9 ms",
            "GET /health 1 ms",
        ]


class TestRender:
    def test_shows_counts_score_and_survivors(self, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        junit.write_text(JUNIT, encoding="utf-8")

        page = render(read(junit), SCORE, date(2026, 11, 26))

        assert "on 2026-11-26" in page
        assert "4 tests ran, 1 failed." in page
        assert "| Fuzzing | 42 requests |" in page
        assert "| Races | 500 rounds |" in page
        assert "| Mutation testing | 40 mutants | 95.0 % noticed by a test |" in page
        assert "- `POST /api/v1/spaces 110 ms`" in page
        assert "`app.services.members.remove`" in page
        assert "+ a >= 1" in page

    def test_says_that_no_mutant_survived(self, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        junit.write_text(JUNIT, encoding="utf-8")

        assert render(read(junit), Score(5, ()), date(2026, 11, 26)).endswith("no test noticed\n\nNone.\n")


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
