"""A proxy in front of DynamoDB Local that makes one call of a request fail, at once or for good."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from urllib3 import HTTPConnectionPool
from urllib3.util import parse_url

TABLE_ERROR = "com.amazonaws.dynamodb.v20120810#"


class Fault(StrEnum):
    """What happens to a call. `once`: its next attempt succeeds."""

    THROTTLED_ONCE = "throttled once"
    THROTTLED = "throttled"
    SERVER_ERROR = "answered by 500"
    LOST_REQUEST = "never arrives"
    LOST_ANSWER_ONCE = "takes effect, the answer is lost once"
    LOST_ANSWER = "takes effect, the answer is lost"
    TRANSACTION_CONFLICT = "conflicts with another transaction"
    PARTIAL_BATCH_ONCE = "batch is not processed once"
    PARTIAL_BATCH = "batch is not processed"

    @property
    def is_temporary(self) -> bool:
        return self.value.endswith("once")

    def applies_to(self, operation: str) -> bool:
        """Tell whether DynamoDB can do this to the operation."""
        if self is Fault.TRANSACTION_CONFLICT:
            return operation == "TransactWriteItems"
        if self in {Fault.PARTIAL_BATCH, Fault.PARTIAL_BATCH_ONCE}:
            return operation == "BatchGetItem"
        return True


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, or a connection that is closed without one."""

    status: int
    body: bytes

    @property
    def is_lost(self) -> bool:
        return self.status == 0


LOST = Answer(0, b"")


def _error(code: str, status: int = 400, **members: Any) -> Answer:
    return Answer(status, json.dumps({"__type": f"{TABLE_ERROR}{code}", "message": "", **members}).encode())


class FaultProxy:
    """Forwards calls; `arrange(fault, at)` makes the call of this number fail, counted from 0.

    `operations` are the calls since then, attempts of the same call counted once; `requests` are all calls
    there ever were, as operation and body.
    """

    def __init__(self, upstream: str) -> None:
        address = parse_url(upstream)
        self._pool = HTTPConnectionPool(str(address.host), address.port, maxsize=4)
        self._lock = threading.Lock()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.arrange(None, -1)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = proxy.answer(dict(self.headers), body)
                if answer.is_lost:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                """Keep the calls out of the test output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def arrange(self, fault: Fault | None, at: int) -> None:
        """Begin to count calls, and do this to the call of this number."""
        self._fault, self._at = fault, at
        self._bodies: list[bytes] = []
        self._attempts = 0
        self.operations: list[str] = []

    def answer(self, headers: dict[str, str], body: bytes) -> Answer:
        """What the client hears."""
        operation = headers["X-Amz-Target" if "X-Amz-Target" in headers else "x-amz-target"].split(".")[1]
        with self._lock:
            if body not in self._bodies:
                self._bodies.append(body)
                self.operations.append(operation)
                self.requests.append((operation, json.loads(body)))
            hit = self._fault and self._bodies.index(body) == self._at
            self._attempts += bool(hit)
            if not hit or (self._fault and self._fault.is_temporary and self._attempts > 1):
                return self._forward(headers, body)
            return self._fail(headers, body)

    def _fail(self, headers: dict[str, str], body: bytes) -> Answer:
        match self._fault:
            case Fault.THROTTLED_ONCE | Fault.THROTTLED:
                return _error("ProvisionedThroughputExceededException")
            case Fault.SERVER_ERROR:
                return _error("InternalServerError", 500)
            case Fault.LOST_REQUEST:
                return LOST
            case Fault.LOST_ANSWER_ONCE | Fault.LOST_ANSWER:
                self._forward(headers, body)
                return LOST
            case Fault.TRANSACTION_CONFLICT:
                items = len(json.loads(body)["TransactItems"])
                reasons = [{"Code": "TransactionConflict"}] + [{"Code": "None"}] * (items - 1)
                return _error("TransactionCanceledException", CancellationReasons=reasons)
            case _:
                request = json.loads(body)
                items = request["RequestItems"]
                answer = {"Responses": {table: [] for table in items}, "UnprocessedKeys": items}
                return Answer(200, json.dumps(answer).encode())

    def _forward(self, headers: dict[str, str], body: bytes) -> Answer:
        response = self._pool.urlopen("POST", "/", body, headers)
        return Answer(response.status, response.data)

    @contextmanager
    def running(self) -> Iterator["FaultProxy"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
            self._pool.close()
