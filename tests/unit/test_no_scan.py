from contextlib import suppress

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.factories import TABLE_NAME


class TestScan:
    def test_fails_the_test_that_scans(self, dynamodb: DynamoDBClient) -> None:
        with pytest.raises(pytest.fail.Exception, match="Scan reads what no key names"):
            dynamodb.scan(TableName=TABLE_NAME)

    def test_fails_the_test_whatever_client_scans(self, aws: None) -> None:
        with pytest.raises(pytest.fail.Exception, match="ExecuteStatement reads"):
            boto3.client("dynamodb").execute_statement(Statement='SELECT * FROM "table"')

    def test_cannot_be_caught_by_the_code_under_test(self, dynamodb: DynamoDBClient) -> None:
        with pytest.raises(pytest.fail.Exception), suppress(Exception):
            dynamodb.scan(TableName=TABLE_NAME)
