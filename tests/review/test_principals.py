"""Principals and conditions of a statement, with the examples of AWS's documentation."""

from typing import Any

import pytest

from review.permissions.conditions import clauses_of, is_stricter
from review.permissions.principals import principals_of
from tests.review.review_helpers import Entry, made, resource

ROLE = resource("IAM::Role", AssumeRolePolicyDocument={"Statement": []})
EMPTY = made().stack


class TestPrincipals:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    @pytest.mark.parametrize(
        ("principal", "text", "kind"),
        [
            ("*", "anyone", "anyone"),
            ({"AWS": "*"}, "anyone", "anyone"),
            (
                {"AWS": "123456789012"},
                "account `123456789012`, a literal ID in the template",
                "outside",
            ),
            (
                {"AWS": "arn:aws:iam::123456789012:root"},
                "account `123456789012`, a literal ID in the template",
                "outside",
            ),
            (
                {"AWS": "arn:aws:iam::123456789012:role/Admin"},
                "account `123456789012` (`role/Admin`), a literal ID in the template",
                "outside",
            ),
            ({"Service": "lambda.amazonaws.com"}, "`lambda.amazonaws.com`", "service"),
            (
                {"Federated": "cognito-identity.amazonaws.com"},
                "identities of `cognito-identity.amazonaws.com`",
                "federated",
            ),
            ({"AWS": {"Ref": "AWS::AccountId"}}, "whoever this account's own policies allow", "account"),
            ({"AWS": {"Fn::GetAtt": ["Own", "Arn"]}}, "IAM role `Own`", "own"),
            ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, "`AIDACKCEVSQ6C2EXAMPLE`", "unknown"),
        ],
    )
    def test_principal_is_named_as_documented(self, principal: Any, text: str, kind: str) -> None:
        (one,) = principals_of(made(Own=ROLE).stack, {"Principal": principal})
        assert (one.text, one.kind) == (text, kind)

    def test_principals_not_principal_is_anybody_else(self) -> None:
        (one,) = principals_of(EMPTY, {"NotPrincipal": {"AWS": "123456789012"}})
        assert (one.text, one.is_outsider) == ("anyone but those it names", True)

    def test_missing_principal_cannot_be_told(self) -> None:
        (one,) = principals_of(EMPTY, {})
        assert one.kind == "unknown"


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "words"),
        [
            ({"Bool": {"aws:SecureTransport": "false"}}, "where `aws:SecureTransport` is `false`"),
            (
                {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a", "b"]}},
                "where every `dynamodb:Attributes` is `a` and `b`",
            ),
            (
                {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
                "where `aws:MultiFactorAuthAge` NumericLessThan `300`",
            ),
        ],
    )
    def test_clause_is_said_in_words(self, condition: Entry, words: str) -> None:
        (clause,) = clauses_of(EMPTY, condition)
        assert clause.words == words

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    @pytest.mark.parametrize(
        ("condition", "private"),
        [
            ({"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}, True),
            ({"StringLike": {"aws:SourceVpc": "vpc-*"}}, True),
            ({"StringLike": {"aws:SourceArn": "*"}}, False),
            ({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}, False),
            ({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}, False),
            ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ],
    )
    def test_condition_leaves_out_the_public_as_documented(self, condition: Entry, *, private: bool) -> None:
        (clause,) = clauses_of(EMPTY, condition)
        assert clause.leaves_out_the_public is private

    def test_more_clauses_and_fewer_values_are_stricter(self) -> None:
        wide = clauses_of(EMPTY, {"StringEquals": {"a": ["1", "2"]}})
        strict = clauses_of(EMPTY, {"StringEquals": {"a": ["1"], "b": ["3"]}})
        assert is_stricter(strict, than=wide)
        assert not is_stricter(wide, than=strict)

    def test_more_excluded_values_are_stricter(self) -> None:
        one = clauses_of(EMPTY, {"StringNotEquals": {"a": ["1"]}})
        two = clauses_of(EMPTY, {"StringNotEquals": {"a": ["1", "2"]}})
        assert is_stricter(two, than=one)
        assert not is_stricter(one, than=two)
