"""Programs that use the packed clients, and a server whose responses a test chooses."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from api_docs import clients

BINARIES = clients.ROOT / "node_modules" / ".bin"
PROBLEM = {"type": "about:blank", "title": "No", "detail": "Not now", "code": "too_many", "request_id": "r1"}


def run(*command: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program and return its output; Node is that of .venv."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    variables = {"PATH": path, **env}
    return subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, check=False, timeout=240
    )


def run_typescript(installed: Path, program: str, **env: str) -> Any:
    """Run a program that imports the installed client, and return what it printed as JSON."""
    file = installed / "program.mts"
    file.write_text(program)
    done = run("node", "--no-warnings", file, cwd=None, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass
class Scripted:
    """A response to give. `status` 0 closes the connection instead."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Received:
    """A request that was received; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass
class ScriptedApi:
    """A server that gives one response after the other and keeps the requests."""

    url: str = ""
    responses: list[Scripted] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)

    def will_answer(self, *responses: Scripted) -> None:
        """Give these responses, in this order."""
        self.responses += responses


@contextmanager
def scripted_api() -> Iterator[ScriptedApi]:
    """Serve a `ScriptedApi` on a free port."""
    api = ScriptedApi()

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.requests.append(Received(self.command, self.path, headers, body))
            response = api.responses.pop(0)
            if response.status == 0:
                self.close_connection = True
                return
            self.send_response(response.status)
            text = response.body if isinstance(response.body, str) else json.dumps(response.body)
            content = b"" if response.body is None else text.encode()
            kind = "text/html" if isinstance(response.body, str) else "application/json"
            for name, value in {"Content-Type": kind, **response.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _respond  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield api
        server.shutdown()
        thread.join()
