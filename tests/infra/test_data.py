import copy

from aws_cdk.assertions import Template

from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS, Backend, backend, changed, make_stack, synthesise


class TestTable:
    def test_keys_are_generic_strings(self, each_environment: Backend) -> None:
        table = each_environment.properties("DynamoDB::Table")
        assert table["KeySchema"] == [
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ]
        assert table["AttributeDefinitions"] == [
            {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")
        ]

    def test_table_has_one_index_that_projects_everything(self, each_environment: Backend) -> None:
        assert each_environment.properties("DynamoDB::Table")["GlobalSecondaryIndexes"] == [
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ]

    def test_table_is_on_demand_with_stream_and_ttl(self, each_environment: Backend) -> None:
        table = each_environment.properties("DynamoDB::Table")
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}

    def test_table_keeps_its_logical_id_for_ever(self, each_environment: Backend) -> None:
        assert list(each_environment.all("DynamoDB::Table")) == ["Table"]

    def test_table_is_retained_in_staging_and_prod(self) -> None:
        for name in ("staging", "prod"):
            table = backend(name).one("DynamoDB::Table")
            assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
            assert table["Properties"]["DeletionProtectionEnabled"] is True

    def test_table_is_deleted_with_the_stack_in_other_environments(self) -> None:
        for name in ("local", "dev"):
            table = backend(name).one("DynamoDB::Table")
            assert table["DeletionPolicy"] == "Delete"
            assert table["Properties"]["DeletionProtectionEnabled"] is False

    def test_table_has_point_in_time_recovery_except_locally(self) -> None:
        recovery = {
            name: backend(name).properties("DynamoDB::Table")["PointInTimeRecoverySpecification"]
            for name in ("local", "dev", "staging", "prod")
        }
        enabled = {name: value["PointInTimeRecoveryEnabled"] for name, value in recovery.items()}
        assert enabled == {"local": False, "dev": True, "staging": True, "prod": True}


class TestKey:
    def test_key_is_the_accounts_own_if_none_is_asked_for(self, local: Backend) -> None:
        assert local.properties("DynamoDB::Table")["SSESpecification"] == {"SSEEnabled": True}
        assert "DataKey" not in local.all("KMS::Key")

    def test_key_of_ours_encrypts_the_table(self, prod: Backend) -> None:
        assert prod.properties("DynamoDB::Table")["SSESpecification"] == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]},
        }

    def test_key_of_ours_is_rotated_and_outlives_the_stack_with_the_table(self, prod: Backend) -> None:
        key = prod.all("KMS::Key")["DataKey"]
        assert key["Properties"]["EnableKeyRotation"] is True
        assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"

    def test_key_of_ours_goes_with_what_it_encrypts(self) -> None:
        made = synthesise(changed("dev", data={"customer_managed_key": True}))
        assert made.all("KMS::Key")["DataKey"]["DeletionPolicy"] == "Delete"

    def test_key_of_ours_lets_in_nobody_but_by_the_policies_of_the_account(self, prod: Backend) -> None:
        (statement,) = prod.all("KMS::Key")["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
        assert str(statement["Principal"]).endswith("':root']]}}")


class TestFirstDeployment:
    """What it has made is deleted again when it fails: nothing is retained, nothing refuses to be deleted."""

    def test_first_deployment_protects_nothing(self) -> None:
        _, stack = make_stack(load_settings(ENVIRONMENTS, "prod").first_deployment())
        first = Backend(dict(Template.from_stack(stack).to_json()))
        assert stack.termination_protection is False
        policies = {resource.get("DeletionPolicy") for resource in first.template["Resources"].values()}
        assert "Retain" not in policies
        assert first.properties("DynamoDB::Table")["DeletionProtectionEnabled"] is False
        assert first.properties("Cognito::UserPool")["DeletionProtection"] == "INACTIVE"

    def test_first_deployment_is_followed_by_one_that_changes_nothing_but_protection(
        self, prod: Backend
    ) -> None:
        first = synthesise(load_settings(ENVIRONMENTS, "prod").first_deployment())
        for name, resource in prod.template["Resources"].items():
            before = copy.deepcopy(first.template["Resources"][name])
            after = copy.deepcopy(resource)
            for each in (before, after):
                for key in ("DeletionPolicy", "UpdateReplacePolicy"):
                    each.pop(key, None)
                for key in ("DeletionProtectionEnabled", "DeletionProtection"):
                    each.get("Properties", {}).pop(key, None)
            assert before == after
