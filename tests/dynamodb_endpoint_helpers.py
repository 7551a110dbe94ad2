"""moto's DynamoDB at an address, for code under test that does not call it through boto3."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from mypy_boto3_dynamodb import DynamoDBClient


@contextmanager
def dynamodb_endpoint(client: DynamoDBClient) -> Iterator[str]:
    """The URL of a server on loopback that passes each request to this client."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].split(".")[1]
            parameters = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = 200
            answer: Any
            try:
                answer = getattr(client, xform_name(operation))(**parameters)
            except ClientError as error:
                answer = {**error.response, "__type": error.response["Error"]["Code"]}
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        # The client's connections stay open until it is collected.
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
