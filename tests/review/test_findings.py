from dataclasses import replace

from review.findings import findings, section
from stacks.compliance import ACKNOWLEDGED
from tests.review.review_helpers import assembly, made, table, texts

OPEN = {
    "pluginName": "AwsSolutions",
    "violations": [
        {
            "ruleName": "AwsSolutions-S1",
            "description": "No access logs.",
            "violatingConstructs": [{"constructPath": "Stack/Bucket/Resource"}],
        }
    ],
}


class TestFindingsOfProd:
    def test_each_finding_has_its_recorded_reason(self) -> None:
        found = findings(assembly("prod"))
        assert found
        for each in found:
            # What is acknowledged of a construct is so of all that is in it.
            assert each.reason in {
                ours.reason
                for ours in ACKNOWLEDGED
                if ours.rule.partition("::")[2] == each.rule and each.resource.startswith(ours.resource)
            }

    def test_no_finding_is_open(self) -> None:
        assert section(assembly("prod")).answer.endswith("None is open: each has a reason.")


class TestFindings:
    def test_open_findings_stand_first(self) -> None:
        found = section(replace(made(), findings=[OPEN]))
        assert (
            found.answer
            == "1 finding of the rule packs `AwsSolutions`. 1 finding without an accepted reason."
        )
        assert texts(table(found, "Findings")) == [
            ("`AwsSolutions-S1`", "No access logs.", "`Bucket/Resource`", "open")
        ]
