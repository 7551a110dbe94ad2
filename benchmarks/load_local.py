"""Load over HTTP at a deployment to the embedded AWS whose workers are all cold: no request is lost."""

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier
from urllib.parse import urlsplit

from benchmarks.events import SPACE
from benchmarks.load import LoadError
from local import deployment, emulator
from local.aws import Clients
from local.ports import free_port
from local.users import sign_in

ROOT = Path(__file__).parent.parent
CLIENTS = 8
TIMEOUT_S = 60
ENTRY = json.dumps({"title": "Today", "content": "A walk by the river. " * 10})


class Client:
    """One user with one connection. `times_ms` has the time of each request."""

    def __init__(self, api_url: str, email: str, token: str) -> None:
        self._url = urlsplit(api_url)
        self._email = email
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection = HTTPConnection(self._url.hostname or "", self._url.port, timeout=TIMEOUT_S)
        self.times_ms: list[float] = []

    def run(self, together: Barrier, seconds: float) -> None:
        """Make a profile and a space when all others do, then write and read entries until the time is up.

        Raises:
            LoadError: a request was not answered as it should, or an entry is not in the list.
        """
        together.wait(TIMEOUT_S)
        self._send("POST", "/api/v1/users", json.dumps({"email": self._email, "name": "Ann"}))
        space = json.loads(self._send("POST", "/api/v1/spaces", SPACE))
        path = f"/api/v1/spaces/{space['space_id']}"
        journals = f"{path}/journals"
        until = time.monotonic() + seconds
        written = []
        for read in cycle([*[path] * 7, "/api/v1/users/me/spaces", journals, None]):
            if time.monotonic() >= until:
                break
            if read:
                self._send("GET", read)
            else:
                written.append(json.loads(self._send("POST", journals, ENTRY))["entry_id"])
        if self._listed(journals) != sorted(written, reverse=True):
            raise LoadError(f"{journals} does not list the {len(written)} entries that were written")

    def _listed(self, journals: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = json.loads(self._send("GET", f"{journals}?limit=100{cursor}"))
            found += [entry["entry_id"] for entry in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def _send(self, method: str, path: str, body: str | None = None) -> bytes:
        started = time.perf_counter()
        self._connection.request(method, f"{self._url.path}{path}", body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self.times_ms.append((time.perf_counter() - started) * 1000)
        if answer.status != (201 if body else 200):
            raise LoadError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def at_local(seconds: float) -> dict[str, float]:
    """Deploy afresh, send requests for so long, and return what they took.

    Raises:
        LoadError: a request was not answered as it should, or an entry is lost.
    """
    with tempfile.TemporaryDirectory(prefix="lifestyle-spaces-load-") as name:
        home = Path(name)
        found = emulator.start(home, free_port(), python=ROOT / ".local" / "venv" / "bin" / "python")
        try:
            aws = Clients(found.url)
            deployment.bootstrap(aws, work=home, root=ROOT)
            deployed = deployment.deploy(aws, work=home, root=ROOT)
            clients = []
            for number in range(CLIENTS):
                email = f"load-{number}@example.com"
                token = sign_in(aws, deployed, email, "Correct-Horse-1")
                clients.append(Client(deployed.api_url, email, token))
            together = Barrier(CLIENTS)
            with ThreadPoolExecutor(CLIENTS) as threads:
                for run in [threads.submit(client.run, together, seconds) for client in clients]:
                    run.result()
        finally:
            emulator.stop(home)
    first = [client.times_ms[0] for client in clients]
    rest = [taken for client in clients for taken in client.times_ms[1:]]
    return {
        "clients": CLIENTS,
        "requests": len(first) + len(rest),
        "seconds": seconds,
        "first_ms_max": max(first),
        "p50_ms": median(rest),
        "p99_ms": quantiles(rest, n=100)[98],
        "max_ms": max(rest),
    }
