"""The runbook against the templates and AWS: a page an alarm, and nothing in it that does not exist."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from stacks.gateway import ACCESS_LOG_FIELDS
from stacks.settings import AlarmSettings, Canary
from tests.html_helpers import DISASTER_RECOVERY, RUNBOOK, blocks, commands
from tests.infra.stack_helpers import ENVIRONMENTS, ROOT, backend

PAGES = sorted(path for path in RUNBOOK.glob("*.md") if path.name != "README.md")
FIRST_DEPLOYMENT = ROOT / "docs" / "first-deployment.md"
WITH_COMMANDS = [*sorted(RUNBOOK.glob("*.md")), DISASTER_RECOVERY, FIRST_DEPLOYMENT]
# What CloudWatch Logs Insights itself knows.
KEYWORDS = {
    *(
        "fields",
        "filter",
        "stats",
        "sort",
        "limit",
        "parse",
        "by",
        "as",
        "in",
        "and",
        "or",
        "like",
        "desc",
        "asc",
    ),
    *("count", "count_distinct", "pct", "max", "bin"),
}
# What Lambda writes itself, and what Powertools and the JSON of an exception add.
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
LAMBDA_FIELDS = {
    *("type", "level", "message", "exception", "exception_name"),
    *("record.status", "record.errorType", "record.metrics.durationMs", "record.metrics.maxMemoryUsedMB"),
    *("record.metrics.initDurationMs", "record.metrics.restoreDurationMs"),
}
THRESHOLDS = {
    *(f"alarms.{name}" for name in set(AlarmSettings.model_fields) - {"emails", "rate_from_requests"}),
    *(f"function.canary.{name}" for name in set(Canary.model_fields) - {"shift"}),
}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.stem


@cache
def sources() -> str:
    return "".join(text(path) for path in sorted((ROOT / "lambda_src").rglob("*.py")))


def fields(query: str) -> set[str]:
    """The names in a query, without what it says itself: texts, patterns, aliases."""
    made = set(re.findall(r"\bas (\w+)|\?<(\w+)>", query))
    bare = re.sub(r'"[^"]*"|/.*?/', " ", query)
    words = set(re.findall(r"(?<![\w@.])[a-zA-Z_][\w.]*", bare))
    return words - KEYWORDS - {alias for pair in made for alias in pair}


class TestPages:
    def test_pages_are_one_for_each_alarm_and_the_budget(self) -> None:
        named = {
            re.search(r"docs/runbook/([a-z-]+)\.md$", alarm["Properties"]["AlarmDescription"])
            for environment in ENVIRONMENTS
            for alarm in backend(environment).all("CloudWatch::Alarm").values()
        }
        assert {match and match[1] for match in named} | {"budget"} == {page.stem for page in PAGES}

    def test_pages_are_all_in_the_index(self) -> None:
        linked = re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)", text(RUNBOOK / "README.md"), re.MULTILINE)
        assert sorted(linked) == [page.stem for page in PAGES]

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_pages_say_what_it_means_where_to_look_and_what_to_do(self, page: Path) -> None:
        assert re.findall(r"^## (.*)$", text(page), re.MULTILINE) == [
            "What it says",
            "What to look at",
            "What to do",
        ]

    def test_name_the_setting_of_their_threshold_each_its_own(self) -> None:
        named = [re.search(r"^Setting: `([a-z0-9_.]+)`", text(page), re.MULTILINE) for page in PAGES]
        settings = [match[1] for match in named if match]
        assert sorted(settings) == sorted(THRESHOLDS)

    @pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
    def test_pages_link_to_pages_that_exist(self, page: Path) -> None:
        links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text(page))
        assert [link for link in links if not (page.parent / link).exists()] == []


class TestCommands:
    @pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
    def test_commands_are_known_to_aws(self, page: Path) -> None:
        assert {command: command.faults() for command in commands(text(page)) if command.faults()} == {}

    @pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
    def test_commands_of_make_have_their_target(self, page: Path) -> None:
        makefile = text(ROOT / "Makefile")
        for target in re.findall(r"\bmake ([a-z-]+) ENV=", text(page)):
            assert f"\n{target}: require-env" in makefile

    @pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
    def test_commands_find_the_resources_that_they_look_up(self, page: Path) -> None:
        resources = backend("prod").template["Resources"]
        for prefix, kind in re.findall(r"\(resource (\w+) ([\w:]+)\)", text(page)):
            found = [
                each for each in resources if each.startswith(prefix) and resources[each]["Type"] == kind
            ]
            assert len(found) == 1, prefix

    def test_commands_use_existing_outputs(self) -> None:
        for page in WITH_COMMANDS:
            assert set(re.findall(r"\(output (\w+)\)", text(page))) <= set(
                backend("prod").template["Outputs"]
            )


class TestQueries:
    @pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
    def test_queries_of_the_access_log_know_its_fields(self, page: Path) -> None:
        for query in blocks(text(page), "access-log"):
            assert fields(query) - set(ACCESS_LOG_FIELDS) == set(), query

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_queries_of_the_functions_log_ask_for_what_is_written(self, page: Path) -> None:
        for query in blocks(text(page), "function-log"):
            for field in fields(query) - LAMBDA_FIELDS:
                assert re.search(rf'\b{field.split(".")[0]}(=|": )', sources()), field

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_name_events_that_the_app_writes(self, page: Path) -> None:
        for query in blocks(text(page), "function-log"):
            for event in re.findall(r'"((?:http|background|aws|token_keys)\.\w+)"', query):
                assert f'"{event}"' in sources(), event


class TestDisasterRecovery:
    def test_disaster_recovery_has_the_stack_adopt_what_it_calls_by_a_literal_name(self) -> None:
        page = text(DISASTER_RECOVERY)
        mapped = set(re.findall(r'\\"(\w+)\\": \{\\"', page))
        resources = backend("prod").template["Resources"]
        assert mapped == {name for name, each in resources.items() if _kept(each)}

    def test_disaster_recovery_lifts_the_stack_policy_by_one_that_allows_all(self) -> None:
        (policy,) = re.findall(r"'(\{\"Statement\".*?\})'", text(DISASTER_RECOVERY))
        assert json.loads(policy)["Statement"] == [
            {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
        ]

    def test_disaster_recovery_restores_the_reserved_concurrency(self) -> None:
        reserved = ENVIRONMENTS["prod"]["function"]["reserved_concurrency"]
        assert f"--reserved-concurrent-executions {reserved} " in text(DISASTER_RECOVERY)


def _kept(resource: dict[str, str]) -> bool:
    return resource.get("DeletionPolicy") == "Retain" and resource["Type"] != "AWS::Logs::LogGroup"


class TestCdkCommands:
    @pytest.mark.parametrize("page", [DISASTER_RECOVERY, FIRST_DEPLOYMENT], ids=lambda page: page.stem)
    def test_name_an_environment(self, page: Path) -> None:
        # The CLI runs the app for each of them, `cdk bootstrap` included, and the app refuses to guess one.
        found = re.findall(r"^\$ npx cdk .*", text(page), re.MULTILINE)
        assert found
        assert [command for command in found if " -c env=prod" not in command] == []
