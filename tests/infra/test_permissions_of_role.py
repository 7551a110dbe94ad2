"""What the function's role may do, decided by IAM's rules and not by the emulator's, which are wider."""

from typing import Any

import pytest

from tests.infra.policy_helpers import ACCOUNT, REGION, arn, is_allowed
from tests.infra.stack_helpers import Backend

TABLE = arn("Table")
SENDER = "no-reply@lifestyle-spaces.example"
IDENTITY = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity"


class TestMail:
    """SES authorizes a mail against each of its verified identities, by the address that it is from.

    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """

    @pytest.mark.parametrize(
        "identity",
        [
            "lifestyle-spaces.example",  # the sender's domain
            SENDER,  # the sender's address alone
            "example",  # a domain above it
            "ben@example.com",  # the recipient, in the sandbox
        ],
    )
    def test_mail_is_sent_whatever_identity_is_verified(self, prod: Backend, identity: str) -> None:
        context = {"ses:FromAddress": [SENDER]}
        assert is_allowed(prod.statements(), "ses:SendEmail", f"{IDENTITY}/{identity}", context)

    def test_mail_comes_from_another_address_of_the_domain_once_the_parameter_says_so(
        self, prod: Backend
    ) -> None:
        context = {"ses:FromAddress": ["hello@lifestyle-spaces.example"]}
        resource = f"{IDENTITY}/lifestyle-spaces.example"
        assert is_allowed(prod.statements(), "ses:SendEmail", resource, context)

    @pytest.mark.parametrize(
        "sender",
        ["ceo@example.com", "a@evil-lifestyle-spaces.example", "a@lifestyle-spaces.example.evil.example"],
    )
    def test_mail_comes_from_no_other_domain(self, prod: Backend, sender: str) -> None:
        context = {"ses:FromAddress": [sender]}
        assert not is_allowed(prod.statements(), "ses:SendEmail", f"{IDENTITY}/example", context)


class TestAudit:
    """`dynamodb:LeadingKeys` is documented for requests of their own, not for the items of a transaction."""

    @pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem"])
    def test_event_is_neither_changed_nor_deleted_outside_of_transactions(
        self, each_environment: Backend, action: str
    ) -> None:
        context = {"dynamodb:LeadingKeys": ["SPACE#S", "AUDIT#S"]}
        assert not is_allowed(each_environment.statements(), f"dynamodb:{action}", TABLE, context)

    def test_event_is_written(self, each_environment: Backend) -> None:
        context = {"dynamodb:LeadingKeys": ["AUDIT#S"]}
        assert is_allowed(each_environment.statements(), "dynamodb:PutItem", TABLE, context)

    @pytest.mark.parametrize(
        "leading_keys",
        [
            {"dynamodb:LeadingKeys": ["SPACE#S"]},  # of the item alone
            {"dynamodb:LeadingKeys": ["SPACE#S", "AUDIT#S"]},  # of all items of the transaction
            {},  # of none
        ],
    )
    @pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "PutItem", "ConditionCheckItem"])
    def test_audited_transaction_is_allowed_however_aws_fills_the_leading_keys(
        self, each_environment: Backend, action: str, leading_keys: dict[str, Any]
    ) -> None:
        context = {**leading_keys, "dynamodb:EnclosingOperation": ["TransactWriteItems"]}
        assert is_allowed(each_environment.statements(), f"dynamodb:{action}", TABLE, context)

    @pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem"])
    def test_other_items_are_changed_outside_of_transactions(
        self, each_environment: Backend, action: str
    ) -> None:
        context = {"dynamodb:LeadingKeys": ["SPACE#S"]}
        assert is_allowed(each_environment.statements(), f"dynamodb:{action}", TABLE, context)


class TestOthers:
    def test_table_is_never_scanned_nor_dropped(self, each_environment: Backend) -> None:
        for action in ("dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable"):
            assert not is_allowed(each_environment.statements(), action, TABLE)

    def test_index_is_queried(self, each_environment: Backend) -> None:
        assert is_allowed(each_environment.statements(), "dynamodb:Query", f"{TABLE}/index/GSI1")
        assert not is_allowed(each_environment.statements(), "dynamodb:Query", f"{TABLE}/index/Other")
