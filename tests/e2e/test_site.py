"""The documentation in a real browser, before the deployed stack: what a newcomer does with it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from api_docs.site.build import ROOT, build
from api_docs.site.server import Site
from local.aws import Clients, Deployment
from local.ports import free_port
from local.tables import table_browser
from tests.e2e.conftest import PASSWORD
from tests.factories import Person


@pytest.fixture(scope="module")
def site(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served as `make docs` serves it."""
    home = tmp_path_factory.mktemp("site")
    deployment.write(home / "env.json")
    build(home / "site")
    with Site(free_port(), folder=home / "site", env_file=home / "env.json") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page(site: str, browser: Browser) -> Iterator[Page]:
    """A browser window that has asked nobody but the site for anything, and in which nothing went wrong."""
    asked: list[str] = []
    wrong: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page = browser.new_page(base_url=site, viewport={"width": 1280, "height": 900})
    page.on("request", note)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((f"{site}/", "data:"))] == []
    assert wrong == []


@pytest.fixture(scope="module")
def ada(sign_up: Callable[[], Person]) -> Person:
    return sign_up().make_profile("Ada")


@pytest.fixture
def signed_in(page: Page, ada: Person) -> Page:
    page.goto("/index.html")
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#who")).to_have_text(f"Signed in as {ada.email}", timeout=60_000)
    return page


def send(page: Page) -> None:
    page.get_by_role("button", name="Send to local").click()
    expect(page.locator("#answer h3")).to_be_visible(timeout=60_000)


class TestANewcomer:
    def test_is_told_when_the_password_is_wrong(self, page: Page, ada: Person) -> None:
        page.goto("/index.html")
        page.get_by_label("E-mail").fill(ada.email)
        page.get_by_label("Password").fill("Wrong-Horse-1")
        page.get_by_role("button", name="Sign in").click()

        expect(page.locator("#who")).to_have_text("Incorrect username or password.", timeout=60_000)

    def test_signs_in_makes_a_space_and_finds_it_in_the_list(self, signed_in: Page, ada: Person) -> None:
        signed_in.get_by_text("Spaces", exact=True).click()
        signed_in.get_by_role("link", name="POST Make a space").click()
        signed_in.get_by_label("Body").fill('{"name": "Night owls"}')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("201")
        expect(signed_in.locator("#answer")).to_contain_text('"name": "Night owls"')
        spaces = ada.get("/api/v1/users/me/spaces").json()["items"]
        assert "Night owls" in [space["name"] for space in spaces]
        signed_in.goto("/list-my-spaces.html")
        send(signed_in)
        expect(signed_in.locator("#answer")).to_contain_text('"name": "Night owls"')

    def test_is_told_what_a_409_means_and_what_to_do(self, signed_in: Page, ada: Person) -> None:
        signed_in.goto("/create-user.html")
        signed_in.get_by_label("Body").fill(f'{{"email": "{ada.email}", "name": "Ada"}}')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("409")
        told = signed_in.locator("#answer .problem")
        expect(told).to_contain_text("You already have a profile.")
        expect(told).to_contain_text("Use PATCH /api/v1/users/me to change it.")
        told.get_by_role("link", name="profile_exists").click()
        expect(signed_in).to_have_url(re.compile(r"/errors\.html#profile_exists$"))
        expect(signed_in.locator("tr:target")).to_contain_text("profile_exists")

    def test_finds_the_mail_that_was_sent(self, page: Page, ada: Person) -> None:
        page.goto("/inbox.html")

        mail = page.locator("article.mail").filter(has_text=ada.email)
        expect(mail).to_contain_text("verification code", timeout=60_000)

    def test_sends_parameters_where_they_belong(self, signed_in: Page, ada: Person) -> None:
        path = ada.post("/api/v1/spaces", {"name": "Early birds"}).headers["Location"]
        space_id = path.rpartition("/")[2]
        signed_in.goto("/update-space.html")
        signed_in.get_by_label("space_id").fill(space_id)
        signed_in.get_by_label("If-Match").fill('"99-0000000000000000"')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("412")
        assert ada.get(path).json()["name"] == "Early birds"


class TestPages:
    def test_lead_nowhere_that_is_not_there(self, page: Page, site: str) -> None:
        page.goto("/index.html")
        links = page.locator("nav a, main a").evaluate_all("links => links.map(link => link.href)")
        assert len(links) > 80
        for link in sorted(set(links)):
            with urlopen(link) as answer:
                assert answer.status == 200

    def test_let_nothing_in_from_elsewhere(self, site: str) -> None:
        with urlopen(f"{site}/index.html") as answer:
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")

    def test_fit_a_phone(self, page: Page) -> None:
        page.set_viewport_size({"width": 390, "height": 800})
        for name in ("index", "errors", "schemas", "create-space", "delete-comment"):
            page.goto(f"/{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        page.set_viewport_size({"width": 1280, "height": 900})


class TestTheTableBrowser:
    def test_shows_what_was_written(self, ada: Person, embedded_aws: Clients, deployment: Deployment) -> None:
        port = free_port()
        hers = {"PK": {"type": "S", "operator": "=", "value": f"USER#{ada.user_id}"}}
        query = urlencode({"operationType": "query", "filters": json.dumps(hers)})
        items = f"http://127.0.0.1:{port}/tables/{deployment.table_name}/items?{query}"
        with table_browser(embedded_aws.endpoint_url, port, root=ROOT), urlopen(items) as answer:
            assert ada.email in answer.read().decode()
