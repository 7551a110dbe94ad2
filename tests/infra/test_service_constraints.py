import copy
from typing import Any

import pytest

from tests.infra.service_constraint_helpers import Checked, check_template
from tests.infra.stack_helpers import DOMAIN, Backend, backend, changed, synthesise


def faults(template: dict[str, Any]) -> list[Checked]:
    return [checked for checked in check_template(template) if checked.fault]


def prod_with(kind: str, *path: str | int, value: object) -> dict[str, Any]:
    """The template of `prod` with one value of its first resource of a type replaced."""
    template = copy.deepcopy(backend("prod").template)
    place: Any = next(r for r in template["Resources"].values() if r["Type"] == f"AWS::{kind}")["Properties"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return template


class TestTemplate:
    def test_every_value_is_one_that_its_service_accepts(self, each_environment: Backend) -> None:
        assert faults(each_environment.template) == []

    def test_values_of_a_custom_domain_are_accepted(self) -> None:
        assert faults(synthesise(changed("prod", gateway={"domain": DOMAIN})).template) == []

    def test_every_type_of_resource_is_compared(self, each_environment: Backend) -> None:
        kinds = {
            resource["Type"].removeprefix("AWS::")
            for resource in each_environment.template["Resources"].values()
        }
        compared = {checked.where.split()[0] for checked in check_template(each_environment.template)}
        # All that CloudFormation is told of these are references, documents of JSON and untyped attributes.
        referring = {
            "ApiGateway::Authorizer",
            "CloudWatch::Dashboard",
            "IAM::Policy",
            "IAM::Role",
            "Lambda::Version",
            "SNS::Topic",
            "SNS::TopicPolicy",
            "SQS::Queue",
            "SQS::QueuePolicy",
            "WAFv2::WebACLAssociation",
        }
        assert kinds - compared <= referring

    def test_more_than_a_thousand_values_are_compared(self, prod: Backend) -> None:
        assert len(list(check_template(prod.template))) > 1000


class TestCheck:
    """The check itself: it finds each kind of fault, so its silence means something."""

    @pytest.mark.parametrize(
        ("kind", "path", "value", "fault"),
        [
            # The fault that cfn-lint let pass, and its sister.
            ("WAFv2::WebACL", ("VisibilityConfig", "MetricName"), "All", "reserved"),
            ("WAFv2::WebACL", ("Rules", 0, "VisibilityConfig", "MetricName"), "Default_Action", "reserved"),
            ("WAFv2::WebACL", ("VisibilityConfig", "MetricName"), "has space", "does not match"),
            ("WAFv2::WebACL", ("Rules", 0, "Statement", "RateBasedStatement", "Limit"), 9, "less than 10"),
            ("ApiGateway::GatewayResponse", ("ResponseType",), "TEAPOT", "not one of"),
            ("ApiGateway::Method", ("Integration", "Type"), "LAMBDA", "not one of"),
            ("Cognito::UserPool", ("Policies", "PasswordPolicy", "MinimumLength"), 5, "less than 6"),
            ("DynamoDB::Table", ("BillingMode",), "ON_DEMAND", "not one of"),
            ("Events::Rule", ("ScheduleExpression",), "r" * 257, "more than 256"),
            ("Events::Rule", ("Targets", 0, "Id"), "with space", "does not match"),
            ("Lambda::Function", ("MemorySize",), 64, "less than 128"),
            ("Lambda::Function", ("LoggingConfig", "ApplicationLogLevel"), "LOUD", "not one of"),
            ("SSM::Parameter", ("Name",), "/aws/lifestyle-spaces", "reserved prefix"),
            ("SSM::Parameter", ("Tags",), {"aws:owner": "x"}, "begins with aws:"),
        ],
    )
    def test_check_finds(self, kind: str, path: tuple[str | int, ...], value: object, fault: str) -> None:
        (found,) = faults(prod_with(kind, *path, value=value))
        assert found.fault is not None
        assert fault in found.fault

    def test_check_finds_a_type_of_resource_that_it_does_not_know(self) -> None:
        (found,) = faults({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
        assert found.fault == "no operation is known for this type of resource"
