"""The stack policy against the templates: what it keeps from being replaced or deleted."""

import json
from typing import Any

import pytest

from delivery.protect import POLICY, main
from tests.infra.stack_helpers import Backend

STATEMENTS: list[dict[str, Any]] = json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]


def allowed(action: str, kind: str) -> bool:
    """As CloudFormation decides: a denial wins, and what nothing allows is denied.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
    """
    effects = {
        statement["Effect"]
        for statement in STATEMENTS
        if statement["Action"] == "Update:*" or action in statement["Action"]
        if "Condition" not in statement or kind in statement["Condition"]["StringEquals"]["ResourceType"]
    }
    return effects == {"Allow"}


class TestStackPolicy:
    @pytest.mark.parametrize("logical_id", ["Table", "UserPool", "UserPoolClient", "Api", "DataKey"])
    @pytest.mark.parametrize("action", ["Update:Replace", "Update:Delete"])
    def test_stack_policy_denies_to_lose(self, prod: Backend, logical_id: str, action: str) -> None:
        assert not allowed(action, prod.template["Resources"][logical_id]["Type"])

    def test_stack_policy_covers_whatever_outlives_the_stack_but_logs(self, prod: Backend) -> None:
        kept = {
            resource["Type"]
            for resource in prod.template["Resources"].values()
            if resource.get("DeletionPolicy") == "Retain"
        }
        assert {kind for kind in kept if allowed("Update:Delete", kind)} == {"AWS::Logs::LogGroup"}

    def test_stack_policy_lets_them_be_changed_in_place(self, prod: Backend) -> None:
        kinds = {resource["Type"] for resource in prod.template["Resources"].values()}
        assert all(allowed("Update:Modify", kind) for kind in kinds)

    def test_stack_policy_lets_the_function_be_replaced(self) -> None:
        assert allowed("Update:Replace", "AWS::Lambda::Version")
        assert allowed("Update:Delete", "AWS::Lambda::Version")

    @pytest.mark.parametrize("name", ["local", "dev"])
    def test_stack_policy_is_not_set_where_data_may_be_lost(
        self, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(name)
        assert capsys.readouterr().out == f"{name} needs no stack policy: its data is not protected\n"
