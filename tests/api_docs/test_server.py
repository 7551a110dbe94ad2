"""What the server of the documentation refuses: pages of other sites, and requests that are none."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from api_docs.site.server import Site
from local.ports import free_port

TARGET = "X-Amz-Target"
SIGN_IN = "AWSCognitoIdentityProviderService.InitiateAuth"


class Upstream(BaseHTTPRequestHandler):
    """In place of the embedded AWS: answers 200 to all."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[httpx2.Client]:
    """A site of one page, before a deployment."""
    folder = tmp_path / "site"
    folder.mkdir()
    for name in ("index.html", "404.html"):
        (folder / name).write_text(f"<head></head>{name}")
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        endpoint = f"http://127.0.0.1:{upstream.server_port}"
        deployment = {
            "api_url": f"{endpoint}/restapis/a/local/_user_request_",
            "endpoint_url": endpoint,
            "region": "us-east-1",
            "user_pool_id": "pool",
            "user_pool_client_id": "client",
            "table_name": "table",
            "function_name": "function",
        }
        (tmp_path / "env.json").write_text(json.dumps(deployment))
        with Site(free_port(), folder=folder, env_file=tmp_path / "env.json") as server:
            threads = [threading.Thread(target=each.serve_forever) for each in (upstream, server)]
            for thread in threads:
                thread.start()
            address = f"http://127.0.0.1:{server.server_port}"
            with httpx2.Client(base_url=address, trust_env=False) as client:
                yield client
            for each, thread in zip((upstream, server), threads, strict=True):
                each.shutdown()
                thread.join()


def raw(site: httpx2.Client, request: bytes) -> bytes:
    """What comes back until the server closes the connection."""
    with socket.create_connection((site.base_url.host, site.base_url.port or 0), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


class TestSite:
    @pytest.mark.parametrize("path", ["/", "/local/env.json", "/local/_ministack/ses/messages"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"Origin": "https://evil.example"},
            {"Origin": "http://127.0.0.1:1"},
            {"Sec-Fetch-Site": "cross-site"},
        ],
        ids=str,
    )
    def test_page_of_another_site_gets_403(
        self, site: httpx2.Client, path: str, headers: dict[str, str]
    ) -> None:
        assert site.get(path, headers=headers).status_code == 403

    def test_own_page_is_answered(self, site: httpx2.Client) -> None:
        origin = str(site.base_url).rstrip("/")
        assert site.get("/local/env.json", headers={"Origin": origin}).status_code == 200

    @pytest.mark.parametrize(
        ("method", "path", "headers"),
        [
            ("POST", "/local/", {TARGET: SIGN_IN}),
            ("GET", "/local/_ministack/ses/messages", {}),
            ("POST", "/local/restapis/a/local/_user_request_/api/v1/spaces", {}),
        ],
    )
    def test_what_the_pages_need_is_forwarded(
        self, site: httpx2.Client, method: str, path: str, headers: dict[str, str]
    ) -> None:
        assert site.request(method, path, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        ("method", "path", "headers"),
        [
            ("POST", "/local/", {TARGET: "AWSCognitoIdentityProviderService.AdminCreateUser"}),
            ("POST", "/local/", {TARGET: "DynamoDB_20120810.Scan"}),
            ("POST", "/local/", {}),
            ("GET", "/local/?Action=ListUsers", {}),
            ("POST", "/local/2015-03-31/functions", {}),
            ("POST", "/local/_ministack/reset", {}),
            ("GET", "/local/restapis/a", {}),
        ],
    )
    def test_what_no_page_needs_is_not_forwarded(
        self, site: httpx2.Client, method: str, path: str, headers: dict[str, str]
    ) -> None:
        assert site.request(method, path, headers=headers).status_code == 403

    @pytest.mark.parametrize("length", [b"-1", b"+1", b"1_0", b"x", b"\xb2"])
    def test_length_that_is_no_number_gets_400(self, site: httpx2.Client, length: bytes) -> None:
        request = b"POST /local/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + length + b"\r\n\r\n"
        assert raw(site, request).startswith(b"HTTP/1.0 400 ")

    @pytest.mark.parametrize("path", [b"/%00", b"/local/%00", b"/a%00b.html"])
    def test_path_with_nul_gets_400(self, site: httpx2.Client, path: bytes) -> None:
        request = b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert raw(site, request).startswith(b"HTTP/1.0 400 ")

    def test_garbage_gets_400(self, site: httpx2.Client) -> None:
        assert b"400" in raw(site, b"\x16\x03\x01 nothing\r\n\r\n")
