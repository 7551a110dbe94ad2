"""What changes in who may do what, between two small templates."""

import pytest

from review.permissions.compare import permission_changes, verdicts
from review.stack import Stack
from review.verdicts import Danger
from tests.review.review_helpers import Entry, made, resource

ROLE = resource("IAM::Role", AssumeRolePolicyDocument={"Statement": []})
TABLE = resource("DynamoDB::Table")
ARN = {"Fn::GetAtt": ["Table", "Arn"]}


def allow(action: object, what: object, **more: object) -> Entry:
    return {"Effect": "Allow", "Action": action, "Resource": what, **more}


class TestPermissionChanges:
    @staticmethod
    def between(before: list[Entry], after: list[Entry]) -> list[str]:
        return [
            each.words
            for each in permission_changes(
                TestPermissionChanges.stack(before), TestPermissionChanges.stack(after)
            )
        ]

    @staticmethod
    def stack(given: list[Entry]) -> Stack:
        policy = resource("IAM::Policy", PolicyDocument={"Statement": given}, Roles=[{"Ref": "Role"}])
        return made(Table=TABLE, Role=ROLE, Policy=policy).stack

    def test_new_action_is_gained(self) -> None:
        before, after = [allow("dynamodb:GetItem", ARN)], [allow(["dynamodb:GetItem", "dynamodb:Scan"], ARN)]
        assert self.between(before, after) == [
            "IAM role `Role` may now read (`dynamodb:Scan`) DynamoDB table `Table`"
        ]

    def test_wildcard_replaced_by_one_action_is_lost(self) -> None:
        assert self.between([allow("dynamodb:*", ARN)], [allow("dynamodb:GetItem", ARN)]) == [
            "IAM role `Role` may no longer do anything (`dynamodb:*`) DynamoDB table `Table`"
        ]

    def test_split_statement_changes_nothing(self) -> None:
        whole = [allow(["dynamodb:GetItem", "dynamodb:Query"], ARN)]
        split = [allow("dynamodb:Query", [ARN]), allow("dynamodb:GetItem", ARN)]
        assert self.between(whole, split) == []

    def test_condition_removed_is_gained(self) -> None:
        condition = {"StringEquals": {"aws:ResourceTag/a": "b"}}
        found = self.between(
            [allow("dynamodb:GetItem", ARN, Condition=condition)], [allow("dynamodb:GetItem", ARN)]
        )
        assert found == ["IAM role `Role` may now read (`dynamodb:GetItem`) DynamoDB table `Table`"]

    def test_denial_removed_is_said_so(self) -> None:
        denial = {"Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": ARN}
        assert self.between([denial], []) == [
            "IAM role `Role` is no longer denied to delete (`dynamodb:DeleteItem`) DynamoDB table `Table`"
        ]

    @pytest.mark.parametrize(
        ("resource_after", "danger"),
        [("identity/b.example", Danger.CHANGES), ("identity/*", Danger.OPENS)],
    )
    def test_other_mail_identity_is_a_change_unless_it_is_any(
        self, resource_after: str, danger: Danger
    ) -> None:
        arn = "arn:aws:ses:eu-central-1:123456789012:"
        before, after = (
            self.stack([allow("ses:SendEmail", f"{arn}{name}")])
            for name in ("identity/a.example", resource_after)
        )
        assert verdicts(permission_changes(before, after))["Policy"].danger is danger
