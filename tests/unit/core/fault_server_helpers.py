"""A DynamoDB endpoint on loopback that answers as a test says, and credentials that do the same."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any
from zlib import crc32


@dataclass(frozen=True)
class Reply:
    """One answer. `delay_s` passes first; `cut_after` bytes of the body, the connection is closed."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0
    cut_after: int | None = None


# The connection is closed without an answer.
LOST = Reply(cut_after=-1)


def answer(value: Mapping[str, Any], **headers: str) -> Reply:
    """A successful answer with its checksum, as DynamoDB sends it."""
    body = json.dumps(value).encode()
    return Reply(body=body, headers={"x-amz-crc32": str(crc32(body)), **headers})


def error(code: str, *, status: int = 400, message: str = "", **members: Any) -> Reply:
    """An error in DynamoDB's words."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **members}
    return Reply(status, json.dumps(body).encode())


@dataclass(frozen=True)
class Request:
    """What has arrived; `connection` is the port that it came from."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def operation(self) -> str:
        return self.headers["x-amz-target"].split(".")[1]


class FaultServer:
    """Answers with `replies` in turn, then always with `{}`; `requests` are those that have arrived."""

    def __init__(self, tls: SSLContext | None = None) -> None:
        self.replies: list[Reply] = []
        self.requests: list[Request] = []
        self._sockets: list[socket.socket] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                owner._sockets.append(self.connection)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                port = self.client_address[1]
                owner.requests.append(Request(self.command, self.path, headers, body, port))
                self._reply(owner.replies.pop(0) if owner.replies else Reply())

            def do_GET(self) -> None:
                self.do_POST()

            def _reply(self, reply: Reply) -> None:
                time.sleep(reply.delay_s)
                if reply is LOST:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut_after])
                self.close_connection = reply.cut_after is not None

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(time.time() + owner.clock_ahead_s)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.clock_ahead_s = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients go away here
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.url = self.url.replace("http:", "https:")

    def reset_connections(self) -> None:
        """Close every open connection at once, as if the machine at the other end were another one."""
        for connection in self._sockets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._sockets.clear()

    @contextmanager
    def running(self) -> Iterator["FaultServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
