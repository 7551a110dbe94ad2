import re
from datetime import date

import pytest

from review.advice import advice
from review.cost import calls_a_month, lines, section
from review.prices import LOAD, PRICES, Line
from review.stack import Resource
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

METHODS = len(assembly("prod").stack.all("AWS::ApiGateway::Method"))


def line(what: str, *, of: dict[str, Entry] | None = None) -> Line:
    stack = assembly("prod").stack if of is None else made(**of).stack
    (found,) = [each for each in lines(stack) if each.what == what]
    return found


class TestBillOfProd:
    def test_total_is_the_sum_of_its_lines(self) -> None:
        bill = lines(assembly("prod").stack)
        rows = texts(table(section(assembly("prod").stack), "The bill, the largest first"))
        assert rows[-1] == (
            "Total",
            "",
            "",
            f"${sum(each.dollars for each in bill):,.2f}",
            f"${sum(each.after_allowance for each in bill):,.2f}",
        )
        assert len(rows) == len(bill) + 1

    def test_answer_says_what_a_million_requests_cost(self) -> None:
        bill = lines(assembly("prod").stack)
        moving = sum(each.dollars for each in bill if not each.fixed)
        assert section(assembly("prod").stack).answer.startswith(
            f"1,000,000 requests a month cost ${moving:,.2f}, and"
        )

    def test_table_shows_the_arithmetic(self) -> None:
        rows = {
            row[0]: row[1:]
            for row in texts(table(section(assembly("prod").stack), "The bill, the largest first"))
        }
        assert rows["REST API `Api`: requests"] == (
            "all = 1,000,000 requests",
            "$3.70 per 1,000,000 requests",
            "$3.70",
            "$3.70",
        )
        assert rows["DynamoDB table `Table`: writes"][:3] == (
            "requests × 0.25 × 14 = 3,500,000 write units",  # noqa: RUF001
            "$0.7625 per 1,000,000 write units",
            "$2.67",
        )

    def test_detailed_metrics_have_a_line(self) -> None:
        assert line("Metrics of every method").quantity == METHODS * 5 * LOAD["called_hours"]["value"]

    def test_points_name_every_unconfirmed_price(self) -> None:
        (told,) = [
            point for point in points(section(assembly("prod").stack)) if point.startswith("unverified")
        ]
        unverified = [each.what for each in lines(assembly("prod").stack) if not each.is_verified]
        assert unverified
        assert all(what in told for what in unverified)

    def test_every_unconfirmed_price_has_its_date(self) -> None:
        rows = table(section(assembly("prod").stack), "The bill, the largest first").rows
        labels = {row[2].label for row in rows if row[2].label}
        assert labels
        assert all(re.fullmatch(r"unverified, 20\d\d-\d\d-\d\d", label) for label in labels)

    def test_answer_questions_the_largest_item(self) -> None:
        stack = assembly("prod").stack
        largest = METHODS * 5 * 0.5 * 0.30
        share, dollars = largest / sum(each.dollars for each in lines(stack)), f"${largest:,.2f}"
        assert (
            f"The largest item is Metrics of every method ({share:.0%}, {dollars}), which "
            "`MetricsEnabled: false` for `/*` of the API stage would save." in section(stack).answer
        )

    def test_cheaper_settings_stand_first_with_what_stays_the_same(self) -> None:
        told = points(section(assembly("prod").stack))
        assert told[0].startswith(
            f"cheaper `MetricsEnabled: false` for `/*` of the API stage saves ${METHODS * 5 * 0.5 * 0.30:.2f}"
        )
        assert "no alarm or dashboard reads them" in told[0]
        assert told[1].startswith("cheaper `UserPoolTier: LITE` saves $47.50")


class TestDifference:
    def test_bill_is_compared_line_by_line(self) -> None:
        before = made(Key=resource("KMS::Key"), Table=resource("DynamoDB::Table")).stack
        after = made(Acl=resource("WAFv2::WebACL", Rules=[{}]), Table=resource("DynamoDB::Table")).stack
        found = section(after, before)
        assert texts(table(found, "What changes in the bill, the largest first")) == [
            ("web ACL `Acl`", "$0.00", "$5.00", "+5.00"),
            ("KMS key `Key`", "$1.00", "$0.00", "-1.00"),
            ("web ACL `Acl`: rules", "$0.00", "$1.00", "+1.00"),
            ("web ACL `Acl`: requests", "$0.00", "$0.60", "+0.60"),
            ("Total", "$5.88", "$11.48", "+5.60"),
        ]
        assert "The difference is +5.60 US dollars a month at list price." in found.answer


class TestAdvice:
    def test_alarm_on_one_method_keeps_the_detailed_metrics(self) -> None:
        alarm = resource(
            "CloudWatch::Alarm", MetricName="5XXError", Dimensions=[{"Name": "Method", "Value": "GET"}]
        )
        setting = {"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": True}
        stage = {
            "Stage": resource("ApiGateway::Stage", MethodSettings=[setting]),
            "Get": resource("ApiGateway::Method"),
        }
        bills = [made(**stage).stack, made(**stage, Alarm=alarm).stack]
        assert [len(advice(stack, lines(stack))) for stack in bills] == [1, 0]

    @pytest.mark.parametrize(
        "properties",
        [
            {"UserPoolTier": "LITE"},
            {"WebAuthnRelyingPartyID": "example.com"},
            {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}},
            {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0"}}},
        ],
    )
    def test_pool_that_needs_its_plan_keeps_it(self, properties: Entry) -> None:
        stack = made(Pool=resource("Cognito::UserPool", **properties)).stack
        assert advice(stack, lines(stack)) == []

    def test_other_processor_is_cheaper(self) -> None:
        stack = made(Function=resource("Lambda::Function")).stack
        (one,) = advice(stack, lines(stack))
        assert one.setting == "`Architectures: [arm64]`"
        assert one.dollars > 0

    def test_schedules_are_counted(self) -> None:
        assert "9,490 by schedule" in line("Lambda function `Function`: calls").how


class TestBill:
    def test_bill_grows_with_firewall_keys_and_dashboards(self) -> None:
        arn = {"Fn::GetAtt": ["Key", "Arn"]}
        bill = {
            each.what: each.dollars
            for each in lines(
                made(
                    Acl=resource("WAFv2::WebACL", Rules=[{}, {}]),
                    Key=resource("KMS::Key"),
                    Spare=resource("KMS::Key"),
                    Table=resource("DynamoDB::Table", SSESpecification={"KMSMasterKeyId": arn}),
                    Board=resource("CloudWatch::Dashboard"),
                    Pool=resource("Cognito::UserPool", UserPoolTier="PLUS"),
                ).stack
            )
        }
        assert bill["web ACL `Acl`: rules"] == 2
        assert bill["KMS key `Key`: uses"] == 3
        assert "KMS key `Spare`: uses" not in bill
        assert "DynamoDB table `Table`: backup" not in bill
        assert bill["Dashboards"] == 3
        assert bill["Cognito user pool `Pool`: plus plan"] == 100

    def test_plain_function_has_no_snapshot_and_no_trace(self) -> None:
        bill = [each.what for each in lines(made(Function=resource("Lambda::Function")).stack)]
        assert bill == [
            "Lambda function `Function`: calls",
            "Lambda function `Function`: running time",
            "Alarms",
        ]

    def test_confirmed_prices_are_said_to_be(self) -> None:
        assert "Each was published for this region." in points(
            section(made(Log=resource("Logs::LogGroup")).stack)
        )


class TestCallsAMonth:
    @pytest.mark.parametrize(
        ("expression", "calls"),
        [
            ("rate(5 minutes)", 8760),
            ("rate(1 day)", 730 / 24),
            ("cron(0 * * * ? *)", 730),
            ("cron(0 6,18 * * ? *)", 730 / 12),
            (None, 0),
        ],
    )
    def test_calls_a_month_calls_follow_the_schedule(self, expression: str | None, calls: float) -> None:
        properties = {"ScheduleExpression": expression} if expression else {}
        assert calls_a_month(Resource("Rule", "AWS::Events::Rule", properties, {})) == pytest.approx(calls)


class TestPrices:
    @pytest.mark.parametrize("name", PRICES["prices"])
    def test_price_has_date_source_and_basis(self, name: str) -> None:
        price = PRICES["prices"][name]
        assert date.fromisoformat(price["as_of"]) <= date.fromisoformat(PRICES["collected"])
        assert price["source"].startswith("https://aws.amazon.com/")
        assert price["basis"] in PRICES["bases"]
        assert price["usd"] > 0

    def test_free_tier_lowers_the_price(self) -> None:
        some = Line("storage", "", 30, "table_storage")
        assert some.dollars == pytest.approx(9.18)
        assert some.after_allowance == pytest.approx(1.53)
        assert Line("storage", "", 20, "table_storage").after_allowance == 0
