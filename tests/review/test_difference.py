"""What a change would do, on the real templates and on small ones with one danger each."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from review.assembly import Assembly
from review.dangers import Danger
from review.difference import judged, section
from stacks.gateway import PERMISSION_METADATA
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
CAPTION = "Differences, the most dangerous first"


def dangers(before: dict[str, Entry], after: dict[str, Entry]) -> list[tuple[Danger, str]]:
    found = judged(made(**before), made(**after), environments=False)
    return [(each.danger, each.why) for each in found]


def changed(
    kind: str, before: Entry, after: Entry, *, entry: Entry | None = None
) -> list[tuple[Danger, str]]:
    """What one resource's change from these properties to those is judged."""
    old, new = ({"One": resource(kind, entry=entry, **properties)} for properties in (before, after))
    return dangers(old, new)


def edited(name: str, **properties: Any) -> Assembly:
    """Prod, with some properties of one resource replaced."""
    template = copy.deepcopy(assembly("prod").template)
    template["Resources"][name]["Properties"] |= properties
    return replace(assembly("prod"), template=template)


class TestProdAgainstStaging:
    def test_lists_the_settings_that_differ(self) -> None:
        found = section(assembly("staging"), assembly("prod"), environments=True)
        rows = [row[1:] for row in texts(table(found, CAPTION))]
        assert ("Cognito app client `UserPoolClient`", "`IdTokenValidity`", "`60`", "`15`") in rows
        assert ("2 log groups", "`RetentionInDays`", "`30`", "`365`") in rows
        assert "none of them endangers data" in found.answer

    def test_takes_no_name_for_a_difference(self) -> None:
        found = judged(assembly("staging"), assembly("prod"), environments=True)
        assert {each.danger for each in found} == {Danger.OPENS, Danger.BLINDS, Danger.CHANGES}

    def test_puts_what_prod_would_lose_first(self) -> None:
        found = section(assembly("prod"), assembly("dev"), environments=True)
        rows = texts(table(found, CAPTION))
        assert rows[0] == (
            "weakens protection",
            "the stack",
            "termination protection",
            "`true`",
            "`false`",
        )
        assert "look first at termination protection" in found.answer
        labels = [row[0] for row in rows]
        assert any(label.endswith("protects the data less") for label in labels)

    def test_says_that_two_stacks_are_two(self) -> None:
        found = section(assembly("staging"), assembly("prod"), environments=True)
        assert any(point.startswith("These are two stacks") for point in points(found))

    def test_counts_protection_gained_as_a_change(self) -> None:
        rows = texts(table(section(assembly("dev"), assembly("prod"), environments=True), CAPTION))
        assert rows[0][:2] == ("changes", "the stack")


class TestProdAgainstItself:
    def test_differs_in_nothing(self) -> None:
        found = section(assembly("prod"), assembly("prod"), environments=False)
        assert found.answer == "0 differences; none of them endangers data."

    def test_tells_a_canary_that_goes(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        alias = next(each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Alias")
        del alias["UpdatePolicy"]
        (found,) = judged(assembly("prod"), replace(assembly("prod"), template=template), environments=False)
        assert found.danger is Danger.WEAKENS

    def test_tells_another_address(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        template["Outputs"]["ApiUrl"]["Value"] = "https://api.example.com"
        after = replace(assembly("prod"), template=template)
        (told,) = texts(table(section(assembly("prod"), after, environments=False), CAPTION))
        assert told[:3] == ("changes", "the stack", "output `ApiUrl`")
        assert told[4] == "`https://api.example.com`"

    def test_differs_in_no_new_code(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        (version,) = [name for name in template["Resources"] if "CurrentVersion" in name]
        template = json.loads(json.dumps(template).replace(version, f"{version[:-1]}x"))
        after = replace(assembly("prod"), template=template)
        assert judged(assembly("prod"), after, environments=False) == []

    def test_names_the_table_that_another_key_would_replace(self) -> None:
        after = edited("Table", KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}])
        found = section(assembly("prod"), after, environments=False)
        assert texts(table(found, CAPTION))[0][:2] == (
            "loses data replaced by an empty one; the old one stays, outside the stack",
            "DynamoDB table `Table`",
        )
        assert found.answer.endswith("look first at DynamoDB table `Table`.")


class TestLosingData:
    def test_is_a_store_that_goes(self) -> None:
        one = {"One": resource("DynamoDB::Table")}
        assert dangers(one, {}) == [(Danger.LOSES_DATA, "destroyed with all that is in it")]
        kept = {"One": resource("DynamoDB::Table", entry=RETAIN)}
        assert dangers(kept, {}) == [(Danger.LOSES_DATA, "leaves the stack; what takes its place is empty")]

    def test_is_a_store_under_another_name(self) -> None:
        one = resource("Cognito::UserPool")
        assert [danger for danger, _ in dangers({"One": one}, {"Two": one})] == [
            Danger.LOSES_DATA,
            Danger.ADDS,
        ]

    def test_is_a_store_that_is_replaced(self) -> None:
        assert changed("DynamoDB::Table", {"TableName": "a"}, {"TableName": "b"}) == [
            (Danger.LOSES_DATA, "replaced by an empty one; the old one is destroyed")
        ]

    def test_is_no_matter_of_names_elsewhere(self) -> None:
        one = resource("Events::Rule", ScheduleExpression="rate(1 hour)")
        assert dangers({"One": one}, {"Two": one}) == []


class TestWeakening:
    @pytest.mark.parametrize(
        ("kind", "before", "after"),
        [
            ("DynamoDB::Table", {"DeletionProtectionEnabled": True}, {"DeletionProtectionEnabled": False}),
            ("DynamoDB::Table", {"DeletionProtectionEnabled": True}, {}),
            (
                "DynamoDB::Table",
                {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
                {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}},
            ),
            ("DynamoDB::Table", {"SSESpecification": {"SSEEnabled": True}}, {}),
            ("Cognito::UserPool", {"DeletionProtection": "ACTIVE"}, {"DeletionProtection": "INACTIVE"}),
            ("Logs::LogGroup", {"RetentionInDays": 365}, {"RetentionInDays": 7}),
            ("Logs::LogGroup", {}, {"RetentionInDays": 7}),
            ("SQS::Queue", {"SqsManagedSseEnabled": True}, {"SqsManagedSseEnabled": False}),
        ],
    )
    def test_is_less_protection(self, kind: str, before: Entry, after: Entry) -> None:
        assert [danger for danger, _ in changed(kind, before, after)] == [Danger.WEAKENS]

    @pytest.mark.parametrize(
        ("kind", "before", "after"),
        [
            ("DynamoDB::Table", {}, {"DeletionProtectionEnabled": True}),
            ("DynamoDB::Table", {}, {"SSESpecification": {"SSEEnabled": True}}),
            ("Logs::LogGroup", {"RetentionInDays": 7}, {"RetentionInDays": 365}),
            ("Logs::LogGroup", {"RetentionInDays": 7}, {}),
        ],
    )
    def test_is_not_more_protection(self, kind: str, before: Entry, after: Entry) -> None:
        assert [danger for danger, _ in changed(kind, before, after)] == [Danger.CHANGES]

    def test_is_data_no_longer_kept(self) -> None:
        kept, gone = ({"One": resource("SQS::Queue", entry=entry)} for entry in (RETAIN, None))
        assert [danger for danger, _ in dangers(kept, gone)] == [Danger.WEAKENS, Danger.WEAKENS]
        assert [danger for danger, _ in dangers(gone, kept)] == [Danger.CHANGES, Danger.CHANGES]

    def test_is_nothing_where_no_data_is(self) -> None:
        kept, gone = ({"One": resource("IAM::Role", entry=entry)} for entry in (RETAIN, None))
        assert {danger for danger, _ in dangers(kept, gone)} == {Danger.CHANGES}


class TestImpossible:
    def test_is_what_the_service_refuses(self) -> None:
        assert changed(
            "Cognito::UserPool", {"UsernameAttributes": ["email"]}, {"UsernameAttributes": []}
        ) == [(Danger.CANNOT_BE_DONE, "the service refuses it: the deployment fails")]


class TestOpening:
    @pytest.mark.parametrize(
        ("kind", "before", "after"),
        [
            (
                "ApiGateway::Method",
                {"AuthorizationType": "COGNITO_USER_POOLS"},
                {"AuthorizationType": "NONE"},
            ),
            ("Cognito::UserPool", {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OFF"}),
            (
                "IAM::Policy",
                {"PolicyDocument": {"Statement": [{}]}},
                {"PolicyDocument": {"Statement": [{"a": 1}]}},
            ),
        ],
    )
    def test_is_who_is_let_in(self, kind: str, before: Entry, after: Entry) -> None:
        assert changed(kind, before, after) == [(Danger.OPENS, "who is let in changes")]

    def test_is_what_the_function_asks_of_a_route(self) -> None:
        before, after = (
            {
                "One": resource(
                    "ApiGateway::Method", entry={"Metadata": {PERMISSION_METADATA: {"needs": needs}}}
                )
            }
            for needs in ("role", "token")
        )
        assert dangers(before, after) == [(Danger.OPENS, "whom the function refuses changes")]

    def test_is_how_much_is_let_in(self) -> None:
        before, after = ({"MethodSettings": [{"ThrottlingRateLimit": rate}]} for rate in (5, 50))
        assert changed("ApiGateway::Stage", before, after) == [(Danger.OPENS, "how much is let in changes")]

    @pytest.mark.parametrize("kind", ["Lambda::Permission", "IAM::Role"])
    def test_is_a_new_permission(self, kind: str) -> None:
        assert dangers({}, {"One": resource(kind)}) == [(Danger.OPENS, "somebody may do more")]

    def test_is_a_permission_that_is_replaced_by_a_wider_one(self) -> None:
        before, after = {"Principal": "apigateway.amazonaws.com", "SourceArn": "arn:1"}, {"Principal": "*"}
        assert set(changed("Lambda::Permission", before, after)) == {(Danger.OPENS, "who is let in changes")}

    def test_is_a_new_open_route(self) -> None:
        assert dangers({}, {"One": resource("ApiGateway::Method")}) == [
            (Danger.OPENS, "a route that asks for no token")
        ]
        mock = resource("ApiGateway::Method", Integration={"Type": "MOCK"})
        assert dangers({}, {"One": mock}) == [(Danger.ADDS, "new")]

    def test_is_a_firewall_that_goes(self) -> None:
        assert dangers({"One": resource("WAFv2::WebACLAssociation")}, {}) == [
            (Danger.OPENS, "no longer in front")
        ]


class TestBlinding:
    def test_is_an_alarm_that_goes_or_changes(self) -> None:
        assert dangers({"One": resource("CloudWatch::Alarm")}, {}) == [(Danger.BLINDS, "no longer watches")]
        assert changed("CloudWatch::Alarm", {"Threshold": 1}, {"Threshold": 9}) == [
            (Danger.BLINDS, "what is noticed changes")
        ]

    def test_is_a_log_that_ends(self) -> None:
        assert changed("ApiGateway::Stage", {"AccessLogSetting": {"Format": "x"}}, {}) == [
            (Danger.BLINDS, "what is noticed changes")
        ]


class TestReplacing:
    def test_is_what_the_schema_says(self) -> None:
        assert changed("SSM::Parameter", {"Name": "a"}, {"Name": "b"}) == [
            (Danger.REPLACES, "replaced by a new one")
        ]

    def test_may_be_what_the_schema_leaves_open(self) -> None:
        assert changed("Lambda::Function", {"DurableConfig": {"A": 1}}, {"DurableConfig": {"A": 2}}) == [
            (Danger.REPLACES, "may be replaced by a new one")
        ]

    def test_may_be_what_has_no_schema(self) -> None:
        assert changed("Nobody::Knows", {"A": 1}, {"A": 2}) == [
            (Danger.REPLACES, "may be replaced by a new one")
        ]


class TestTheRest:
    def test_comes_and_goes(self) -> None:
        assert dangers({}, {"One": resource("Events::Rule")}) == [(Danger.ADDS, "new")]
        assert dangers({"One": resource("Events::Rule")}, {}) == [(Danger.REMOVES, "gone")]

    def test_shows_references_as_people_write_them(self) -> None:
        arn = {"Fn::GetAtt": ["Table", "Arn"]}
        before, after = ({"Environment": {"Variables": {"A": value}}} for value in ([1], {"x": [arn]}))
        one = [made(One=resource("Lambda::Function", **each)) for each in (before, after)]
        (row,) = texts(table(section(*one, environments=False), CAPTION))
        assert row[2:] == ("`Environment.Variables.A`", "`[1]`", '`{"x": ["${Table.Arn}"]}`')

    def test_cuts_what_is_too_long_for_a_table(self) -> None:
        one = [made(One=resource("Lambda::Function", Description=text)) for text in ("", "`x`" * 400)]
        (row,) = texts(table(section(*one, environments=False), CAPTION))
        assert row[4].startswith("`'x''x'")
        assert row[4].endswith("…`")
        assert len(row[4]) < 310
