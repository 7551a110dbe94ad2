"""API Gateway in front of the handler, as a WSGI application: requests become Lambda proxy events."""

import base64
import itertools
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

OPENAPI = Path(__file__).parents[2] / "contract" / "openapi.json"
OPENAPI_PATH = "/openapi.json"
STAGE = "live"
HOST = "abc123.execute-api.eu-central-1.amazonaws.com"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def proxy_event(environ: dict[str, Any], request_id: str) -> dict[str, Any]:
    """The event of a REST API's Lambda proxy integration for a WSGI request.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = {"Host": HOST} | {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if (name.startswith("HTTP_") and name != "HTTP_HOST")
        or (name in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value)
    }
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    values = {name: [value for other, value in query if other == name] for name, _ in query}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    # WSGI decodes the path; the gateway passes it on as it came.
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=-._~")
    return {
        "resource": path,
        "path": path,
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: several[-1] for name, several in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "apiId": "abc123",
            "domainName": HOST,
            "requestId": request_id,
            "stage": STAGE,
            "path": f"/{STAGE}{path}",
            "httpMethod": environ["REQUEST_METHOD"],
            "identity": {"sourceIp": "192.0.2.1", "userAgent": headers.get("User-Agent")},
        },
        "body": text or None,
        "isBase64Encoded": encoded,
    }


class Gateway:
    """A WSGI application that answers by `handler`, and the OpenAPI document at `OPENAPI_PATH`.

    `cpu_seconds` holds what each request of each operation cost, by its id.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._numbers = itertools.count(1)
        self.cpu_seconds: list[tuple[float, str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == OPENAPI_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [OPENAPI.read_bytes()]
        event = proxy_event(environ, f"request-{next(self._numbers)}")
        start = time.process_time()
        answer = self._handler(event, None)
        self.cpu_seconds.append((time.process_time() - start, event["httpMethod"], event["path"]))
        status = HTTPStatus(answer["statusCode"])
        headers = [
            (name, value) for name, values in answer["multiValueHeaders"].items() for value in values
        ] or list(answer["headers"].items())
        start_response(f"{status.value} {status.phrase}", headers)
        body = answer["body"]
        return [base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()]
