"""The section on access: of the real prod template, and of small ones with one way in each."""

from typing import Any

import pytest

from codegen.iam import DENIALS, REASONS
from review.access import section
from review.permissions.statements import statements
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

TABLE = {"Table": resource("DynamoDB::Table")}
ROLE = resource("IAM::Role", AssumeRolePolicyDocument={"Statement": []})
AUDIT = (
    "where any `dynamodb:LeadingKeys` is like `AUDIT#*` "
    "and where `dynamodb:EnclosingOperation` is absent: `true`"
)
ARN = {"Fn::GetAtt": ["Table", "Arn"]}
FOREIGN = "arn:aws:iam::999999999999:root"
OUTSIDE = "Access from outside the account"


def policy(*given: Entry) -> Entry:
    return resource("IAM::Policy", PolicyDocument={"Statement": list(given)}, Roles=[{"Ref": "Role"}])


def allow(action: object, what: object, **more: object) -> Entry:
    return {"Effect": "Allow", "Action": action, "Resource": what, **more}


def trusting(principal: object, **properties: Any) -> Entry:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [trust]}, **properties)


class TestProdAccess:
    def test_function_statements_have_a_reason_for_each_action(self) -> None:
        own = [
            each for each in statements(assembly("prod").stack) if each.who == "Lambda function `Function`"
        ]
        for each in own:
            assert set(each.actions) <= set(REASONS if each.allowed else DENIALS)
        assert {action for each in own for action in each.actions} == set(REASONS)

    def test_answer_names_only_reader_and_wildcards(self) -> None:
        answer = section(assembly("prod").stack).answer
        assert "only Lambda function `Function` may read DynamoDB table `Table`" in answer
        assert "No policy lets anyone in from outside the account." in answer
        assert (
            "Wildcards are allowed to all that the managed policy "
            "`AWSCodeDeployRoleForLambdaLimited` allows, "
            "`xray:PutTelemetryRecords` and `xray:PutTraceSegments` only" in answer
        )

    def test_data_table_says_who_touches_each_store(self) -> None:
        rows = texts(table(section(assembly("prod").stack), "Who may touch the data"))
        assert (
            "DynamoDB table `Table`",
            "Lambda function `Function`",
            (
                "read, write and delete; not `dynamodb:BatchWriteItem`, `dynamodb:DeleteItem` and "
                f"`dynamodb:UpdateItem` {AUDIT}"
            ),
        ) in rows
        assert ("Cognito user pool `UserPool`", "Lambda function `Function`", "read and delete") in rows
        assert ("log group `GatewayAccessLog`", "API Gateway, by the account's own log role", "write") in rows
        assert (
            "SQS queue `DeadLettersQueue`",
            "anyone",
            "not do anything where `aws:SecureTransport` is `false`",
        ) in rows

    def test_statement_table_says_who_calls_the_function(self) -> None:
        rows = texts(table(section(assembly("prod").stack), "Every statement"))
        callers = [(row[0], row[3]) for row in rows if row[2] == "`lambda:InvokeFunction`"]
        where = "Lambda function `Function` where `aws:SourceArn` is"
        assert callers == [
            ("`events.amazonaws.com`", f"{where} schedule `BackgroundOverdue`"),
            ("`events.amazonaws.com`", f"{where} schedule `BackgroundHourly`"),
            ("`apigateway.amazonaws.com`", f"{where} REST API `Api`"),
        ]

    def test_key_statements_have_reasons_of_their_own_key(self) -> None:
        rows = texts(table(section(assembly("prod").stack), "Every statement"))
        reasons = {row[0]: row[4] for row in rows if "KMS key `NotificationsKey`" in row[3]}
        assert reasons == {
            "whoever this account's own policies allow": (
                "leaves it to the account's IAM policies, as AWS's default key policy does"
            ),
            "`budgets.amazonaws.com` and `cloudwatch.amazonaws.com`": (
                "the budget reaches the operators; alarms reach the operators"
            ),
        }

    def test_points_name_who_stands_outside_the_template(self) -> None:
        told = points(section(assembly("prod").stack))
        assert any("Whoever administers the AWS account" in point for point in told)


class TestLetInFromOutside:
    def test_administrator_role_of_foreign_account_is_reported(self) -> None:
        admin = "arn:aws:iam::aws:policy/AdministratorAccess"
        found = section(made(**TABLE, Evil=trusting({"AWS": FOREIGN}, ManagedPolicyArns=[admin])).stack)
        account = "account `999999999999`, a literal ID in the template"
        assert f"only IAM role `Evil` (which {account} may assume) may read" in found.answer
        assert texts(table(found, OUTSIDE)) == [
            ("opens", "IAM role `Evil`", f"{account} may assume IAM role `Evil`"),
            ("administrator", "IAM role `Evil`", "IAM role `Evil` may do anything in the account"),
        ]

    def test_table_policy_for_everyone_is_reported(self) -> None:
        document = {"PolicyDocument": {"Statement": [allow("dynamodb:*", "*", Principal="*")]}}
        found = section(made(Table=resource("DynamoDB::Table", ResourcePolicy=document)).stack)
        assert "only anyone may read DynamoDB table `Table`" in found.answer
        assert texts(table(found, OUTSIDE)) == [
            ("opens", "DynamoDB table `Table`", "anyone may do anything DynamoDB table `Table`")
        ]

    def test_everyone_of_a_fixed_account_is_not_public(self) -> None:
        own = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        statement = allow("sns:Publish", {"Ref": "Topic"}, Principal={"AWS": "*"}, Condition=own)
        topic_policy = resource(
            "SNS::TopicPolicy", PolicyDocument={"Statement": [statement]}, Topics=[{"Ref": "Topic"}]
        )
        found = section(made(Topic=resource("SNS::Topic"), Policy=topic_policy).stack)
        assert texts(table(found, OUTSIDE)) == []

    @pytest.mark.parametrize(
        ("kind", "properties", "why"),
        [
            (
                "Lambda::Url",
                {"AuthType": "NONE"},
                "anyone on the internet may call the function (`AuthType`)",
            ),
            (
                "Lambda::Function",
                {"Layers": ["arn:aws:lambda:eu-central-1:999999999999:layer:x:1"]},
                "code from outside this stack runs in the function",
            ),
            (
                "S3::Bucket",
                {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": False}},
                "the bucket may be made public (`PublicAccessBlockConfiguration.BlockPublicPolicy`)",
            ),
            ("S3::Bucket", {"AccessControl": "PublicRead"}, "everyone is let in by the ACL `PublicRead`"),
        ],
    )
    def test_standing_danger_is_reported_without_a_comparison(
        self, kind: str, properties: Entry, why: str
    ) -> None:
        ((label, _, told),) = texts(table(section(made(One=resource(kind, **properties)).stack), OUTSIDE))
        assert label == "opens"
        assert told.startswith(why)

    def test_service_without_a_source_is_reported(self) -> None:
        permission = resource(
            "Lambda::Permission",
            Principal="apigateway.amazonaws.com",
            Action="lambda:InvokeFunction",
            FunctionName={"Ref": "Function"},
        )
        function = resource("Lambda::Function")
        ((_, what, told),) = texts(
            table(section(made(Function=function, Permission=permission).stack), OUTSIDE)
        )
        assert what == "function permission `Permission`"
        assert told.endswith("for any account, as no source is named")


class TestAnswer:
    def test_wildcard_is_marked_wide(self) -> None:
        found = section(made(**TABLE, Role=ROLE, Policy=policy(allow("dynamodb:*", ARN))).stack)
        assert "Wildcards are allowed to `dynamodb:*` only" in found.answer
        assert texts(table(found, "Every statement"))[0][1] == "wide do anything"

    def test_no_wildcard_is_said_so(self) -> None:
        found = section(made(**TABLE, Role=ROLE, Policy=policy(allow("dynamodb:GetItem", ARN))).stack)
        assert "None of them allows a wildcard." in found.answer

    def test_unnamed_data_belongs_to_nobody(self) -> None:
        found = section(made(**TABLE).stack)
        assert texts(table(found, "Who may touch the data")) == [
            ("DynamoDB table `Table`", "nobody", "no statement of this stack names it")
        ]
        assert "only nobody may read" not in found.answer

    def test_role_by_wildcard_reads_the_table_too(self) -> None:
        wide = policy(allow("dynamodb:Get*", "arn:aws:dynamodb:*:*:table/*"))
        found = section(made(**TABLE, Role=ROLE, Policy=wide).stack)
        assert "only IAM role `Role` may read DynamoDB table `Table`" in found.answer

    def test_actions_of_another_service_do_not_reach_the_table(self) -> None:
        found = section(made(**TABLE, Role=ROLE, Policy=policy(allow("s3:*", "*"))).stack)
        assert "nobody may read DynamoDB table `Table`" in found.answer

    def test_inverted_statement_says_what_it_leaves_out(self) -> None:
        given = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::mine"}
        found = section(made(**TABLE, Role=ROLE, Policy=policy(given)).stack)
        assert texts(table(found, "Every statement"))[0][2:4] == (
            "everything but `iam:*`",
            "everything but `arn:aws:s3:::mine`",
        )

    def test_unknown_managed_policy_cannot_be_told(self) -> None:
        role = resource(
            "IAM::Role",
            AssumeRolePolicyDocument={"Statement": []},
            ManagedPolicyArns=["arn:aws:iam::aws:policy/SecurityAudit"],
        )
        found = section(made(**TABLE, Role=role).stack)
        assert "only IAM role `Role` may read DynamoDB table `Table`" in found.answer
        assert (
            "cannot tell What the managed policies `SecurityAudit` allow is not known to this report."
            in points(found)
        )
        assert texts(table(found, "Every statement"))[0][1] == "wide do what this report cannot tell"

    def test_boundary_is_named(self) -> None:
        role = resource("IAM::Role", PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
        assert any(
            point.startswith("boundary IAM role `Role` may do less than is said here")
            for point in points(section(made(Role=role).stack))
        )
