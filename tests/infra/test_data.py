from tests.infra.backend import Backend, backend


class TestTable:
    def test_keys_are_generic_strings(self, every: Backend) -> None:
        table = every.properties("DynamoDB::Table")
        assert table["KeySchema"] == [
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ]
        assert table["AttributeDefinitions"] == [
            {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")
        ]

    def test_has_one_index_that_projects_everything(self, every: Backend) -> None:
        assert every.properties("DynamoDB::Table")["GlobalSecondaryIndexes"] == [
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ]

    def test_is_on_demand_encrypted_streamed_and_forgets_by_ttl(self, every: Backend) -> None:
        table = every.properties("DynamoDB::Table")
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}

    def test_keeps_its_logical_id_for_ever(self, every: Backend) -> None:
        assert list(every.all("DynamoDB::Table")) == ["Table"]

    def test_is_kept_where_people_are_real(self) -> None:
        for name in ("staging", "prod"):
            table = backend(name).one("DynamoDB::Table")
            assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
            assert table["Properties"]["DeletionProtectionEnabled"] is True

    def test_goes_with_the_stack_elsewhere(self) -> None:
        for name in ("local", "dev"):
            table = backend(name).one("DynamoDB::Table")
            assert table["DeletionPolicy"] == "Delete"
            assert table["Properties"]["DeletionProtectionEnabled"] is False

    def test_can_be_put_back_to_any_second_but_locally(self) -> None:
        recovery = {
            name: backend(name).properties("DynamoDB::Table")["PointInTimeRecoverySpecification"]
            for name in ("local", "dev", "staging", "prod")
        }
        enabled = {name: value["PointInTimeRecoveryEnabled"] for name, value in recovery.items()}
        assert enabled == {"local": False, "dev": True, "staging": True, "prod": True}
