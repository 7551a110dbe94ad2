"""A page of another site, in a real browser, at the servers that run on a developer's machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from api_docs.site.document import ROOT
from api_docs.site.server import Site
from local.aws import Clients, Deployment
from local.ports import free_port
from local.tables import table_browser

# As the administrator of the emulator, whose key everybody knows.
CREATE_TOPIC = """async ([url, mode]) => {
  const body = "Action=CreateTopic&Name=attack&Version=2010-03-31";
  const Authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request";
  const headers = mode === "cors" ? { Authorization } : {};
  try {
    const answer = await fetch(url, { method: "POST", mode, body: new URLSearchParams(body), headers });
    return String(answer.status);
  } catch (error) {
    return error.name;
  }
}"""
READ = """async (url) => {
  try {
    return await (await fetch(url)).text();
  } catch (error) {
    return error.name;
  }
}"""


class Attacker(BaseHTTPRequestHandler):
    """A site of its own: the same machine, another port, and so another origin."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Elsewhere</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Attacker) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        page.close()
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def docs(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("docs")
    (folder / "index.html").write_text("the documentation")
    deployment.write(folder / "env.json")
    with Site(free_port(), folder=folder, env_file=folder / "env.json") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def tables(embedded_aws: Clients) -> Iterator[str]:
    port = free_port()
    with table_browser(embedded_aws.endpoint_url, port, root=ROOT):
        yield f"http://127.0.0.1:{port}"


class TestPageOfAnotherSite:
    @pytest.mark.parametrize("path", ["/", "/x/_user_request_/", "/restapis/x/y/_user_request_/"])
    @pytest.mark.parametrize("mode", ["cors", "no-cors"])
    def test_creates_nothing_in_the_embedded_aws(
        self, page: Page, embedded_aws: Clients, path: str, mode: str
    ) -> None:
        page.evaluate(CREATE_TOPIC, [f"{embedded_aws.endpoint_url}{path}", mode])

        topics = embedded_aws.client("sns").list_topics()["Topics"]
        assert [topic for topic in topics if topic["TopicArn"].endswith(":attack")] == []

    def test_reads_no_mail_of_the_embedded_aws(self, page: Page, embedded_aws: Clients) -> None:
        assert page.evaluate(READ, f"{embedded_aws.endpoint_url}/_ministack/ses/messages") == "TypeError"

    def test_reads_nothing_of_the_documentation(self, page: Page, docs: str) -> None:
        assert page.evaluate(READ, f"{docs}/local/env.json") == "TypeError"

    def test_reads_nothing_of_the_tables(self, page: Page, tables: str) -> None:
        assert page.evaluate(READ, f"{tables}/") == "TypeError"

    @pytest.mark.parametrize("server", ["embedded_aws", "docs", "tables"])
    def test_by_a_name_that_resolves_to_this_machine_gets_403(
        self, request: pytest.FixtureRequest, server: str
    ) -> None:
        found = request.getfixturevalue(server)
        url = found.endpoint_url if isinstance(found, Clients) else found

        answer = httpx2.get(f"{url}/", headers={"Host": "evil.example"}, trust_env=False)

        assert answer.status_code == 403
