"""A DynamoDB client: signs, sends and retries the operations that the table needs.

It has the method names, error classes and answers of boto3's client; a fault suite compares the two
(tests/unit/core/test_dynamodb_faults.py). Why not boto3's: docs/adr/0029.
"""

import json
import os
import socket
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import partialmethod
from http import HTTPStatus
from random import SystemRandom
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4
from zlib import crc32

from botocore import exceptions as aws
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout, connection_from_url
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from app.core.credentials import CredentialSource
from app.core.signing import sign
from app.core.tls import client_context

MAX_ATTEMPTS = 4
# The longest wait before the second attempt, in seconds; it doubles from attempt to attempt.
BACKOFF_S, THROTTLING_BACKOFF_S = 0.025, 1.0
MAX_CLOCK_SKEW_S = 240  # AWS accepts a signature for 5 minutes

_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_THROTTLING_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
_CLOCK_SKEW_CODES = frozenset({"InvalidSignatureException", "RequestExpired", "RequestInTheFuture"})
_CREDENTIAL_CODES = frozenset({"ExpiredTokenException", "UnrecognizedClientException"})
# urllib3's exceptions as botocore's, the most specific first.
_NETWORK_ERRORS: tuple[tuple[type[HTTPError], type[aws.BotoCoreError]], ...] = (
    (SSLError, aws.SSLError),
    (NewConnectionError, aws.EndpointConnectionError),
    (ConnectTimeoutError, aws.ConnectTimeoutError),
    (ReadTimeoutError, aws.ReadTimeoutError),
    (HTTPError, aws.ConnectionClosedError),
)
# The state of `random` itself is in a SnapStart snapshot: all that are restored would wait equally long.
_RANDOM = SystemRandom()


class DynamoDB:
    """A client that opens no connection and reads no credentials before its first call.

    Every operation takes the parameters of DynamoDB's API and returns its answer, attribute values as
    they are on the wire.

    Raises, after `MAX_ATTEMPTS` where another attempt may help:
        botocore.exceptions.ClientError: DynamoDB answered with an error.
        botocore.exceptions.ConnectionError, HTTPClientError: DynamoDB cannot be reached, or its answer
            is damaged.
        botocore.exceptions.NoCredentialsError, CredentialRetrievalError: there are no credentials.
    """

    def __init__(
        self,
        *,
        region: str,
        endpoint_url: str | None = None,
        ca_bundle: str | None = None,
        timeout: Timeout | None = None,
        max_connections: int = 10,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._region = region
        self.endpoint_url = endpoint_url or f"https://dynamodb.{region}.amazonaws.com"
        self._host = urlsplit(self.endpoint_url).netloc
        self._pool = _connection_pool(
            self.endpoint_url, ca_bundle, timeout or Timeout(connect=2, read=3), max_connections
        )
        self._credentials = CredentialSource()
        self._sleep = sleep
        self._clock = clock
        self._clock_offset = 0.0

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        body = json.dumps(parameters, separators=(",", ":")).encode()
        attempt = 1
        while True:
            try:
                return self._attempt(operation, body)
            except aws.ClientError as error:
                error.response["ResponseMetadata"]["RetryAttempts"] = attempt - 1
                delay = self._delay_after_error(error, attempt)
                if delay is None or attempt == MAX_ATTEMPTS:
                    raise
            except (aws.ConnectionError, aws.HTTPClientError):
                delay = _backoff(BACKOFF_S, attempt)
                if attempt == MAX_ATTEMPTS:
                    raise
            self._sleep(delay)
            attempt += 1

    batch_get_item = partialmethod(_call, "BatchGetItem")
    batch_write_item = partialmethod(_call, "BatchWriteItem")
    delete_item = partialmethod(_call, "DeleteItem")
    get_item = partialmethod(_call, "GetItem")
    put_item = partialmethod(_call, "PutItem")
    query = partialmethod(_call, "Query")
    update_item = partialmethod(_call, "UpdateItem")

    def transact_write_items(self, **parameters: Any) -> dict[str, Any]:
        """Write all items or none, once: all attempts carry the same token."""
        return self._call("TransactWriteItems", ClientRequestToken=str(uuid4()), **parameters)

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = sign(
            {
                "content-type": "application/x-amz-json-1.0",
                "host": self._host,
                "x-amz-target": f"DynamoDB_20120810.{operation}",
            },
            body,
            credentials=self._credentials.get(),
            region=self._region,
            service="dynamodb",
            at=self._clock() + self._clock_offset,
        )
        response = self._send(body, headers | _trace_header())
        answer = _parse(response)
        if response.status != HTTPStatus.OK:
            raise _client_error(operation, response, answer or {})
        if answer is None:
            raise aws.HTTPClientError(error="the answer is no JSON object")
        return answer

    def _send(self, body: bytes, headers: dict[str, str]) -> BaseHTTPResponse:
        try:
            response = self._pool.urlopen("POST", "/", body, headers, retries=False)
        except HTTPError as error:
            kind = next(ours for theirs, ours in _NETWORK_ERRORS if isinstance(error, theirs))
            raise kind(endpoint_url=self.endpoint_url, error=error) from error
        checksum = response.headers.get("x-amz-crc32")
        if checksum is not None and int(checksum) != crc32(response.data):
            raise aws.HTTPClientError(error="the answer does not match its checksum")
        return response

    def _delay_after_error(self, error: aws.ClientError, attempt: int) -> float | None:
        """Seconds to wait before the next attempt; None if another attempt cannot succeed."""
        code, metadata = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        status = metadata["HTTPStatusCode"]
        if code in _THROTTLING_CODES or status == HTTPStatus.TOO_MANY_REQUESTS:
            return _backoff(THROTTLING_BACKOFF_S, attempt)
        if status in _TRANSIENT_STATUSES:
            return _backoff(BACKOFF_S, attempt)
        if code in _CLOCK_SKEW_CODES:
            return 0 if self._clock_corrected(metadata["HTTPHeaders"].get("date", "")) else None
        if code in _CREDENTIAL_CODES:
            return 0 if self._credentials.renew() else None
        return None

    def _clock_corrected(self, date: str) -> bool:
        """Whether AWS's clock differs from the local one; if so, later signatures use AWS's."""
        try:
            offset = parsedate_to_datetime(date).timestamp() - self._clock()
        except ValueError:
            return False
        if abs(offset - self._clock_offset) < MAX_CLOCK_SKEW_S:
            return False
        self._clock_offset = offset
        return True


def _connection_pool(
    endpoint_url: str, ca_bundle: str | None, timeout: Timeout, size: int
) -> HTTPConnectionPool:
    """Connections to one host that are reused, and replaced where the other side has closed them."""
    options: dict[str, Any] = {}
    if endpoint_url.startswith("https:"):
        options["ssl_context"] = client_context(ca_bundle)
    keepalive = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return connection_from_url(
        endpoint_url,
        timeout=timeout,
        maxsize=size,
        socket_options=[*HTTPConnection.default_socket_options, keepalive],
        headers={"user-agent": "lifestyle-spaces"},
        **options,
    )


def _backoff(longest_s: float, attempt: int) -> float:
    """Exponential backoff with full jitter, in seconds."""
    return _RANDOM.uniform(0, longest_s * 2 ** (attempt - 1))


def _trace_header() -> dict[str, str]:
    """Lambda's trace id, by which X-Ray connects the calls and AWS detects recursion."""
    trace_id = os.environ.get("_X_AMZN_TRACE_ID")
    if trace_id is None or "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return {}
    return {"x-amzn-trace-id": quote(trace_id, safe="-=;:+&[]{}\"',")}


def _parse(response: BaseHTTPResponse) -> dict[str, Any] | None:
    """The JSON object in the answer, None if there is none: proxies and load balancers answer HTML."""
    try:
        answer = json.loads(response.data)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _client_error(operation: str, response: BaseHTTPResponse, answer: dict[str, Any]) -> aws.ClientError:
    """The error as boto3 raises it, with other members of the answer such as `CancellationReasons`."""
    # `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`, or the name alone.
    code = str(answer.get("__type", response.status)).split(":")[0].rpartition("#")[2]
    message = answer.get("message", answer.get("Message", ""))
    parsed: Any = {
        **answer,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {
            "HTTPStatusCode": response.status,
            "HTTPHeaders": {name.lower(): value for name, value in response.headers.items()},
            "RequestId": response.headers.get("x-amzn-requestid", ""),
        },
    }
    return aws.ClientError(parsed, operation)
