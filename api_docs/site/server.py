"""Serves the site on this machine: `python -m api_docs.site.server`, which is `make docs`.

Below /local/ it forwards to the embedded AWS of `make local`, so that a page may sign in and send requests
from its own origin, whatever its port: an environment has one CORS origin, which is the front end's.
"""

import functools
import http.client
import json
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from api_docs.site.build import TARGET, build
from api_docs.site.document import ROOT
from local.aws import Deployment
from local.console import fail
from local.errors import LocalError
from local.guard import refusal
from local.ports import HOST, check_port, chosen_port

ENV_FILE = ROOT / ".local" / "env.json"
_PREFIX = "/local"
_INBOX = "/_ministack/ses/messages"
# The actions of a user pool that need no AWS credentials.
_ACTIONS = (
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "ForgotPassword",
    "GetUser",
    "GlobalSignOut",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SignUp",
)
_SIGN_IN = tuple(f"AWSCognitoIdentityProviderService.{action}" for action in _ACTIONS)
# The pages are stricter (generator.py); a `meta` element cannot forbid frames.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
# What belongs to a connection, not to the message.
_HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive", "server", "date", "origin"}
_NOT_RUNNING = "The environment `local` does not run; start it with `make local`"


class Site(ThreadingHTTPServer):
    """The site in `folder`, before the deployment that `env_file` names.

    Raises:
        LocalError: the port is taken.
    """

    def __init__(self, port: int, *, folder: Path, env_file: Path) -> None:
        check_port(port, choose="make docs DOCS_PORT")
        super().__init__((HOST, port), functools.partial(_Handler, directory=str(folder)))
        self.env_file = env_file


class _Handler(SimpleHTTPRequestHandler):
    server: Site
    path = ""  # until a request is read

    def end_headers(self) -> None:
        """No page loads anything from elsewhere, and none is kept: the next build may differ."""
        if not self._is_local:
            self.send_header("Content-Security-Policy", _POLICY)
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def parse_request(self) -> bool:
        """Read the request, and refuse what a page of another site may have sent, or what is no request."""
        if not super().parse_request():
            return False
        if reason := refusal({name.lower(): value for name, value in self.headers.items()}):
            self.send_error(HTTPStatus.FORBIDDEN, f"Refused: {reason}")
        elif not self.headers.get("Content-Length", "0").isdecimal() or "\0" in unquote(self.path):
            self.send_error(HTTPStatus.BAD_REQUEST)
        else:
            return True
        self.close_connection = True
        return False

    def do_GET(self) -> None:
        """A file, or what `local` answers."""
        if self._is_local:
            self._to_local()
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """What `local` answers; the site itself takes nothing."""
        if self._is_local:
            self._to_local()
        else:
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the base class looks for these names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page where there is none."""
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        page = (Path(self.directory) / "404.html").read_bytes()
        self._answer(
            code, {"Content-Type": "text/html"}, page.replace(b"<head>", b'<head><base href="/">', 1)
        )

    def log_message(self, *_: Any) -> None:
        """Say nothing: what matters stands in the page."""

    @property
    def _is_local(self) -> bool:
        return self.path.startswith(f"{_PREFIX}/")

    def _to_local(self) -> None:
        try:
            deployment = Deployment.read(self.server.env_file)
            if self.path == f"{_PREFIX}/env.json":
                self._answer(HTTPStatus.OK, {"Content-Type": "application/json"}, _told(deployment))
            elif self._is_of_the_pages:
                self._answer(*self._forward(urlsplit(deployment.endpoint_url)))
            else:
                self.send_error(HTTPStatus.FORBIDDEN, "Refused: no page of this site needs it")
        except OSError:
            body = json.dumps({"code": "not_running", "detail": _NOT_RUNNING}).encode()
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"Content-Type": "application/problem+json"}, body)

    @property
    def _is_of_the_pages(self) -> bool:
        """Whether a page sends such a request: to the API, to sign in, or to read the inbox."""
        path = urlsplit(self.path.removeprefix(_PREFIX)).path
        sign_in = self.headers.get("X-Amz-Target", "").startswith(_SIGN_IN)
        return (
            (path.startswith("/restapis/") and "/_user_request_/" in path)
            or (self.command == "POST" and path == "/" and sign_in)
            or (self.command == "GET" and path == _INBOX)
        )

    def _forward(self, endpoint: Any) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(endpoint.hostname, endpoint.port, timeout=60)
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            connection.request(self.command, self.path.removeprefix(_PREFIX), body, sent)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return answer.status, kept, answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _told(deployment: Deployment) -> bytes:
    """What the page needs to know of the deployment."""
    return json.dumps(
        {
            "user_pool_id": deployment.user_pool_id,
            "user_pool_client_id": deployment.user_pool_client_id,
            "api_url": deployment.api_url,
            "api_path": urlsplit(deployment.api_url).path.removeprefix("/"),
        }
    ).encode()


def main() -> int:
    """Builds the site and serves it until Ctrl-C."""
    try:
        port = chosen_port("DOCS_PORT", 8000)
        build()
        with Site(port, folder=TARGET, env_file=ENV_FILE) as site:
            print(f"The documentation of the API: http://{HOST}:{port} (Ctrl-C ends it)", flush=True)
            site.serve_forever()
    except LocalError as error:
        fail(str(error))
        return 1
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
