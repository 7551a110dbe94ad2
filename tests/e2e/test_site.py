"""The documentation in a real browser, before the deployed stack: what a newcomer does with it."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from api_docs.site.build import build
from api_docs.site.document import ROOT
from api_docs.site.server import Site
from local.aws import Clients, Deployment
from local.ports import free_port
from local.tables import table_browser
from tests.e2e.conftest import PASSWORD
from tests.factories import Person

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
# One of each kind.
PAGES = (
    "index",
    "errors",
    "roles",
    "operations",
    "schemas",
    "create-journal",
    "list-members",
    "inbox",
    "404",
)


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


def sign_in(page: Page, email: str, password: str) -> None:
    page.locator("button.account").click()
    dialog = page.get_by_role("dialog", name="Your session")
    dialog.get_by_label("E-mail").fill(email)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in").click()


@pytest.fixture
def signed_in(page: Page, ada: Person) -> Page:
    page.goto("/create-user.html")
    if page.locator("#who").text_content() != f"Signed in as {ada.email}":
        sign_in(page, ada.email, PASSWORD)
    expect(page.locator("#who")).to_have_text(f"Signed in as {ada.email}", timeout=60_000)
    return page


@pytest.fixture
def space_id(ada: Person) -> str:
    location = ada.post("/api/v1/spaces", {"name": "Early birds"}).headers["Location"]
    return location.rpartition("/")[2]


def send(page: Page) -> None:
    page.get_by_role("button", name="Send to local").click()
    expect(page.locator("#answer h3")).to_be_visible(timeout=60_000)


class TestSession:
    def test_sign_in_with_wrong_password_says_so(self, page: Page, ada: Person) -> None:
        page.goto("/create-user.html")
        sign_in(page, ada.email, "Wrong-Horse-1")

        expect(page.locator("#account [role=status]")).to_have_text(
            "Incorrect username or password.", timeout=60_000
        )

    def test_sign_out_forgets_token_and_ids(self, signed_in: Page) -> None:
        signed_in.evaluate("""sessionStorage.setItem("ids", '{"space_id": "kept"}')""")
        signed_in.locator("button.account").click()
        signed_in.get_by_role("button", name="Sign out").click()

        expect(signed_in.locator("#account [role=status]")).to_have_text("Not signed in")
        signed_in.goto("/get-space.html")
        expect(signed_in.locator("#who")).to_have_text("Not signed in")
        expect(signed_in.locator("#try [name=space_id]")).to_have_value("")


class TestForm:
    def test_post_creates_what_the_list_then_shows(self, signed_in: Page, ada: Person) -> None:
        signed_in.goto("/create-space.html")
        signed_in.get_by_label("Body").fill('{"name": "Night owls"}')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("201")
        expect(signed_in.locator("#answer")).to_contain_text('"name": "Night owls"')
        spaces = ada.get("/api/v1/users/me/spaces").json()["items"]
        assert "Night owls" in [space["name"] for space in spaces]
        signed_in.goto("/list-my-spaces.html")
        send(signed_in)
        expect(signed_in.locator("#answer")).to_contain_text('"name": "Night owls"')

    def test_id_and_etag_of_an_answer_are_in_the_next_form(self, signed_in: Page, ada: Person) -> None:
        signed_in.goto("/create-space.html")
        signed_in.get_by_label("Body").fill('{"name": "Larks"}')
        send(signed_in)
        answered = json.loads(signed_in.locator("#answer pre").last.text_content() or "")
        signed_in.goto("/update-space.html")
        expect(signed_in.locator("#try [name=space_id]")).to_have_value(answered["space_id"])
        expect(signed_in.locator("#try [name=If-Match]")).to_have_value(re.compile('^"'))
        signed_in.get_by_label("Body").fill('{"name": "Early larks"}')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("200")
        assert ada.get(f"/api/v1/spaces/{answered['space_id']}").json()["name"] == "Early larks"

    def test_idempotency_key_is_fresh_after_each_success(self, signed_in: Page) -> None:
        signed_in.goto("/create-space.html")
        key = signed_in.locator("#try [name=Idempotency-Key]")
        expect(key).to_have_value(re.compile("^[0-9a-f-]{36}$"))
        first = key.input_value()
        signed_in.get_by_label("Body").fill('{"name": ""}')
        send(signed_in)
        expect(signed_in.locator("#answer h3")).to_contain_text("422")
        assert key.input_value() == first
        signed_in.get_by_label("Body").fill('{"name": "Owls"}')
        send(signed_in)
        expect(signed_in.locator("#answer h3")).to_contain_text("201")
        assert key.input_value() != first

    def test_body_with_a_placeholder_is_not_sent(self, signed_in: Page, space_id: str) -> None:
        signed_in.evaluate("sessionStorage.clear()")
        signed_in.goto("/transfer-ownership.html")
        signed_in.locator("#try [name=space_id]").fill(space_id)
        signed_in.get_by_role("button", name="Send to local").click()

        expect(signed_in.locator("#answer")).to_have_text("Replace <user_id> in the body first.")

    def test_problem_is_explained_with_what_to_do(self, signed_in: Page, ada: Person) -> None:
        signed_in.goto("/create-user.html")
        signed_in.get_by_label("Body").fill(f'{{"email": "{ada.email}", "name": "Ada"}}')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("409")
        told = signed_in.locator("#answer .problem")
        expect(told).to_contain_text("You already have a profile.")
        expect(told).to_contain_text("Use PATCH /api/v1/users/me to change it.")
        told.get_by_role("link", name="profile_exists").click()
        expect(signed_in).to_have_url(re.compile(r"/errors\.html#profile_exists$"))
        expect(signed_in.locator("h3:target")).to_contain_text("profile_exists")

    def test_parameters_are_sent_where_they_belong(self, signed_in: Page, ada: Person, space_id: str) -> None:
        signed_in.goto("/update-space.html")
        signed_in.locator("#try [name=space_id]").fill(space_id)
        signed_in.locator("#try [name=If-Match]").fill('"99-0000000000000000"')
        send(signed_in)

        expect(signed_in.locator("#answer h3")).to_contain_text("412")
        assert ada.get(f"/api/v1/spaces/{space_id}").json()["name"] == "Early birds"

    def test_request_as_curl_does_the_same_in_a_shell(
        self, signed_in: Page, ada: Person, space_id: str
    ) -> None:
        signed_in.goto("/update-space.html")
        signed_in.locator("#try [name=space_id]").fill(space_id)
        signed_in.locator("#try [name=If-Match]").fill("")
        signed_in.get_by_label("Body").fill("""{"name": "Ada's birds"}""")
        signed_in.get_by_role("button", name="Copy as curl").click()
        command = signed_in.locator("#answer code").text_content() or ""

        environment = {"PATH": os.environ["PATH"], "TOKEN": ada.token, "NO_PROXY": "*"}
        done = subprocess.run(
            ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=True
        )
        assert " 200" in done.stdout.splitlines()[0]
        assert ada.get(f"/api/v1/spaces/{space_id}").json()["name"] == "Ada's birds"


class TestInbox:
    def test_shows_the_mail_that_was_sent(self, page: Page, ada: Person) -> None:
        page.goto("/inbox.html")

        mail = page.locator("article.mail").filter(has_text=ada.email)
        expect(mail).to_contain_text("verification code", timeout=60_000)


class TestSearch:
    def test_slash_opens_the_search_which_finds_all_kinds_of_pages(self, page: Page) -> None:
        for word, title, address in (
            ("rotate", "Make an invite code", "rotate-invite-code.html"),
            ("already_member", "already_member", "errors.html#already_member"),
            ("JournalCard", "JournalCard", "schemas.html#JournalCard"),
            ("merge patch", "Partial changes", "concurrency.html#partial-changes"),
        ):
            page.goto("/index.html")
            page.keyboard.press("/")
            page.keyboard.type(word)
            page.get_by_role("option", name=re.compile(rf"^{title}\b")).first.click()
            expect(page).to_have_url(re.compile(address.replace("#", ".*#")))


class TestPages:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [390, 1280])
    def test_are_accessible_and_as_wide_as_the_screen(
        self, browser: Browser, site: str, width: int, scheme: Literal["light", "dark"]
    ) -> None:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        for name in PAGES:
            page.goto(f"/{name}.html")
            expect(page.locator("#account")).to_be_attached()
            page.evaluate(AXE)
            found = page.evaluate("axe.run()")["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        context.close()

    def test_navigation_opens_from_the_top_of_a_phone(self, browser: Browser, site: str) -> None:
        page = browser.new_page(base_url=site, viewport={"width": 390, "height": 800})
        page.goto("/index.html")
        page.locator("header label[for=__drawer]").click()
        page.locator("nav label").get_by_text("Reference").first.click()
        page.get_by_role("link", name="All operations").click()

        expect(page).to_have_url(f"{site}/operations.html")
        page.close()


class TestTheTableBrowser:
    def test_shows_what_was_written(self, ada: Person, embedded_aws: Clients, deployment: Deployment) -> None:
        port = free_port()
        hers = {"PK": {"type": "S", "operator": "=", "value": f"USER#{ada.user_id}"}}
        query = urlencode({"operationType": "query", "filters": json.dumps(hers)})
        items = f"http://127.0.0.1:{port}/tables/{deployment.table_name}/items?{query}"
        with table_browser(embedded_aws.endpoint_url, port, root=ROOT), urlopen(items) as answer:
            assert ada.email in answer.read().decode()
