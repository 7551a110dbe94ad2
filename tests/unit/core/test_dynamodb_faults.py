"""What the app's DynamoDB client does when the network or DynamoDB fails, side by side with boto3's.

A test that takes `client` runs with both. One that takes `our_client` says what boto3's does instead.
"""

import json
import os
import random
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from urllib3 import Timeout

from app.core.config import Settings
from app.core.database import Table
from app.core.dynamodb import MAX_ATTEMPTS, DynamoDB
from app.core.errors import StaleRead
from app.main import Backend
from tests.unit.core.certificate_helpers import Authority
from tests.unit.core.entity_helpers import NOTES, note
from tests.unit.core.fault_server_helpers import LOST, FaultServer, Reply, answer, error

KEY = {"PK": {"S": "A"}, "SK": {"S": "1"}}
ITEM = {**KEY, "data": {"M": {"text": {"S": "Grüße"}, "n": {"N": "1.50"}, "on": {"BOOL": True}}}}
GET: dict[str, Any] = {"TableName": "T", "Key": KEY}
TRANSACTION: dict[str, Any] = {"TransactItems": [{"Put": {"TableName": "T", "Item": KEY}}]}
TIMEOUT_S = 0.5
CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
MakeClient = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer().running() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """The seconds for which our client would have waited."""
    return []


@pytest.fixture
def make_ours(pauses: list[float]) -> MakeClient:
    def make(url: str | None = None, ca_bundle: str | None = None) -> DynamoDB:
        return DynamoDB(
            region="eu-central-1",
            endpoint_url=url,
            ca_bundle=ca_bundle,
            timeout=Timeout(connect=TIMEOUT_S, read=TIMEOUT_S),
            sleep=pauses.append,
        )

    return make


def make_boto3(url: str | None = None, ca_bundle: str | None = None) -> Any:
    config = Config(
        connect_timeout=TIMEOUT_S,
        read_timeout=TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
    )
    # A session of its own: the default one keeps the credentials of the tests before.
    return boto3.Session().client("dynamodb", endpoint_url=url, verify=ca_bundle, config=config)


@pytest.fixture(params=["ours", "boto3"])
def make_client(request: pytest.FixtureRequest, make_ours: MakeClient) -> MakeClient:
    return make_ours if request.param == "ours" else make_boto3


@pytest.fixture
def client(make_client: MakeClient, server: FaultServer) -> Any:
    return make_client(server.url)


@pytest.fixture
def our_client(make_ours: MakeClient, server: FaultServer) -> DynamoDB:
    client: DynamoDB = make_ours(server.url)
    return client


class TestOperations:
    @pytest.mark.parametrize(
        ("method", "operation", "parameters"),
        [
            ("get_item", "GetItem", GET),
            ("put_item", "PutItem", {"TableName": "T", "Item": ITEM}),
            ("delete_item", "DeleteItem", GET),
            ("update_item", "UpdateItem", {**GET, "UpdateExpression": "REMOVE a"}),
            ("query", "Query", {"TableName": "T", "KeyConditionExpression": "PK = :pk"}),
            ("batch_get_item", "BatchGetItem", {"RequestItems": {"T": {"Keys": [KEY]}}}),
            (
                "batch_write_item",
                "BatchWriteItem",
                {"RequestItems": {"T": [{"DeleteRequest": {"Key": KEY}}]}},
            ),
        ],
    )
    def test_operations_sends_parameters_and_returns_answer_unchanged(
        self, client: Any, server: FaultServer, method: str, operation: str, parameters: dict[str, Any]
    ) -> None:
        consumed: Any = {"TableName": "T", "CapacityUnits": 1.0}
        consumed = [consumed] if "batch" in method else consumed
        server.replies = [answer({"ConsumedCapacity": consumed})]
        returned = getattr(client, method)(**parameters)

        (request,) = server.requests
        assert (request.method, request.path, request.operation) == ("POST", "/", operation)
        assert request.headers["content-type"] == "application/x-amz-json-1.0"
        assert request.json == parameters
        assert returned["ConsumedCapacity"] == consumed

    def test_operations_returns_attribute_values_as_on_the_wire(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [answer({"Item": ITEM})]
        assert client.get_item(**GET)["Item"] == ITEM

    def test_operations_has_no_operation_that_reads_a_whole_table(self, our_client: DynamoDB) -> None:
        assert not {"scan", "execute_statement"} & set(dir(our_client))


class TestThrottling:
    @pytest.mark.parametrize(
        "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
    )
    def test_tries_again(self, client: Any, server: FaultServer, code: str) -> None:
        server.replies = [error(code), answer({"Item": ITEM})]
        assert client.get_item(**GET)["Item"] == ITEM
        assert len(server.requests) == 2

    def test_throttling_gives_up_after_the_last_attempt(self, client: Any, server: FaultServer) -> None:
        server.replies = [error("ThrottlingException")] * MAX_ATTEMPTS
        with pytest.raises(ClientError, match="ThrottlingException") as raised:
            client.get_item(**GET)
        assert len(server.requests) == MAX_ATTEMPTS
        assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == MAX_ATTEMPTS - 1

    def test_throttling_treats_status_429_as_throttling(
        self, our_client: DynamoDB, server: FaultServer, pauses: list[float]
    ) -> None:
        server.replies = [Reply(429, b"")]
        our_client.get_item(**GET)
        assert len(pauses) == 1

    def test_throttling_waits_with_exponential_backoff_and_full_jitter(
        self, our_client: DynamoDB, server: FaultServer, pauses: list[float]
    ) -> None:
        server.replies = [error("ThrottlingException")] * MAX_ATTEMPTS * 20
        for _ in range(20):
            with pytest.raises(ClientError):
                our_client.get_item(**GET)
        for number in range(MAX_ATTEMPTS - 1):
            waits = pauses[number :: MAX_ATTEMPTS - 1]
            assert len(set(waits)) == 20
            assert 0 <= min(waits) < 2**number / 2 < max(waits) <= 2**number

    def test_throttling_waits_differently_in_copies_of_one_snapshot(
        self, our_client: DynamoDB, server: FaultServer, pauses: list[float]
    ) -> None:
        state = random.getstate()
        for _ in range(2):
            random.setstate(state)  # as after a SnapStart restore
            server.replies = [error("ThrottlingException")]
            our_client.get_item(**GET)
        assert pauses[0] != pauses[1]


class TestServerErrors:
    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_tries_again(self, client: Any, server: FaultServer, status: int) -> None:
        server.replies = [Reply(status, b"<html>Bad gateway</html>"), answer({"Item": ITEM})]
        assert client.get_item(**GET)["Item"] == ITEM

    def test_server_errors_waits_at_most_175_ms_over_all_attempts(
        self, our_client: DynamoDB, server: FaultServer, pauses: list[float]
    ) -> None:
        server.replies = [error("InternalServerError", status=500)] * MAX_ATTEMPTS
        with pytest.raises(ClientError, match="InternalServerError"):
            our_client.get_item(**GET)
        assert len(pauses) == MAX_ATTEMPTS - 1
        assert sum(pauses) <= 0.175

    def test_server_errors_raises_html_error_with_its_status_as_code(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [Reply(503, b"<html>Service unavailable</html>")] * MAX_ATTEMPTS
        with pytest.raises(ClientError) as raised:
            client.get_item(**GET)
        assert raised.value.response["Error"]["Code"] == "503"
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


class TestTimeouts:
    def test_tries_again_after_read_timeout(self, client: Any, server: FaultServer) -> None:
        server.replies = [Reply(delay_s=2 * TIMEOUT_S), answer({"Item": ITEM})]
        assert client.get_item(**GET)["Item"] == ITEM

    def test_timeouts_raises_read_timeout_after_the_last_attempt(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [Reply(delay_s=2 * TIMEOUT_S)] * MAX_ATTEMPTS
        with pytest.raises(ReadTimeoutError):
            client.get_item(**GET)
        assert len(server.requests) == MAX_ATTEMPTS

    def test_timeouts_raises_connect_timeout(self, make_client: MakeClient) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            address = listener.getsockname()
            # Nobody accepts these: they fill the queue, and the next handshake is not answered.
            waiting = [socket.socket() for _ in range(3)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(address)
            with pytest.raises(ConnectTimeoutError):
                make_client(f"http://127.0.0.1:{address[1]}").get_item(**GET)
            for each in waiting:
                each.close()

    def test_timeouts_raises_connection_error_where_nobody_listens(self, make_client: MakeClient) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            with pytest.raises(EndpointConnectionError):
                make_client(f"http://127.0.0.1:{unused.getsockname()[1]}").get_item(**GET)


class TestLostAnswer:
    def test_lost_answer_repeats_transaction_with_same_token(self, client: Any, server: FaultServer) -> None:
        server.replies = [LOST, Reply(delay_s=2 * TIMEOUT_S), Reply(500)]
        client.transact_write_items(**TRANSACTION)

        assert len(server.requests) == 4
        (token,) = {request.json["ClientRequestToken"] for request in server.requests}
        assert 1 <= len(token) <= 36
        assert server.requests[0].json["TransactItems"] == TRANSACTION["TransactItems"]

    def test_lost_answer_sends_another_token_with_next_transaction(
        self, client: Any, server: FaultServer
    ) -> None:
        client.transact_write_items(**TRANSACTION)
        client.transact_write_items(**TRANSACTION)
        first, second = server.requests
        assert first.json["ClientRequestToken"] != second.json["ClientRequestToken"]

    def test_lost_answer_tells_how_often_it_tried_if_a_condition_fails_at_last(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [LOST, error("ConditionalCheckFailedException", Item=ITEM)]
        with pytest.raises(ClientError) as raised:
            client.put_item(TableName="T", Item=ITEM)
        assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 1
        assert raised.value.response["Item"] == ITEM  # type: ignore[typeddict-item]

    def test_lost_answer_of_put_is_no_conflict_with_its_own_item(
        self, client: Any, server: FaultServer
    ) -> None:
        write = NOTES.create(note(1))
        server.replies = [LOST, error("ConditionalCheckFailedException", Item=write.request["Item"])]

        Table(client, "T").write([write])

        assert [request.json["Item"] for request in server.requests] == [write.request["Item"]] * 2

    def test_lost_answer_of_put_is_conflict_with_another_item(self, client: Any, server: FaultServer) -> None:
        other = NOTES.create(note(2)).request["Item"]
        server.replies = [LOST, error("ConditionalCheckFailedException", Item=other)]
        with pytest.raises(StaleRead):
            Table(client, "T").write([NOTES.create(note(1))])

    def test_lost_answer_is_conflict_if_nothing_was_tried_again(
        self, client: Any, server: FaultServer
    ) -> None:
        write = NOTES.create(note(1))
        server.replies = [error("ConditionalCheckFailedException", Item=write.request["Item"])]
        with pytest.raises(StaleRead):
            Table(client, "T").write([write])

    def test_lost_answer_raises_if_every_answer_is_lost(self, client: Any, server: FaultServer) -> None:
        server.replies = [LOST] * MAX_ATTEMPTS
        with pytest.raises(ConnectionClosedError):
            client.get_item(**GET)


class TestDamagedAnswer:
    @pytest.mark.parametrize(
        "damage",
        [
            Reply(body=b'{"Item": {}}', headers={"x-amz-crc32": "1"}),
            Reply(body=b'{"Item"', headers={"x-amz-crc32": "1"}),
            Reply(body=b'{"Item": {}}', headers={"x-amz-crc32": "1"}, cut_after=5),
        ],
        ids=["wrong checksum", "truncated JSON", "connection closed"],
    )
    def test_tries_again(self, client: Any, server: FaultServer, damage: Reply) -> None:
        server.replies = [damage, answer({"Item": ITEM})]
        assert client.get_item(**GET)["Item"] == ITEM
        assert len(server.requests) == 2

    @pytest.mark.parametrize("body", [b"", b'{"Item"', b"<html>", b"[]", b"null"])
    def test_damaged_answer_raises_what_is_no_answer_of_dynamodb(
        self, our_client: DynamoDB, server: FaultServer, body: bytes
    ) -> None:
        # Without a checksum boto3 takes each of these for the answer that there is no item.
        server.replies = [Reply(body=body)] * MAX_ATTEMPTS
        with pytest.raises(HTTPClientError):
            our_client.get_item(**GET)

    def test_damaged_answer_raises_wrong_checksum_after_the_last_attempt(
        self, our_client: DynamoDB, server: FaultServer
    ) -> None:
        # boto3 returns the damaged answer in the end.
        server.replies = [Reply(headers={"x-amz-crc32": "1"})] * MAX_ATTEMPTS
        with pytest.raises(HTTPClientError, match="checksum"):
            our_client.get_item(**GET)


class TestErrorShapes:
    @pytest.mark.parametrize(
        ("reply", "code", "message"),
        [
            (error("ValidationException", message="No"), "ValidationException", "No"),
            (
                Reply(400, b'{"__type": "ResourceNotFoundException", "Message": "No table"}'),
                "ResourceNotFoundException",
                "No table",
            ),
            (
                Reply(400, b'{"__type": "AccessDeniedException:http://example.com/", "message": "No"}'),
                "AccessDeniedException",
                "No",
            ),
            (Reply(400, b'{"message": "No type"}'), "400", "No type"),
            (Reply(413, b""), "413", ""),
        ],
        ids=["with namespace", "without namespace", "with address", "without type", "without body"],
    )
    def test_error_shapes_has_code_message_and_status_and_is_not_repeated(
        self, client: Any, server: FaultServer, reply: Reply, code: str, message: str
    ) -> None:
        server.replies = [reply]
        with pytest.raises(ClientError) as raised:
            client.get_item(**GET)
        assert raised.value.response["Error"]["Code"] == code
        assert raised.value.response["Error"]["Message"] == message
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == reply.status
        assert raised.value.operation_name == "GetItem"
        assert len(server.requests) == 1

    def test_error_shapes_has_request_id(self, client: Any, server: FaultServer) -> None:
        refused = error("ValidationException")
        server.replies = [Reply(400, refused.body, {"x-amzn-RequestId": "ABC"})]
        with pytest.raises(ClientError) as raised:
            client.get_item(**GET)
        assert raised.value.response["ResponseMetadata"]["RequestId"] == "ABC"

    def test_error_shapes_has_cancellation_reasons_of_transaction(
        self, client: Any, server: FaultServer
    ) -> None:
        reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The", "Item": ITEM}]
        server.replies = [error("TransactionCanceledException", CancellationReasons=reasons)]
        with pytest.raises(ClientError, match="TransactionCanceledException") as raised:
            client.transact_write_items(**TRANSACTION)
        assert raised.value.response["CancellationReasons"] == reasons


class TestEnvironmentCredentials:
    @pytest.fixture(autouse=True)
    def _keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in zip(CREDENTIAL_VARIABLES, ("AKID1", "secret", "token-1"), strict=True):
            monkeypatch.setenv(name, value)

    def test_environment_credentials_signs_with_key_and_session_token(
        self, client: Any, server: FaultServer
    ) -> None:
        client.get_item(**GET)
        headers = server.requests[0].headers
        assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID1/")
        assert "x-amz-security-token" in headers["authorization"]
        assert headers["x-amz-security-token"] == "token-1"

    def test_environment_credentials_sends_no_token_if_there_is_none(
        self, make_client: MakeClient, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_SESSION_TOKEN")
        make_client(server.url).get_item(**GET)
        assert "x-amz-security-token" not in server.requests[0].headers

    def test_environment_credentials_follows_rotation(
        self, our_client: DynamoDB, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # boto3 keeps what it has read first.
        our_client.get_item(**GET)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID2")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token-2")
        our_client.get_item(**GET)
        assert "Credential=AKID2/" in server.requests[1].headers["authorization"]
        assert server.requests[1].headers["x-amz-security-token"] == "token-2"

    def test_environment_credentials_raises_expired_credentials_at_once(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [error("ExpiredTokenException")]
        with pytest.raises(ClientError, match="ExpiredTokenException"):
            client.get_item(**GET)
        assert len(server.requests) == 1

    def test_environment_credentials_raises_if_half_is_missing(
        self, our_client: DynamoDB, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(NoCredentialsError):
            our_client.get_item(**GET)


class TestContainerCredentials:
    """As under SnapStart: Lambda names an endpoint that gives the credentials out."""

    @pytest.fixture
    def endpoint(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
        for name in CREDENTIAL_VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        with FaultServer().running() as endpoint:
            monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{endpoint.url}/credentials")
            monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "for-the-endpoint")
            yield endpoint

    def give(self, number: int, *, valid: timedelta = timedelta(hours=6)) -> Reply:
        until = (datetime.now(UTC) + valid).strftime("%Y-%m-%dT%H:%M:%SZ")
        key = {"AccessKeyId": f"AKID{number}", "SecretAccessKey": "secret", "Token": f"token-{number}"}
        return Reply(body=json.dumps({**key, "Expiration": until}).encode())

    def keys(self, server: FaultServer) -> list[str]:
        """The access keys that signed the requests."""
        return [
            request.headers["authorization"].split("Credential=")[1].split("/")[0]
            for request in server.requests
        ]

    def test_container_credentials_fetches_them_once_at_the_first_call(
        self, endpoint: FaultServer, make_client: MakeClient, server: FaultServer
    ) -> None:
        endpoint.replies = [self.give(1)]
        client = make_client(server.url)
        client.get_item(**GET)
        client.get_item(**GET)

        assert self.keys(server) == ["AKID1", "AKID1"]
        assert server.requests[0].headers["x-amz-security-token"] == "token-1"
        (asked,) = endpoint.requests
        assert asked.headers["authorization"] == "for-the-endpoint"

    def test_container_credentials_puts_no_credentials_into_a_snapshot(
        self, endpoint: FaultServer, make_ours: MakeClient, server: FaultServer
    ) -> None:
        make_ours(server.url)
        assert endpoint.requests == []

    def test_container_credentials_fetches_new_ones_before_they_expire(
        self, endpoint: FaultServer, make_client: MakeClient, server: FaultServer
    ) -> None:
        endpoint.replies = [self.give(1, valid=timedelta(minutes=5)), self.give(2)]
        client = make_client(server.url)
        client.get_item(**GET)
        client.get_item(**GET)
        assert self.keys(server)[-1] == "AKID2"

    @pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
    def test_container_credentials_fetches_new_ones_if_dynamodb_rejects_them(
        self, endpoint: FaultServer, make_ours: MakeClient, server: FaultServer, code: str
    ) -> None:
        # boto3 raises, and goes on with the same until they expire by its own clock.
        endpoint.replies = [self.give(1), self.give(2)]
        server.replies = [error(code), answer({"Item": ITEM})]
        assert make_ours(server.url).get_item(**GET)["Item"] == ITEM
        assert self.keys(server) == ["AKID1", "AKID2"]

    def test_container_credentials_raises_if_the_endpoint_gives_out_what_dynamodb_rejects(
        self, endpoint: FaultServer, make_client: MakeClient, server: FaultServer
    ) -> None:
        endpoint.replies = [self.give(1), self.give(1)]
        server.replies = [error("ExpiredTokenException")]
        with pytest.raises(ClientError, match="ExpiredTokenException"):
            make_client(server.url).get_item(**GET)

    def test_container_credentials_raises_if_the_endpoint_fails(
        self, endpoint: FaultServer, make_client: MakeClient, server: FaultServer
    ) -> None:
        endpoint.replies = [Reply(500, b"no")] * 5
        with pytest.raises(CredentialRetrievalError):
            make_client(server.url).get_item(**GET)
        assert server.requests == []

    def test_container_credentials_raises_if_there_is_no_endpoint(
        self,
        endpoint: FaultServer,
        make_client: MakeClient,
        server: FaultServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        with pytest.raises(NoCredentialsError):
            make_client(server.url).get_item(**GET)


class TestClockSkew:
    @pytest.mark.parametrize("ahead_s", [-3600, 3600])
    def test_clock_skew_signs_by_the_clock_of_aws_after_refusal(
        self, our_client: DynamoDB, server: FaultServer, ahead_s: int
    ) -> None:
        # boto3 raises InvalidSignatureException.
        server.clock_ahead_s = ahead_s
        server.replies = [error("InvalidSignatureException", message="Signature expired")]
        our_client.get_item(**GET)
        our_client.get_item(**GET)

        signed = [
            datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%S%z") for request in server.requests
        ]
        assert len(signed) == 3
        for at in signed[1:]:
            assert abs((at - datetime.now(UTC)).total_seconds() - ahead_s) < 5

    def test_clock_skew_raises_wrong_signature_if_the_clock_is_right(
        self, client: Any, server: FaultServer
    ) -> None:
        server.replies = [error("InvalidSignatureException")]
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            client.get_item(**GET)
        assert len(server.requests) == 1

    def test_clock_skew_raises_wrong_signature_if_the_answer_has_no_readable_date(
        self, our_client: DynamoDB, server: FaultServer
    ) -> None:
        refused = error("InvalidSignatureException")
        server.replies = [Reply(400, refused.body, {"Date": "today"})]
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            our_client.get_item(**GET)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class TestTls:
    def test_tls_accepts_certificate_of_trusted_authority(
        self, make_client: MakeClient, authority: Authority
    ) -> None:
        with FaultServer(authority.server_context("127.0.0.1")).running() as server:
            server.replies = [answer({"Item": ITEM})]
            found = make_client(server.url, str(authority.path)).get_item(**GET)
        assert found["Item"] == ITEM

    def test_tls_rejects_certificate_of_another_authority(
        self, make_client: MakeClient, authority: Authority, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = Authority(tmp_path_factory.mktemp("other"))
        with FaultServer(authority.server_context("127.0.0.1")).running() as server:
            with pytest.raises(SSLError):
                make_client(server.url, str(other.path)).get_item(**GET)
            assert server.requests == []

    def test_tls_rejects_certificate_of_another_host(
        self, make_client: MakeClient, authority: Authority
    ) -> None:
        with FaultServer(authority.server_context("example.com")).running() as server:
            with pytest.raises(SSLError):
                make_client(server.url, str(authority.path)).get_item(**GET)
            assert server.requests == []

    def test_tls_rejects_self_made_authority_if_none_is_named(
        self, make_client: MakeClient, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
        with (
            FaultServer(authority.server_context("127.0.0.1")).running() as server,
            pytest.raises(SSLError),
        ):
            make_client(server.url).get_item(**GET)


class TestConnections:
    def test_connections_reuses_connection(self, client: Any, server: FaultServer) -> None:
        for _ in range(3):
            client.get_item(**GET)
        assert len({request.connection for request in server.requests}) == 1

    def test_connections_reuses_connection_after_error_answer(self, client: Any, server: FaultServer) -> None:
        server.replies = [error("ValidationException")]
        with pytest.raises(ClientError):
            client.get_item(**GET)
        client.get_item(**GET)
        assert len({request.connection for request in server.requests}) == 1

    def test_connections_connects_again_if_all_connections_are_gone(
        self, client: Any, server: FaultServer
    ) -> None:
        client.get_item(**GET)
        server.reset_connections()  # as after a SnapStart restore
        client.get_item(**GET)
        assert len({request.connection for request in server.requests}) == 2

    def test_connections_works_in_copies_of_a_process_that_made_it(self, server: FaultServer) -> None:
        script = f"""
            import os
            from app.core.dynamodb import DynamoDB
            client = DynamoDB(region="eu-central-1", endpoint_url={server.url!r})
            copies = [os.fork() for _ in range(2)]
            for number in range(10):
                client.get_item(TableName="T", Key={KEY})
            if 0 not in copies:
                assert [os.waitpid(copy, 0)[1] for copy in copies] == [0, 0]
        """
        subprocess.run(
            [sys.executable, "-P", "-c", textwrap.dedent(script)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            timeout=60,
        )
        # The two copies and the first one's own copy, and the process itself.
        assert len(server.requests) == 40
        assert len({request.connection for request in server.requests}) == 4


class TestEndpoint:
    @pytest.mark.parametrize(
        ("general", "own"), [(True, False), (False, True), (True, True)], ids=["general", "own", "both"]
    )
    def test_endpoint_is_the_one_that_the_environment_names(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch, *, general: bool, own: bool
    ) -> None:
        for name in Settings.model_fields:
            monkeypatch.setenv(name.upper(), "eu-central-1" if name == "aws_region" else "x")
        monkeypatch.delenv("AWS_CA_BUNDLE")
        for name, named in (("AWS_ENDPOINT_URL", general), ("AWS_ENDPOINT_URL_DYNAMODB", own)):
            monkeypatch.delenv(name)
            if named:
                monkeypatch.setenv(name, server.url)
        if general and own:
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

        Backend.from_settings(Settings.from_environment()).table.get(NOTES.key(notebook="A", number="0001"))
        boto3.Session().client("dynamodb").get_item(**GET)

        assert [request.operation for request in server.requests] == ["GetItem", "GetItem"]

    @pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
    def test_endpoint_is_of_the_region_if_none_is_named(
        self, region: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
            monkeypatch.delenv(name, raising=False)
        boto3s = boto3.Session().client("dynamodb", region_name=region)
        assert DynamoDB(region=region).endpoint_url == boto3s.meta.endpoint_url


class TestTraceHeader:
    TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1 \x01"

    def test_trace_header_carries_the_trace_of_the_invocation(
        self, client: Any, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", self.TRACE)
        client.get_item(**GET)
        headers = server.requests[0].headers
        assert headers["x-amzn-trace-id"] == self.TRACE.replace(" \x01", "%20%01")
        assert "x-amzn-trace-id" not in headers["authorization"]

    def test_trace_header_is_absent_outside_lambda(
        self, client: Any, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", self.TRACE)
        client.get_item(**GET)
        assert "x-amzn-trace-id" not in server.requests[0].headers
