"""What differs, on the real templates and on small ones with one danger each."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from review.assembly import Assembly
from review.difference import differences, section
from review.page import Section
from review.verdicts import Danger
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
CAPTION = "Differences, the most dangerous first"
PERMISSIONS = "Permission changes"


def verdicts(before: dict[str, Entry], after: dict[str, Entry]) -> list[tuple[Danger, str]]:
    found = differences(made(**before), made(**after), environments=False)
    return [(each.verdict.danger, each.verdict.why) for each in found.items]


def changed(
    kind: str, before: Entry, after: Entry, *, entry: Entry | None = None
) -> list[tuple[Danger, str]]:
    """The verdicts on one resource's change from these properties to those."""
    old, new = ({"One": resource(kind, entry=entry, **properties)} for properties in (before, after))
    return verdicts(old, new)


def edited(name: str, **properties: Any) -> Assembly:
    """Prod, with some properties of one resource replaced."""
    template = copy.deepcopy(assembly("prod").template)
    template["Resources"][name]["Properties"] |= properties
    return replace(assembly("prod"), template=template)


def compared(before: Assembly, after: Assembly, *, environments: bool = False) -> Section:
    found = differences(before, after, environments=environments)
    return section(found, (before.name, after.name), environments=environments)


class TestProdAgainstStaging:
    def test_section_lists_settings_that_differ(self) -> None:
        found = compared(assembly("staging"), assembly("prod"), environments=True)
        rows = [row[1:] for row in texts(table(found, CAPTION))]
        assert ("~ Cognito app client `UserPoolClient`", "`IdTokenValidity`", "`60`", "`15`") in rows
        assert ("~ 2 log groups", "`RetentionInDays`", "`30`", "`365`") in rows

    def test_environment_names_are_no_difference(self) -> None:
        found = differences(assembly("staging"), assembly("prod"), environments=True)
        assert {each.sign for each in found.items} == {"~"}

    def test_other_mail_identity_does_not_open(self) -> None:
        found = differences(assembly("staging"), assembly("prod"), environments=True)
        (mail,) = [each for each in found.items if each.type == "AWS::IAM::Policy"]
        assert mail.verdict.danger is Danger.CHANGES
        assert mail.verdict.why == "mail is sent as another identity"

    def test_lost_protection_stands_first(self) -> None:
        found = compared(assembly("prod"), assembly("dev"), environments=True)
        rows = texts(table(found, CAPTION))
        assert ("weakens protection one command deletes the stack", "~ the stack") in {
            row[:2] for row in rows
        }
        assert "weakens protection" in found.answer
        labels = [row[0] for row in rows]
        assert any(label.endswith("the table can be deleted in one step") for label in labels)

    def test_two_stacks_are_said_to_be_two(self) -> None:
        found = compared(assembly("staging"), assembly("prod"), environments=True)
        assert any(point.startswith("These are two stacks") for point in points(found))

    def test_gained_protection_is_a_change(self) -> None:
        rows = texts(table(compared(assembly("dev"), assembly("prod"), environments=True), CAPTION))
        (told,) = [row for row in rows if row[2] == "`termination protection`"]
        assert told[0] == "changes the stack cannot be deleted by mistake"


class TestProdAgainstItself:
    def test_same_template_has_no_difference(self) -> None:
        assert compared(assembly("prod"), assembly("prod")).answer == "0 differences."

    def test_answer_counts_resources_and_names_the_worst(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        template["Resources"] |= {
            "Url": resource("Lambda::Url", AuthType="NONE"),
            "Miner": resource("EC2::Instance"),
        }
        del template["Resources"]["Dashboard7A714131"]
        template["Resources"]["Table"]["Properties"]["DeletionProtectionEnabled"] = False
        answer = compared(assembly("prod"), replace(assembly("prod"), template=template)).answer
        assert answer == (
            "4 differences, resources +2 ~1 -1 (added, changed, removed). Look first at what "
            "weakens protection: DynamoDB table `Table`; opens: function URL `Url`; "
            "reduces monitoring: dashboard `Dashboard`; cannot tell: EC2 Instance `Miner`."
        )

    def test_harmless_difference_is_said_so(self) -> None:
        answer = compared(assembly("prod"), edited("DataKey", Description="x")).answer
        assert answer.endswith("None of them endangers data, access or monitoring.")

    def test_other_address_is_told(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        template["Outputs"]["ApiUrl"]["Value"] = "https://api.example.com"
        after = replace(assembly("prod"), template=template)
        (told,) = texts(table(compared(assembly("prod"), after), CAPTION))
        assert told[:3] == ("changes an output of the stack", "~ the stack", "`output ApiUrl`")
        assert told[4] == "`https://api.example.com`"

    def test_new_code_is_no_difference(self) -> None:
        template = copy.deepcopy(assembly("prod").template)
        (version,) = [name for name in template["Resources"] if "CurrentVersion" in name]
        template = json.loads(json.dumps(template).replace(version, f"{version[:-1]}x"))
        function = next(
            each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"
        )
        function["Properties"]["Code"]["S3Key"] = f"{'a' * 64}.zip"
        after = replace(assembly("prod"), template=template)
        assert differences(assembly("prod"), after, environments=False).items == ()

    def test_hash_outside_of_code_is_a_difference(self) -> None:
        before, after = (edited("DataKey", Description=letter * 64) for letter in "ab")
        assert len(differences(before, after, environments=False).items) == 1

    def test_table_with_another_key_is_named_first(self) -> None:
        found = compared(
            assembly("prod"), edited("Table", KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}])
        )
        assert texts(table(found, CAPTION))[0][:2] == (
            "loses data replaced by an empty one; the old one is retained, outside the stack",
            "~ DynamoDB table `Table`",
        )
        assert "Look first at what loses data: DynamoDB table `Table`" in found.answer

    def test_resources_of_a_kind_are_counted_in_the_answer(self) -> None:
        after = {f"Url{number}": resource("Lambda::Url", AuthType="NONE") for number in range(7)}
        answer = compared(made(), made(**after)).answer
        assert answer.endswith("Look first at what opens: 7 function URLs.")

    def test_permissions_of_each_principal_are_told_in_words(self) -> None:
        role = resource(
            "IAM::Role",
            AssumeRolePolicyDocument={
                "Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "999999999999"}}
                ]
            },
        )
        found = compared(made(), made(Evil=role))
        assert texts(table(found, PERMISSIONS)) == [
            (
                "more",
                (
                    "account `999999999999`, a literal ID in the template may now assume "
                    "(`sts:AssumeRole`) IAM role `Evil`"
                ),
            )
        ]


class TestLosingData:
    def test_removed_store_loses_data(self) -> None:
        one = {"One": resource("DynamoDB::Table")}
        assert verdicts(one, {}) == [(Danger.LOSES_DATA, "deleted with its content")]
        kept = {"One": resource("DynamoDB::Table", entry=RETAIN)}
        assert verdicts(kept, {}) == [
            (Danger.LOSES_DATA, "retained outside the stack; its replacement is empty")
        ]

    def test_renamed_store_loses_data(self) -> None:
        one = resource("Cognito::UserPool")
        assert [danger for danger, _ in verdicts({"One": one}, {"Two": one})] == [
            Danger.LOSES_DATA,
            Danger.ADDS,
        ]

    def test_replaced_store_loses_data(self) -> None:
        assert changed("DynamoDB::Table", {"TableName": "a"}, {"TableName": "b"}) == [
            (Danger.LOSES_DATA, "replaced by an empty one; the old one is deleted")
        ]

    def test_renamed_schedule_is_no_difference(self) -> None:
        one = resource("Events::Rule", ScheduleExpression="rate(1 hour)")
        assert verdicts({"One": one}, {"Two": one}) == []

    def test_renamed_resource_with_another_attribute_is_a_difference(self) -> None:
        before, after = (resource("IAM::Group", entry=entry) for entry in ({}, {"DeletionPolicy": "Retain"}))
        assert len(verdicts({"One": before}, {"Two": after})) == 2


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
            ("Cognito::UserPool", {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OFF"}),
        ],
    )
    def test_less_protection_weakens(self, kind: str, before: Entry, after: Entry) -> None:
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
    def test_more_protection_is_a_change(self, kind: str, before: Entry, after: Entry) -> None:
        assert [danger for danger, _ in changed(kind, before, after)] == [Danger.CHANGES]

    def test_data_no_longer_retained_weakens(self) -> None:
        kept, gone = ({"One": resource("SQS::Queue", entry=entry)} for entry in (RETAIN, None))
        assert [danger for danger, _ in verdicts(kept, gone)] == [Danger.WEAKENS, Danger.WEAKENS]
        assert [danger for danger, _ in verdicts(gone, kept)] == [Danger.CHANGES, Danger.CHANGES]

    def test_retention_without_data_is_a_change(self) -> None:
        kept, gone = ({"One": resource("IAM::Role", entry=entry)} for entry in (RETAIN, None))
        assert {danger for danger, _ in verdicts(kept, gone)} == {Danger.CHANGES}

    def test_canary_gained_is_a_change(self) -> None:
        before, after = (
            {"One": resource("Lambda::Alias", entry=entry)} for entry in ({}, {"UpdatePolicy": {"A": 1}})
        )
        assert [danger for danger, _ in verdicts(before, after)] == [Danger.CHANGES]


class TestFailing:
    def test_change_that_the_service_rejects_fails(self) -> None:
        assert changed(
            "Cognito::UserPool", {"UsernameAttributes": ["email"]}, {"UsernameAttributes": []}
        ) == [(Danger.FAILS, "the service refuses it: the deployment fails")]


class TestReplacing:
    def test_maybe_replaced_property_is_told(self) -> None:
        assert changed("Lambda::Function", {"DurableConfig": {"A": 1}}, {"DurableConfig": {"A": 2}}) == [
            (Danger.CANNOT_TELL, "this report has no rule for the property")
        ]

    def test_unknown_type_cannot_be_told(self) -> None:
        unknown = "this report does not know the resource type"
        assert changed("Nobody::Knows", {"A": 1}, {"A": 2}) == [(Danger.CANNOT_TELL, unknown)]
        assert verdicts({}, {"One": resource("Nobody::Knows")}) == [(Danger.CANNOT_TELL, unknown)]
        assert verdicts({"One": resource("Nobody::Knows")}, {}) == [(Danger.CANNOT_TELL, unknown)]


class TestTable:
    def test_references_are_shown_as_people_write_them(self) -> None:
        arn = {"Fn::GetAtt": ["Table", "Arn"]}
        before, after = ({"Environment": {"Variables": {"A": value}}} for value in ([1], {"x": [arn]}))
        one = [made(One=resource("Lambda::Function", **each)) for each in (before, after)]
        (row,) = texts(table(compared(*one), CAPTION))
        assert row[2:] == ("`Environment.Variables.A`", "`[1]`", '`{"x": ["${Table.Arn}"]}`')

    def test_long_values_are_cut(self) -> None:
        one = [made(One=resource("Lambda::Function", Description=text)) for text in ("", "`x`" * 400)]
        (row,) = texts(table(compared(*one), CAPTION))
        assert row[4].startswith("`'x''x'")
        assert row[4].endswith("…`")
        assert len(row[4]) < 310
