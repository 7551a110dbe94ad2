"""DynamoDB, SSM and a user pool's keys on 127.0.0.1, with and without TLS, for the measured requests.

Puts are stored and found again by their keys; conditions, updates and checks are taken as they come.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from typing import Any
from zlib import crc32

ADDRESS = "127.0.0.1"
_CONTRACT = Path(__file__).parent.parent / "contract" / "parameters.json"
# Parameters without a bound are texts with a pattern.
_TEXTS = {"web_url": "https://app.example.com", "mail_sender": "no-reply@example.com", "mail_delivery": "log"}


def parameters() -> dict[str, str]:
    """A value for each parameter of the contract; numbers are large, so that no limit is met."""
    names = json.loads(_CONTRACT.read_text(encoding="utf-8"))
    return {name: _TEXTS.get(name, "1000000") for name in names}


class Services:
    """The state of the three services."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self._keys = keys
        self._items: dict[tuple[str, str], Any] = {}

    def answer(self, target: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one call; without a target it is the user pool's keys that are asked for."""
        operation = (target or "").rpartition(".")[2]
        if operation == "GetItem":
            found = self._items.get(_key(body["Key"]))
            return {"Item": found} if found else {}
        if operation == "BatchGetItem":
            found = {name: self._found(each) for name, each in body["RequestItems"].items()}
            return {"Responses": found, "UnprocessedKeys": {}}
        if operation == "TransactWriteItems":
            for item in [write["Put"]["Item"] for write in body["TransactItems"] if "Put" in write]:
                self._items[_key(item)] = item
            return {}
        if operation == "PutItem":
            self._items[_key(body["Item"])] = body["Item"]
            return {}
        if operation == "GetParametersByPath":
            values = [{"Name": f"{body['Path']}/{n}", "Value": v} for n, v in parameters().items()]
            return {"Parameters": values}
        return {} if target else self._keys

    def _found(self, request: dict[str, Any]) -> list[Any]:
        return [self._items[_key(key)] for key in request["Keys"] if _key(key) in self._items]


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


@contextmanager
def serve(keys: dict[str, Any], tls: SSLContext) -> Iterator[tuple[str, str]]:
    """The addresses of the services while they run: by HTTP, and by HTTPS in this context."""
    services = Services(keys)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(services.answer(self.headers["X-Amz-Target"], body))

        def do_GET(self) -> None:
            self._send(services.answer(None, {}))

        def _send(self, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-amz-crc32", str(crc32(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    plain, secure = (ThreadingHTTPServer((ADDRESS, 0), Handler) for _ in range(2))
    secure.socket = tls.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{ADDRESS}:{plain.server_port}", f"https://{ADDRESS}:{secure.server_port}"
    finally:
        for server in (plain, secure):
            server.shutdown()
            server.server_close()
