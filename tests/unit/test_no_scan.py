from contextlib import suppress

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.factories import TABLE_NAME


class TestScan:
    def test_scan_fails_the_test(self, dynamodb: DynamoDBClient) -> None:
        with pytest.raises(pytest.fail.Exception, match="Scan reads without a key"):
            dynamodb.scan(TableName=TABLE_NAME)

    def test_statement_fails_the_test(self, dynamodb: DynamoDBClient) -> None:
        with pytest.raises(pytest.fail.Exception, match="ExecuteStatement reads without a key"):
            dynamodb.execute_statement(Statement='SELECT * FROM "table"')

    def test_failure_is_not_caught_by_the_code_under_test(self, dynamodb: DynamoDBClient) -> None:
        with pytest.raises(pytest.fail.Exception), suppress(Exception):
            dynamodb.scan(TableName=TABLE_NAME)
