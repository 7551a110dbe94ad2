from datetime import date

import pytest

from review.quotas import QUOTAS, section, uses
from tests.review.review_helpers import assembly, made, points, resource, table, texts


class TestQuotasOfProd:
    def test_answer_says_none_is_nearly_used_up(self) -> None:
        assert "none is more than 80% used by what grows with the product" in section(assembly("prod")).answer

    def test_table_shows_use_and_limit(self) -> None:
        rows = {
            row[0]: row[1:] for row in texts(table(section(assembly("prod")), "Quotas, the nearest first"))
        }
        resources = len(assembly("prod").template["Resources"])
        assert rows["CloudFormation: resources in a stack"][1:3] == (f"{resources}", "500")
        assert rows["API Gateway: requests a second, the whole account's"][1:] == (
            "500",
            "10,000",
            "5%",
            "yes",
        )
        assert rows["SQS: seconds that a message is kept"][3] == "chosen 100%"

    def test_quotas_are_sorted_by_share(self) -> None:
        shares = [use.share for use in uses(assembly("prod"))]
        assert shares == sorted(shares, reverse=True)

    def test_points_say_what_reserved_concurrency_can_take(self) -> None:
        assert points(section(assembly("prod")))[0].startswith(
            "500 requests a second of 0.04 s each keep 20 of the 200 reserved executions"
        )


class TestQuotas:
    def test_near_and_tight_quotas_are_marked(self) -> None:
        layers = {"Near": 3, "Tight": 5}
        found = section(
            made(**{name: resource("Lambda::Function", Layers=["x"] * n) for name, n in layers.items()})
        )
        shares = {
            row[1]: row[4] for row in texts(table(found, "Quotas, the nearest first")) if "layers" in row[0]
        }
        assert shares == {"Lambda function `Near`": "near 60%", "Lambda function `Tight`": "tight 100%"}
        assert "1 is more than 80% used" in found.answer

    def test_unreserved_function_shares_the_account_concurrency(self) -> None:
        found = section(made(Function=resource("Lambda::Function")))
        assert points(found)[0].startswith(
            "not reserved Lambda function `Function` shares the account's concurrency"
        )

    def test_stage_without_throttle_has_no_concurrency_estimate(self) -> None:
        found = made(
            Stage=resource("ApiGateway::Stage", MethodSettings=[{"ResourcePath": "/*"}]),
            Function=resource("Lambda::Function", ReservedConcurrentExecutions=5),
        )
        assert len(points(section(found))) == 1

    @pytest.mark.parametrize("name", QUOTAS["quotas"])
    def test_quota_has_a_source(self, name: str) -> None:
        assert QUOTAS["quotas"][name]["source"].startswith("https://docs.aws.amazon.com/")
        assert date.fromisoformat(QUOTAS["collected"])
