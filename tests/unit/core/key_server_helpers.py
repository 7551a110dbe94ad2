"""A user pool's public keys over real HTTP, on good days and bad."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.factories import SigningKey


class KeyServer:
    """Say what it answers by setting `status` and `body`, or that it `hangs`; `asked` counts the requests."""

    def __init__(self, *keys: SigningKey) -> None:
        self.status = 200
        self.body = b""
        self.hangs = False
        self.asked = 0
        self.url = ""
        self.publish(*keys)

    def publish(self, *keys: SigningKey) -> None:
        """From now on these are the pool's keys."""
        self.body = json.dumps({"keys": [json.loads(key.jwks())["keys"][0] for key in keys]}).encode()


@contextmanager
def serving(server: KeyServer) -> Iterator[KeyServer]:
    """The server, at `url`."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked += 1
            if server.hangs:
                closing.wait()
                return
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(server.body)))
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, *_: Any) -> None:
            """Keep the requests out of the test output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_port}/jwks.json"
        try:
            yield server
        finally:
            closing.set()
            http.shutdown()
            thread.join()
