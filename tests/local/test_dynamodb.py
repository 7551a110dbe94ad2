import socket
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from local.aws import Clients
from local.dynamodb import dynamodb_local
from local.ports import answers, check_port


def test_serves_tables_on_loopback_only_and_stops() -> None:
    with dynamodb_local() as url:
        port = urlsplit(url).port or 0
        client = Clients(url).dynamodb
        client.create_table(
            TableName="table",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.put_item(TableName="table", Item={"PK": {"S": "a"}})
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            client.put_item(
                TableName="table", Item={"PK": {"S": "a"}}, ConditionExpression="attribute_not_exists(PK)"
            )
        with socket.socket() as elsewhere:
            elsewhere.bind(("127.0.0.2", port))  # not possible beside a server on every interface

    assert not answers(port, "/")
    check_port(port)
