"""The report for programs: JSON and SARIF 2.1.0."""

import json
from dataclasses import replace
from typing import Any

import pytest

from review.assembly import Assembly
from review.machine import SARIF_SCHEMA, as_json, as_sarif
from review.report import Against, Report, report
from tests.review.review_helpers import assembly, made, resource
from tests.review.test_findings import OPEN

URL = resource("Lambda::Url", AuthType="NONE")


def of(after: Assembly, before: Assembly | None = None) -> Report:
    against = None if before is None else Against(assembly=before, environment=False)
    return report(after, revision="abc1234", against=against)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The JSON of prod against staging."""
    against = Against(assembly=assembly("staging"), environment=True)
    found = report(assembly("prod"), revision="abc1234", against=against)
    loaded: dict[str, Any] = json.loads(as_json(found))
    return loaded


class TestJson:
    def test_json_has_every_section_of_the_report(self, document: dict[str, Any]) -> None:
        assert [each["anchor"] for each in document["sections"]][:2] == ["difference", "architecture"]
        assert document["environment"] == "prod"
        assert document["unknown_types"] == document["hazards"] == []

    def test_json_has_differences_with_values(self, document: dict[str, Any]) -> None:
        (lifetime,) = [
            each for each in document["difference"]["items"] if each["property"] == "IdTokenValidity"
        ]
        assert lifetime["danger"] == "changes"
        assert (lifetime["before"], lifetime["after"]) == (60, 15)
        assert document["difference"]["resources"].startswith("+0 ~")

    def test_json_has_permissions_of_each_principal(self, document: dict[str, Any]) -> None:
        mail = document["difference"]["permissions"][0]
        assert (mail["principal"], mail["actions"]) == ("Lambda function `Function`", ["ses:SendEmail"])
        assert {each["change"] for each in document["difference"]["permissions"]} == {"gained", "lost"}

    def test_json_has_each_price_with_its_date(self, document: dict[str, Any]) -> None:
        assert all(line["price_as_of"].startswith("20") for line in document["cost"])

    def test_json_without_comparison_has_no_difference(self) -> None:
        document = json.loads(as_json(of(made(Url=URL))))
        assert document["difference"] is None
        assert [each["danger"] for each in document["hazards"]] == ["opens"]

    def test_json_of_equal_templates_has_no_worst(self) -> None:
        document = json.loads(as_json(of(made(Url=URL), made(Url=URL))))
        assert document["difference"]["worst"] is None


class TestSarif:
    @staticmethod
    def run(found: Report) -> dict[str, Any]:
        document = json.loads(as_sarif(found))
        assert (document["version"], document["$schema"]) == ("2.1.0", SARIF_SCHEMA)
        (run,) = document["runs"]
        return dict(run)

    # The parts that https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and GitHub's code scanning demand.
    def test_each_result_has_rule_level_message_and_location(self) -> None:
        run = self.run(of(made(Url=URL, Miner=resource("EC2::Instance")), made()))
        rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        assert run["tool"]["driver"]["name"]
        assert len(run["results"]) == 2
        for result in run["results"]:
            assert result["level"] == rules[result["ruleId"]]["defaultConfiguration"]["level"]
            assert result["message"]["text"]
            (location,) = result["locations"]
            assert location["physicalLocation"]["artifactLocation"]["uri"] == "app.py"
            assert location["physicalLocation"]["region"]["startLine"] == 1
            assert location["logicalLocations"][0]["fullyQualifiedName"]
            assert result["partialFingerprints"]

    def test_rules_have_unique_ids_and_texts(self) -> None:
        rules = self.run(of(made()))["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        assert all(rule["fullDescription"]["text"].endswith(".") for rule in rules)

    def test_standing_danger_is_a_result_without_a_comparison(self) -> None:
        (result,) = self.run(of(made(Url=URL)))["results"]
        assert (result["ruleId"], result["level"]) == ("opens", "error")
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "Url.AuthType"

    def test_stack_itself_is_a_location(self) -> None:
        (result,) = self.run(of(made(), replace(made(), protected=True)))["results"]
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "termination protection"

    def test_open_finding_is_an_error(self) -> None:
        (result,) = self.run(of(replace(made(), findings=[OPEN])))["results"]
        assert (result["ruleId"], result["message"]["text"]) == (
            "rule-pack",
            "AwsSolutions-S1: No access logs.",
        )
