import pytest

from codegen.iam import DENIALS, REASONS
from review.access import section
from review.statements import statements, verbs_of
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

TABLE = {"Table": resource("DynamoDB::Table")}
ROLE = resource("IAM::Role", AssumeRolePolicyDocument={"Statement": []})
AUDIT = "where any `dynamodb:LeadingKeys` is like `AUDIT#*`"
ARN = {"Fn::GetAtt": ["Table", "Arn"]}


def policy(*given: Entry) -> Entry:
    return resource("IAM::Policy", PolicyDocument={"Statement": list(given)}, Roles=[{"Ref": "Role"}])


def allow(action: object, what: object, **more: object) -> Entry:
    return {"Effect": "Allow", "Action": action, "Resource": what, **more}


class TestStatementsOfProd:
    def test_tell_a_reason_for_each_action_of_the_function(self) -> None:
        own = [
            each for each in statements(assembly("prod").stack) if each.who == "Lambda function `Function`"
        ]
        for each in own:
            assert set(each.actions) <= set(REASONS if each.allowed else DENIALS)
        assert {action for each in own for action in each.actions} == set(REASONS)

    def test_say_who_alone_reads_the_table(self) -> None:
        answer = section(assembly("prod").stack).answer
        assert "only Lambda function `Function` may read DynamoDB table `Table`" in answer
        assert (
            "Wildcards are allowed to all that the managed policy "
            "`AWSCodeDeployRoleForLambdaLimited` allows, "
            "`xray:PutTelemetryRecords` and `xray:PutTraceSegments` only" in answer
        )

    def test_say_who_touches_each_store(self) -> None:
        rows = texts(table(section(assembly("prod").stack), "Who may touch the data"))
        assert (
            "DynamoDB table `Table`",
            "Lambda function `Function`",
            (
                "read, write and delete; never `dynamodb:BatchWriteItem`, `dynamodb:DeleteItem` and "
                f"`dynamodb:UpdateItem` {AUDIT}"
            ),
        ) in rows
        assert ("Cognito user pool `UserPool`", "Lambda function `Function`", "delete") in rows
        assert ("log group `GatewayAccessLog`", "API Gateway, by the account's own log role", "write") in rows
        assert (
            "SQS queue `DeadLettersQueue`",
            "anybody",
            "never do anything where `aws:SecureTransport` is `false`",
        ) in rows

    def test_say_who_calls_the_function(self) -> None:
        rows = texts(table(section(assembly("prod").stack), "Every statement"))
        callers = [(row[0], row[3]) for row in rows if row[2] == "`lambda:InvokeFunction`"]
        assert callers == [
            ("`events.amazonaws.com`", "Lambda function `Function` for schedule `BackgroundOverdue`"),
            ("`events.amazonaws.com`", "Lambda function `Function` for schedule `BackgroundHourly`"),
            ("`apigateway.amazonaws.com`", "Lambda function `Function` for REST API `Api`"),
        ]

    def test_say_what_stands_outside_the_template(self) -> None:
        assert any(
            "Whoever administers the AWS account" in point
            for point in points(section(assembly("prod").stack))
        )


class TestStatements:
    def test_of_a_role_that_nothing_uses_are_its_own(self) -> None:
        (one,) = statements(made(**TABLE, Role=ROLE, Policy=policy(allow("dynamodb:GetItem", ARN))).stack)
        assert (one.who, one.verbs, one.what) == ("IAM role `Role`", ("read",), ("DynamoDB table `Table`",))

    def test_of_wildcards_are_wide(self) -> None:
        found = section(made(**TABLE, Role=ROLE, Policy=policy(allow("dynamodb:*", ARN))).stack)
        assert "Wildcards are allowed to `dynamodb:*` only" in found.answer
        assert texts(table(found, "Every statement"))[0][1] == "wide do anything"

    def test_of_everything_but_are_wide(self) -> None:
        given = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": ARN}
        (one,) = statements(made(**TABLE, Role=ROLE, Policy=policy(given)).stack)
        assert one.is_wide
        assert one.actions == ("everything but `iam:*`",)
        assert one.verbs == ("do anything",)

    def test_without_wildcards_say_so(self) -> None:
        found = section(made(**TABLE, Role=ROLE, Policy=policy(allow("dynamodb:GetItem", ARN))).stack)
        assert "None of them allows a wildcard." in found.answer

    def test_come_from_within_a_role_and_from_managed_policies_too(self) -> None:
        role = resource(
            "IAM::Role",
            AssumeRolePolicyDocument={"Statement": []},
            ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            Policies=[{"PolicyDocument": {"Statement": [allow("dynamodb:Scan", ARN)]}}],
        )
        managed, inline = statements(made(**TABLE, Role=role).stack)
        assert managed.actions == ("all that the managed policy `ReadOnlyAccess` allows",)
        assert managed.is_wide
        assert inline.verbs == ("read",)

    def test_of_a_resource_name_whom_it_lets_in(self) -> None:
        statement: Entry = {"Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": "Topic"}}
        principals: dict[str, Entry] = {
            "Anyone": {"Principal": "*"},
            "Star": {"Principal": {"AWS": "*"}},
            "Root": {"Principal": {"AWS": "arn:aws:iam::1:root"}},
            "Role": {"Principal": {"AWS": {"Fn::GetAtt": ["Own", "Arn"]}}},
            "Not": {"NotPrincipal": {"AWS": "arn:aws:iam::1:root"}},
        }
        policies = {
            name: resource("SNS::TopicPolicy", PolicyDocument={"Statement": [statement | who]})
            for name, who in principals.items()
        }
        found = statements(made(Topic=resource("SNS::Topic"), Own=ROLE, **policies).stack)
        assert [each.who for each in found] == [
            "anybody",
            "anybody",
            "whoever this account's own policies allow",
            "IAM role `Own`",
            "anybody but those it names",
        ]

    def test_of_a_key_are_about_that_key(self) -> None:
        statement = {
            "Effect": "Allow",
            "Action": "kms:*",
            "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::1:root"},
        }
        (one,) = statements(made(Key=resource("KMS::Key", KeyPolicy={"Statement": [statement]})).stack)
        assert one.what == ("KMS key `Key`",)
        assert not one.is_wide

    def test_keep_an_operator_that_has_no_words(self) -> None:
        given = allow(
            "dynamodb:GetItem", ARN, Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}
        )
        (one,) = statements(made(**TABLE, Role=ROLE, Policy=policy(given)).stack)
        assert one.condition == "where `aws:MultiFactorAuthAge` NumericLessThan `300`"

    def test_of_a_caller_from_anywhere_say_no_source(self) -> None:
        permission = resource(
            "Lambda::Permission", Principal="*", Action="lambda:InvokeFunction", FunctionName="other"
        )
        (one,) = statements(made(Permission=permission).stack)
        assert (one.condition, one.what) == ("", ("`other`",))

    def test_that_nobody_makes_leave_data_to_nobody(self) -> None:
        found = section(made(**TABLE).stack)
        assert texts(table(found, "Who may touch the data")) == [
            ("DynamoDB table `Table`", "nobody", "no statement of this stack names it")
        ]
        assert "only nobody may read" not in found.answer


class TestVerbs:
    @pytest.mark.parametrize(
        ("action", "verbs"),
        [
            ("dynamodb:GetItem", ("read",)),
            ("dynamodb:PutItem", ("write",)),
            ("dynamodb:BatchWriteItem", ("write", "delete")),
            ("cognito-idp:AdminDeleteUser", ("delete",)),
            ("sts:AssumeRole", ("act as",)),
            ("lambda:InvokeFunction", ("invoke",)),
            ("s3:*", ("do anything",)),
            ("iam:PassRole", ("use",)),
        ],
    )
    def test_say_what_an_action_does(self, action: str, verbs: tuple[str, ...]) -> None:
        assert verbs_of(action) == verbs
