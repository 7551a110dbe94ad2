from typing import Any

import pytest

from tests.infra.stack_helpers import Backend, changed, synthesise

TAGS = {"Environment": "prod", "Project": "lifestyle-spaces"}


def statements(backend: Backend) -> dict[str, dict[str, Any]]:
    """What the topic's policy says, by effect."""
    found = backend.properties("SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    return {statement["Effect"]: statement for statement in found}


def key(backend: Backend) -> dict[str, Any]:
    """The properties of the topic's key."""
    name = backend.properties("SNS::Topic")["KmsMasterKeyId"]["Fn::GetAtt"][0]
    properties: dict[str, Any] = backend.all("KMS::Key")[name]["Properties"]
    return properties


class TestTopic:
    def test_topic_is_one(self, each_environment: Backend) -> None:
        assert len(each_environment.all("SNS::Topic")) == 1

    def test_topic_takes_messages_by_tls_only(self, each_environment: Backend) -> None:
        denied = statements(each_environment)["Deny"]
        assert (denied["Action"], denied["Principal"]) == ("sns:Publish", "*")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_topic_is_encrypted_by_a_key_of_its_own_that_is_rotated(self, each_environment: Backend) -> None:
        assert key(each_environment)["EnableKeyRotation"] is True

    def test_topic_takes_messages_of_this_account_from_those_who_watch(
        self, prod: Backend, local: Backend
    ) -> None:
        for backend, services in (
            (prod, ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]),
            (local, "cloudwatch.amazonaws.com"),
        ):
            allowed = statements(backend)["Allow"]
            assert (allowed["Action"], allowed["Principal"]) == ("sns:Publish", {"Service": services})
            assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

    def test_topic_lets_them_use_its_key(self, prod: Backend) -> None:
        statement = key(prod)["KeyPolicy"]["Statement"][-1]
        assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
        assert statement["Principal"] == statements(prod)["Allow"]["Principal"]


class TestSubscribers:
    def test_subscribers_are_the_addresses_of_the_setting(self) -> None:
        told = synthesise(changed("dev", alarms={"emails": ["a@example.com", "b@example.com"]}))
        (topic,) = told.all("SNS::Topic")
        assert [each["Properties"] for each in told.all("SNS::Subscription").values()] == [
            {"Protocol": "email", "Endpoint": address, "TopicArn": {"Ref": topic}}
            for address in ("a@example.com", "b@example.com")
        ]

    def test_subscribers_may_be_none(self, local: Backend) -> None:
        assert local.all("SNS::Subscription") == {}

    def test_subscribers_stay_subscribed_when_one_before_them_leaves(self) -> None:
        both = synthesise(changed("dev", alarms={"emails": ["a@example.com", "b@example.com"]}))
        one = synthesise(changed("dev", alarms={"emails": ["b@example.com"]}))
        assert set(one.all("SNS::Subscription")) < set(both.all("SNS::Subscription"))


class TestBudget:
    def test_budget_is_the_sum_of_the_setting_a_month(self) -> None:
        budget = synthesise(changed("prod", alarms={"monthly_budget_usd": 321})).properties("Budgets::Budget")
        assert budget["Budget"]["BudgetLimit"] == {"Amount": 321, "Unit": "USD"}
        assert (budget["Budget"]["BudgetType"], budget["Budget"]["TimeUnit"]) == ("COST", "MONTHLY")
        assert budget["Budget"]["BudgetName"] == "LifestyleSpaces-prod-monthly"  # docs/runbook/budget.md

    def test_budget_counts_what_carries_all_tags_of_the_environment(self, prod: Backend) -> None:
        filters = prod.properties("Budgets::Budget")["Budget"]["FilterExpression"]["And"]
        assert {each["Tags"]["Key"]: each["Tags"]["Values"] for each in filters} == {
            name: [value] for name, value in TAGS.items()
        }

    @pytest.mark.parametrize(("kind", "percent"), [("ACTUAL", 80), ("FORECASTED", 100)])
    def test_budget_is_told_where_alarms_are(self, prod: Backend, kind: str, percent: int) -> None:
        (topic,) = prod.all("SNS::Topic")
        (found,) = [
            each
            for each in prod.properties("Budgets::Budget")["NotificationsWithSubscribers"]
            if each["Notification"]["NotificationType"] == kind
        ]
        assert found["Notification"]["Threshold"] == percent
        assert found["Notification"]["ThresholdType"] == "PERCENTAGE"
        assert found["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": topic}}]

    def test_budget_is_made_after_the_policy_that_lets_it_publish(self, prod: Backend) -> None:
        (policy,) = prod.all("SNS::TopicPolicy")
        (budget,) = prod.all("Budgets::Budget").values()
        assert policy in budget["DependsOn"]

    def test_budget_is_none_if_the_setting_is_null(self, local: Backend) -> None:
        assert local.all("Budgets::Budget") == {}
