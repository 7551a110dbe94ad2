import pytest

from tests.infra.stack_helpers import Backend, backend, changed, synthesise

TABLE_ARN = {"Fn::GetAtt": ["Table", "Arn"]}
KEY_ARN = {"Fn::GetAtt": ["DataKey", "Arn"]}
STREAM_ARN = {"Fn::GetAtt": ["Table", "StreamArn"]}
INDEX_ARN = {"Fn::Join": ["", [TABLE_ARN, "/index/GSI1"]]}
XRAY_ACTIONS = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def actions(statement: dict[str, object]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)  # type: ignore[call-overload]


def allowed(backend: Backend, service: str) -> dict[str, list[object]]:
    """Action to resources, of what one service allows the role."""
    return {
        action: statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        for statement in backend.statements()
        if statement["Effect"] == "Allow"
        for action in actions(statement)
        if action.startswith(f"{service}:")
    }


class TestFunction:
    def test_function_runs_python_on_arm_in_aws(self, prod: Backend) -> None:
        function = prod.properties("Lambda::Function")
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["Handler"] == "lambda_handler.handler"

    def test_function_answers_before_the_gateway_gives_up(self, each_environment: Backend) -> None:
        assert each_environment.properties("Lambda::Function")["Timeout"] < 29

    def test_function_takes_its_dependencies_from_the_layer(self, each_environment: Backend) -> None:
        (layer,) = each_environment.all("Lambda::LayerVersion")
        assert each_environment.properties("Lambda::Function")["Layers"] == [{"Ref": layer}]
        properties = each_environment.properties("Lambda::LayerVersion")
        assert properties["CompatibleRuntimes"] == ["python3.13"]
        assert properties["CompatibleArchitectures"] == ["arm64"]

    def test_function_is_called_by_alias_of_a_published_version(self, each_environment: Backend) -> None:
        (function,) = each_environment.all("Lambda::Function")
        (version,) = each_environment.all("Lambda::Version")
        alias = each_environment.properties("Lambda::Alias")
        assert alias["Name"] == "live"
        assert alias["FunctionName"] == {"Ref": function}
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}

    def test_function_is_snapshot_reserved_and_traced_in_prod(self, prod: Backend) -> None:
        function = prod.properties("Lambda::Function")
        assert function["SnapStart"] == {"ApplyOn": "PublishedVersions"}
        assert function["ReservedConcurrentExecutions"] == 200
        assert function["TracingConfig"] == {"Mode": "Active"}

    def test_function_has_no_snapshot_reservation_or_tracing_locally(self, local: Backend) -> None:
        function = local.properties("Lambda::Function")
        assert not {"SnapStart", "ReservedConcurrentExecutions", "TracingConfig"} & set(function)

    @pytest.mark.parametrize(("name", "level"), [("dev", "DEBUG"), ("prod", "INFO")])
    def test_function_logs_json_at_the_level_of_the_setting(self, name: str, level: str) -> None:
        function = backend(name).properties("Lambda::Function")
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert function["LoggingConfig"]["ApplicationLogLevel"] == level
        assert function["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == level

    def test_function_owns_its_log_group(self, each_environment: Backend) -> None:
        group = each_environment.properties("Lambda::Function")["LoggingConfig"]["LogGroup"]["Ref"]
        assert "RetentionInDays" in each_environment.all("Logs::LogGroup")[group]["Properties"]


class TestLogs:
    @pytest.mark.parametrize(("name", "days"), [("local", 1), ("dev", 14), ("staging", 30), ("prod", 365)])
    def test_logs_are_kept_for_the_days_of_the_setting(self, name: str, days: int) -> None:
        groups = backend(name).all("Logs::LogGroup").values()
        assert [group["Properties"]["RetentionInDays"] for group in groups] == [days, days]

    def test_logs_are_retained_in_staging_and_prod(self, prod: Backend, local: Backend) -> None:
        assert {group["DeletionPolicy"] for group in prod.all("Logs::LogGroup").values()} == {"Retain"}
        assert {group["DeletionPolicy"] for group in local.all("Logs::LogGroup").values()} == {"Delete"}


class TestRole:
    def test_role_has_exactly_these_table_permissions(self, each_environment: Backend) -> None:
        assert allowed(each_environment, "dynamodb") == {
            "dynamodb:Query": [TABLE_ARN, INDEX_ARN],
            "dynamodb:BatchGetItem": [TABLE_ARN],
            "dynamodb:BatchWriteItem": [TABLE_ARN],
            "dynamodb:ConditionCheckItem": [TABLE_ARN],
            "dynamodb:DeleteItem": [TABLE_ARN],
            "dynamodb:GetItem": [TABLE_ARN],
            "dynamodb:PutItem": [TABLE_ARN],
            "dynamodb:UpdateItem": [TABLE_ARN],
            "dynamodb:DescribeStream": [STREAM_ARN],
            "dynamodb:GetRecords": [STREAM_ARN],
            "dynamodb:GetShardIterator": [STREAM_ARN],
            "dynamodb:ListStreams": [STREAM_ARN],
        }

    def test_role_may_never_change_the_audit(self, each_environment: Backend) -> None:
        (denied,) = [
            statement for statement in each_environment.statements() if statement["Effect"] == "Deny"
        ]
        assert actions(denied) == {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
        assert denied["Resource"] == TABLE_ARN
        assert denied["Condition"] == {
            "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT#*"]},
            "Null": {"dynamodb:EnclosingOperation": "true"},
        }

    def test_role_reads_the_parameters_of_the_app_only(self, prod: Backend) -> None:
        ((action, (resource,)),) = allowed(prod, "ssm").items()
        assert action == "ssm:GetParametersByPath"
        assert str(resource).endswith("':parameter/lifestyle-spaces/prod/app']]}")

    def test_role_deletes_users_of_this_pool_only(self, each_environment: Backend) -> None:
        pool = {"Fn::GetAtt": ["UserPool", "Arn"]}
        assert allowed(each_environment, "cognito-idp") == {
            "cognito-idp:AdminDeleteUser": [pool],
            "cognito-idp:AdminGetUser": [pool],
        }

    def test_role_sends_to_the_dead_letters_only(self, each_environment: Backend) -> None:
        (queue,) = each_environment.all("SQS::Queue")
        assert allowed(each_environment, "sqs") == {"sqs:SendMessage": [{"Fn::GetAtt": [queue, "Arn"]}]}

    @pytest.mark.parametrize(
        ("name", "domain"), [("prod", "lifestyle-spaces.example"), ("dev", "dev.lifestyle-spaces.example")]
    )
    def test_role_mails_from_the_domain_of_the_sender_only(self, name: str, domain: str) -> None:
        (statement,) = [each for each in backend(name).statements() if "ses:SendEmail" in actions(each)]
        assert actions(statement) == {"ses:SendEmail"}
        assert statement["Condition"] == {"StringLike": {"ses:FromAddress": f"*@{domain}"}}

    def test_role_writes_to_its_own_log_only(self, each_environment: Backend) -> None:
        group = each_environment.properties("Lambda::Function")["LoggingConfig"]["LogGroup"]["Ref"]
        arn = {"Fn::GetAtt": [group, "Arn"]}
        assert allowed(each_environment, "logs") == {
            "logs:CreateLogStream": [arn],
            "logs:PutLogEvents": [arn],
        }

    def test_role_uses_the_key_of_the_data_through_the_services_that_hold_them(self, prod: Backend) -> None:
        assert allowed(prod, "kms") == {
            "kms:Decrypt": [KEY_ARN],
            "kms:DescribeKey": [KEY_ARN],
            "kms:Encrypt": [KEY_ARN],
            "kms:GenerateDataKey": [KEY_ARN],
            "kms:ReEncryptFrom": [KEY_ARN],
            "kms:ReEncryptTo": [KEY_ARN],
        }
        (statement,) = [each for each in prod.statements() if "kms:Decrypt" in actions(each)]
        services = statement["Condition"]["StringEquals"]["kms:ViaService"]
        assert [service["Fn::Join"][1][0] for service in services] == ["dynamodb.", "sqs."]

    def test_role_uses_no_key_if_the_data_has_none_of_ours(self, local: Backend) -> None:
        assert allowed(local, "kms") == {}

    def test_role_has_no_managed_policy_and_no_other_service(self, each_environment: Backend) -> None:
        role = each_environment.properties("Lambda::Function")["Role"]["Fn::GetAtt"][0]
        assert "ManagedPolicyArns" not in each_environment.all("IAM::Role")[role]["Properties"]
        services = {action.split(":")[0] for one in each_environment.statements() for action in actions(one)}
        assert services <= {"cognito-idp", "dynamodb", "kms", "logs", "ses", "sqs", "ssm", "xray"}

    def test_role_has_no_wildcard_but_those_that_xray_and_ses_force(self, each_environment: Backend) -> None:
        for statement in each_environment.statements():
            assert not any("*" in action for action in actions(statement))
            if "*" in str(statement["Resource"]):
                assert actions(statement) in (XRAY_ACTIONS, {"ses:SendEmail"})

    def test_role_may_not_trace_where_tracing_is_off(self) -> None:
        untraced = synthesise(changed("prod", function={"tracing": False}))
        assert allowed(untraced, "xray") == {}
