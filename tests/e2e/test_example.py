"""The example front end in a real browser, before the deployed stack: what a person does with it."""

import itertools
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from api_docs import clients
from local.aws import Deployment, tool_environment
from local.ports import answers, free_port
from local.process import end_group
from tests.e2e.client_helpers import BINARIES, run
from tests.e2e.conftest import PASSWORD
from tests.e2e.waiting_helpers import eventually
from tests.factories import Person

AXE = (clients.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DESK, PHONE = 1280, 390
PAGES = ("today", "board", "journal", "activity", "notifications")
SLOW_MS = 15_000


@dataclass
class Household:
    """Two people who share a space with habits, an entry and a comment on it."""

    ada: Person
    bob: Person
    space_id: str
    entry_id: str


@pytest.fixture(scope="module")
def example(
    deployment: Deployment, typescript_archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the front end, as `make example` serves it."""
    clients.install_typescript(typescript_archive, clients.EXAMPLE)
    env_file = tmp_path_factory.mktemp("example") / "env.json"
    deployment.write(env_file)
    port = free_port()
    environment = tool_environment(os.environ, deployment.endpoint_url, clients.ROOT)
    process = subprocess.Popen(
        [BINARIES / "vite", clients.EXAMPLE, "--port", str(port), "--strictPort"],
        env=environment | {"LOCAL_ENV": str(env_file)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        eventually(lambda: answers(port, "/"))
        yield f"http://127.0.0.1:{port}"
    finally:
        end_group(process)


@pytest.fixture(scope="module")
def household(sign_up: Callable[[], Person]) -> Household:
    ada, bob = sign_up().make_profile("Ada"), sign_up().make_profile("Bob")
    space_id = ada.make_space("Home")["space_id"]
    assert bob.join(ada.make_code(space_id)).status_code == 200
    space = f"/api/v1/spaces/{space_id}"
    habits = [
        ada.post(f"{space}/habits", {"title": title, "cadence": cadence}).json()["habit_id"]
        for title, cadence in (
            ("Morning stretch", {"kind": "daily"}),
            ("Read ten pages", {"kind": "daily"}),
            ("Call the parents", {"kind": "times_per_week", "times": 2}),
        )
    ]
    today = datetime.now(UTC).date().isoformat()
    for person, habit_id in ((ada, habits[0]), (bob, habits[0]), (bob, habits[1])):
        assert (
            person.request("PUT", f"{space}/habits/{habit_id}/check-ins/{today}", json={}).status_code == 200
        )
    entry = {
        "title": "A run before work",
        "content": "Five slow kilometres along the river.\n\nColder than it looked.",
    }
    entry_id = ada.post(f"{space}/journals", entry).json()["entry_id"]
    comment = {"text": "Next time I come along", "mentions": [ada.user_id]}
    assert bob.post(f"{space}/journals/{entry_id}/comments", comment).status_code == 201
    eventually(lambda: ada.get("/api/v1/users/me/notifications").json()["items"])
    return Household(ada, bob, space_id, entry_id)


@pytest.fixture
def open_page(browser: Browser, example: str) -> Iterator[Callable[..., Page]]:
    """`open_page(width=390, color_scheme="dark")`: the front end in a window of its own, without errors."""
    errors: list[str] = []
    opened: list[Page] = []

    def open_page(
        *, width: int = DESK, color_scheme: Literal["light", "dark"] = "light", timezone: str = "UTC"
    ) -> Page:
        page = browser.new_page(
            base_url=example,
            viewport={"width": width, "height": 900},
            color_scheme=color_scheme,
            timezone_id=timezone,
            reduced_motion="reduce",
        )
        page.set_default_timeout(SLOW_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append(page)
        page.goto("/")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert errors == []


def sign_in(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation")).to_be_visible(timeout=SLOW_MS)
    loaded(page)


def loaded(page: Page) -> None:
    """Wait until nothing is loading any more."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".skeleton")).to_have_count(0, timeout=SLOW_MS)


def go_to(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    expect(page).to_have_title(re.compile(rf"^{name} "), timeout=SLOW_MS)  # set when the page is rendered
    loaded(page)


class TestNewcomer:
    def test_signs_up_adds_a_habit_keeps_it_and_writes(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        page.get_by_role("button", name="Create an account").click()
        page.get_by_label("E-mail").fill("grace@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        page.get_by_role("button", name="Look into the local inbox").click()
        expect(page.get_by_label("Code")).to_have_value(re.compile(r"^\d{6}$"), timeout=SLOW_MS)
        page.get_by_role("button", name="Confirm").click()
        page.get_by_label("Your name").fill("Grace")
        page.get_by_label("Name of your first space").fill("Harbour")
        page.get_by_role("button", name="Begin").click()

        expect(page.get_by_text("Nothing is due today")).to_be_visible(timeout=SLOW_MS)
        page.get_by_role("button", name="Add a habit").click()
        page.get_by_label("New habit in Harbour").fill("Water the plants")
        page.get_by_role("button", name="Add habit").click()
        habit = page.get_by_role("button", name="Water the plants")
        habit.click()
        expect(page.get_by_text("All kept. Well done.")).to_be_visible(timeout=SLOW_MS)

        go_to(page, "Journal")
        expect(page.get_by_text("An empty page")).to_be_visible()
        page.get_by_role("button", name="Write an entry").click()
        page.get_by_label("Title").fill("First day")
        page.get_by_label("Text").fill("It begins.")
        page.get_by_role("button", name="Save entry").click()
        page.get_by_role("link", name="First day").click()
        expect(page.get_by_role("article")).to_contain_text("It begins.")

        page.reload()
        go_to(page, "Today")
        expect(page.get_by_role("button", name="Water the plants")).to_have_attribute("aria-pressed", "true")

    def test_is_told_when_the_password_is_wrong(
        self, open_page: Callable[..., Page], household: Household
    ) -> None:
        page = open_page()
        page.get_by_label("E-mail").fill(household.ada.email)
        page.get_by_label("Password").fill("Wrong-Horse-1")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("Incorrect username or password.", timeout=SLOW_MS)

    def test_is_told_when_the_code_is_wrong(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        page.get_by_role("button", name="Create an account").click()
        page.get_by_label("E-mail").fill("joan@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        page.get_by_role("button", name="Look into the local inbox").click()
        expect(page.get_by_label("Code")).to_have_value(re.compile(r"^\d{6}$"), timeout=SLOW_MS)
        mailed = page.get_by_label("Code").input_value()
        page.get_by_label("Code").fill(f"{(int(mailed) + 1) % 1_000_000:06}")
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("alert")).to_contain_text("code", ignore_case=True, timeout=SLOW_MS)


class TestMember:
    def test_keeps_a_habit_on_the_board_by_keyboard_and_takes_it_back(
        self, open_page: Callable[..., Page], household: Household
    ) -> None:
        page = open_page()
        sign_in(page, household.ada)
        go_to(page, "Board")
        today = f"{datetime.now(UTC):%A, %B} {datetime.now(UTC).day}"
        cell = page.get_by_role("button", name=f"Call the parents, {today}")
        cell.focus()
        with page.expect_response(lambda response: response.request.method == "PUT"):
            page.keyboard.press("Enter")
        expect(cell).to_have_attribute("aria-pressed", "true")
        with page.expect_response(lambda response: response.request.method == "DELETE"):
            page.keyboard.press("Space")
        expect(cell).to_have_attribute("aria-pressed", "false")

    def test_check_in_that_fails_is_taken_back_and_explained(
        self, open_page: Callable[..., Page], household: Household
    ) -> None:
        page = open_page()
        sign_in(page, household.ada)
        page.route("**/check-ins/*", lambda route: route.abort())
        page.clock.install()
        habit = page.get_by_role("button", name="Read ten pages")
        habit.click()
        for _ in range(4):
            page.clock.run_for(10_000)
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        expect(habit).to_have_attribute("aria-pressed", "false")

    def test_page_that_does_not_load_can_be_tried_again(
        self, open_page: Callable[..., Page], household: Household
    ) -> None:
        page = open_page()
        sign_in(page, household.ada)
        problem = {
            "type": "about:blank",
            "title": "No",
            "status": 500,
            "detail": "It broke",
            "code": "internal_error",
            "request_id": "r-1",
        }
        page.route("**/journals?*", lambda route: route.fulfill(status=500, json=problem))
        page.get_by_role("navigation").get_by_role("link", name="Journal").click()
        expect(page.get_by_role("alert")).to_contain_text("It broke (request r-1)")
        page.unroute("**/journals?*")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("link", name="A run before work")).to_be_visible()

    def test_reacts_to_what_happened_and_reads_notifications(
        self, open_page: Callable[..., Page], household: Household
    ) -> None:
        page = open_page()
        sign_in(page, household.ada)
        go_to(page, "Activity")
        happened = page.get_by_role("listitem").filter(has_text="Bob").first
        happened.get_by_role("button", name="clap, 0").click()
        expect(happened.get_by_role("button", name="clap, 1")).to_be_visible(timeout=SLOW_MS)

        go_to(page, "Notifications")
        expect(page.get_by_text("You were mentioned in a comment")).to_be_visible()
        page.get_by_role("button", name="Mark all as read").click()
        expect(page.get_by_text("Unread:")).to_have_count(0, timeout=SLOW_MS)

    def test_signs_out(self, open_page: Callable[..., Page], household: Household) -> None:
        page = open_page()
        sign_in(page, household.ada)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_visible(timeout=SLOW_MS)
        page.reload()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_visible(timeout=SLOW_MS)


class TestPages:
    def test_program_compiles(self, typescript_archive: Path) -> None:
        clients.install_typescript(typescript_archive, clients.EXAMPLE)
        compiled = run(BINARIES / "tsc", "--project", clients.EXAMPLE)
        assert (compiled.returncode, compiled.stdout) == (0, "")

    def test_each_page_needs_few_calls(self, open_page: Callable[..., Page], household: Household) -> None:
        page = open_page()
        calls: list[str] = []

        def note(request: Request) -> None:
            if "/api/v1/" in request.url:
                calls.append(f"{request.method} {request.url.partition('/api/v1')[2].partition('?')[0]}")

        page.on("request", note)
        sign_in(page, household.ada)
        needed = {"Today": len(calls)}
        for name in ("Board", "Journal", "Activity", "Notifications"):
            calls.clear()
            go_to(page, name)
            needed[name] = len(calls)
        assert needed == {"Today": 3, "Board": 2, "Journal": 1, "Activity": 2, "Notifications": 1}

    @pytest.mark.parametrize(("scheme", "width"), list(itertools.product(SCHEMES, (DESK, PHONE))))
    def test_pages_are_accessible_and_fit(
        self,
        open_page: Callable[..., Page],
        household: Household,
        scheme: Literal["light", "dark"],
        width: int,
    ) -> None:
        page = open_page(width=width, color_scheme=scheme)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW_MS)
        self._assert_accessible(page, "sign-in")
        sign_in(page, household.bob)
        for name in PAGES:
            page.goto(f"/#/{name}")
            loaded(page)
            self._assert_accessible(page, name)
        page.goto(f"/#/journal/{household.entry_id}")
        expect(page.get_by_role("article")).to_be_visible(timeout=SLOW_MS)
        self._assert_accessible(page, "entry")

    @staticmethod
    def _assert_accessible(page: Page, name: str) -> None:
        page.evaluate(AXE)
        violations = page.evaluate("axe.run()")["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
