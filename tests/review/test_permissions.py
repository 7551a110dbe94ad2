"""Statements, patterns, conditions and principals, with the examples of AWS's documentation."""

from typing import Any

import pytest

from review.permissions.actions import matches, verbs_of
from review.permissions.managed import MANAGED, statements_of
from review.permissions.reach import reaches
from review.permissions.statements import Statement, statements
from tests.review.review_helpers import Entry, made, resource

ROLE = resource("IAM::Role", AssumeRolePolicyDocument={"Statement": []})
TABLE = resource("DynamoDB::Table")
ARN = {"Fn::GetAtt": ["Table", "Arn"]}
EMPTY = made().stack


def of_role(*given: Entry, **resources: Entry) -> list[Statement]:
    """The statements of a policy of the role `Role`."""
    policy = resource("IAM::Policy", PolicyDocument={"Statement": list(given)}, Roles=[{"Ref": "Role"}])
    return statements(made(Table=TABLE, Role=ROLE, Policy=policy, **resources).stack)


def allow(action: object, what: object, **more: object) -> Entry:
    return {"Effect": "Allow", "Action": action, "Resource": what, **more}


class TestActions:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    @pytest.mark.parametrize(
        ("pattern", "action", "matched"),
        [
            ("s3:*", "s3:GetObject", True),
            ("iam:*AccessKey*", "iam:CreateAccessKey", True),
            ("iam:*AccessKey*", "iam:ListUsers", False),
            ("SQS:sendmessage", "sqs:SendMessage", True),
            ("dynamodb:Get?tem", "dynamodb:GetItem", True),
            ("*", "kms:Decrypt", True),
        ],
    )
    def test_pattern_matches_as_documented(self, pattern: str, action: str, *, matched: bool) -> None:
        assert matches(pattern, action) is matched

    @pytest.mark.parametrize(
        ("action", "verbs"),
        [
            ("dynamodb:GetItem", ("read",)),
            ("dynamodb:PutItem", ("write",)),
            ("dynamodb:BatchWriteItem", ("write", "delete")),
            ("dynamodb:Batch*", ("read", "write", "delete")),
            ("dynamodb:PutResourcePolicy", ("change permissions",)),
            ("cognito-idp:AdminDeleteUser", ("delete",)),
            ("sts:AssumeRole", ("assume",)),
            ("lambda:InvokeFunction", ("invoke",)),
            ("s3:*", ("do anything",)),
            ("*", ("do anything",)),
            ("iam:PassRole", ("use",)),
            ("nosuchservice:Get*", ()),
        ],
    )
    def test_verbs_say_what_an_action_amounts_to(self, action: str, verbs: tuple[str, ...]) -> None:
        assert verbs_of(action) == verbs

    def test_verbs_of_another_service_are_none(self) -> None:
        assert verbs_of("s3:*", service="dynamodb") == ()


class TestStatements:
    def test_unused_role_is_named_itself(self) -> None:
        (one,) = of_role(allow("dynamodb:GetItem", ARN))
        assert (one.who, one.verbs, one.resources) == (
            "IAM role `Role`",
            ("read",),
            ("DynamoDB table `Table`",),
        )

    def test_single_statement_without_a_list_is_read(self) -> None:
        policy = resource(
            "IAM::Policy", PolicyDocument={"Statement": allow("dynamodb:*", "*")}, Roles=[{"Ref": "Role"}]
        )
        (one,) = statements(made(Table=TABLE, Role=ROLE, Policy=policy).stack)
        assert [each.name for each in one.targets] == ["Table"]

    def test_statements_not_action_reaches_everything_else(self) -> None:
        (one,) = of_role({"Effect": "Allow", "NotAction": "iam:*", "NotResource": ARN})
        assert one.is_wide
        assert one.verbs == ("do anything",)
        assert "Table" not in {each.name for each in one.targets}

    def test_statements_not_action_of_the_service_leaves_its_resources_alone(self) -> None:
        (one,) = of_role({"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"})
        (table,) = [each for each in one.targets if each.name == "Table"]
        assert one.verbs_on(table) == ()

    def test_managed_and_inline_policies_of_a_role_are_read(self) -> None:
        role = resource(
            "IAM::Role",
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"],
            Policies=[{"PolicyDocument": {"Statement": [allow("dynamodb:Scan", ARN)]}}],
        )
        found = statements(made(Table=TABLE, Role=role).stack)
        assert {each.managed for each in found[:-1]} == {"AmazonDynamoDBReadOnlyAccess"}
        assert found[-1].verbs == ("read",)

    def test_managed_policy_of_the_stack_is_read_once(self) -> None:
        role = resource("IAM::Role", ManagedPolicyArns=[{"Ref": "Own"}])
        own = resource("IAM::ManagedPolicy", PolicyDocument={"Statement": [allow("dynamodb:Scan", ARN)]})
        (one,) = statements(made(Table=TABLE, Role=role, Own=own).stack)
        assert one.who == "IAM role `Role`"

    def test_policy_of_a_role_outside_names_it(self) -> None:
        policy = resource("IAM::Policy", PolicyDocument={"Statement": [allow("s3:*", "*")]}, Roles=["Other"])
        (one,) = statements(made(Policy=policy).stack)
        assert one.who == "`Other`, outside this stack"

    def test_policy_of_nobody_says_so(self) -> None:
        policy = resource("IAM::ManagedPolicy", PolicyDocument={"Statement": [allow("s3:*", "*")]})
        (one,) = statements(made(Policy=policy).stack)
        assert one.who == "whoever is given IAM ManagedPolicy `Policy`"

    @pytest.mark.parametrize(
        ("kind", "holder"), [("Role", "RoleName"), ("User", "UserName"), ("Group", "GroupName")]
    )
    def test_policy_resource_of_an_identity_is_read(self, kind: str, holder: str) -> None:
        policy = resource(
            f"IAM::{kind}Policy",
            PolicyDocument={"Statement": [allow("dynamodb:Scan", ARN)]},
            **{holder: {"Ref": "Who"}},
        )
        (one,) = statements(made(Table=TABLE, Who=resource(f"IAM::{kind}"), Policy=policy).stack)
        assert one.who == f"IAM {kind.lower() if kind == 'Role' else kind} `Who`"

    def test_key_policy_star_stands_for_that_key(self) -> None:
        root = {"AWS": {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":root"]]}}
        statement = allow("kms:*", "*", Principal=root)
        (one,) = statements(made(Key=resource("KMS::Key", KeyPolicy={"Statement": [statement]})).stack)
        assert one.resources == ("KMS key `Key`",)
        assert not one.is_wide

    def test_policy_as_text_is_read(self) -> None:
        text = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "*"}]}'
        (one,) = statements(made(Policy=resource("Logs::ResourcePolicy", PolicyDocument=text)).stack)
        assert one.is_public

    def test_broken_text_is_no_policy(self) -> None:
        broken = resource("Logs::ResourcePolicy", PolicyDocument='{"Statement" broken')
        assert statements(made(Policy=broken).stack) == []

    def test_permission_from_anywhere_has_no_condition(self) -> None:
        permission = resource(
            "Lambda::Permission", Principal="*", Action="lambda:InvokeFunction", FunctionName="other"
        )
        (one,) = statements(made(Permission=permission).stack)
        assert (one.condition, one.resources, one.is_public) == ("", ("`other`",), True)


class TestReach:
    @pytest.mark.parametrize(
        ("pattern", "reached"),
        [
            ("*", True),
            ("arn:aws:dynamodb:*:*:table/*", True),
            ("arn:aws:dynamodb:eu-central-1:123456789012:table/*", True),
            ({"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/A*"}, True),
            ("arn:aws:dynamodb:*:*:global-table/*", False),
            ("arn:aws:s3:::*", False),
            ("arn:aws:dynamodb:eu-central-1:123456789012:table/other", False),
            ({"Fn::Join": ["", [ARN, "/index/*"]]}, True),
        ],
    )
    def test_pattern_reaches_table_of_unknown_name(self, pattern: Any, *, reached: bool) -> None:
        stack = made(Table=TABLE).stack
        assert reaches(stack, pattern, stack.resources["Table"]) is reached

    @pytest.mark.parametrize(
        ("pattern", "reached"),
        [("arn:aws:s3:::mi*", True), ("arn:aws:s3:::mine/*", True), ("arn:aws:s3:::x*", False)],
    )
    def test_pattern_reaches_bucket_of_known_name(self, pattern: str, *, reached: bool) -> None:
        stack = made(Bucket=resource("S3::Bucket", BucketName="mine")).stack
        assert reaches(stack, pattern, stack.resources["Bucket"]) is reached

    def test_unknown_type_is_reached_by_reference_only(self) -> None:
        stack = made(Stream=resource("Kinesis::Stream")).stack
        assert reaches(stack, {"Fn::GetAtt": ["Stream", "Arn"]}, stack.resources["Stream"])
        assert not reaches(stack, "*", stack.resources["Stream"])


class TestManagedPolicies:
    def test_administrator_access_allows_everything(self) -> None:
        assert statements_of("arn:aws:iam::aws:policy/AdministratorAccess") == [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}
        ]

    @pytest.mark.parametrize(
        "arn",
        ["arn:aws:iam::aws:policy/NoSuchPolicy", "arn:aws:iam::123456789012:policy/AdministratorAccess"],
    )
    def test_unknown_policy_has_no_statements(self, arn: str) -> None:
        assert statements_of(arn) is None

    @pytest.mark.parametrize("name", MANAGED["policies"])
    def test_policy_has_version_and_statements(self, name: str) -> None:
        policy = MANAGED["policies"][name]
        assert policy["version"].startswith("v")
        assert all(each["Effect"] in {"Allow", "Deny"} for each in policy["statements"])
