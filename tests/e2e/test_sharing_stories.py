"""What people do together in a space, over HTTP, against the stack deployed to the embedded AWS."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.response_helpers import assert_refused
from tests.e2e.waiting_helpers import all_of, eventually
from tests.factories import Person

ME, SPACES = "/api/v1/users/me", "/api/v1/spaces"
SECTION = {"section_id": "s", "type": "paragraph", "title": "T"}
PASSAGE = {"start": 0, "end": 5, "text": "Hands", "color": "yellow"}
SignUp = Callable[[], Person]


def invite(host: Person, guest: Person, here: str, role: str) -> None:
    """Invite by e-mail, and accept."""
    invited = host.post(f"{here}/invitations", {"email": guest.email, "role": role})
    assert invited.status_code == 201, invited.text

    def mine() -> list[dict[str, Any]]:
        return [item for item in all_of(guest, f"{ME}/invitations") if item["invitation_id"] == id_]

    id_ = invited.json()["invitation_id"]
    (invitation,) = eventually(mine)
    accepted = guest.post(f"/api/v1/invitations/{invitation['invitation_id']}/accept")
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["role"] == role


class TestAFamilyKeepsAJournalForAWeek:
    @pytest.fixture
    def mum(self, sign_up: SignUp) -> Person:
        return sign_up().make_profile("Mum")

    @pytest.fixture
    def dad(self, sign_up: SignUp) -> Person:
        return sign_up().make_profile("Dad")

    def test_a_family_keeps_a_journal_for_a_week_from_the_invitation_to_the_comments(
        self, mum: Person, dad: Person
    ) -> None:
        here = f"{SPACES}/{mum.make_space('The Lovelaces')['space_id']}"
        invite(mum, dad, here, "member")

        entries = [self.write(person, here, day) for day, person in enumerate([mum, dad] * 3 + [mum], 1)]
        self.talk(mum, dad, f"{here}/journals/{entries[0]['entry_id']}")

        listed = all_of(dad, f"{here}/journals")
        assert [entry["title"] for entry in listed] == [f"Day {day}" for day in range(7, 0, -1)]
        assert all("content" not in entry and entry["excerpt"] for entry in listed)
        assert len(all_of(dad, f"{here}/journals?author_id={mum.user_id}")) == 4
        assert [entry["title"] for entry in all_of(dad, f"{here}/journals?tag=even")] == [
            "Day 6",
            "Day 4",
            "Day 2",
        ]
        assert [entry["title"] for entry in all_of(mum, f"{here}/journals?pinned=true")] == ["Day 1"]
        assert len(all_of(dad, f"{ME}/journals")) == 3
        kinds = eventually(lambda: self.kinds_of_all(mum, here, 9))
        assert sorted(kinds) == ["comment_created"] + ["journal_created"] * 7 + ["member_joined"]

    def write(self, person: Person, here: str, day: int) -> dict[str, Any]:
        body = {
            "title": f"Day {day}",
            "content": f"We **walked** for {day} hours.",
            "template_id": "mood",
            "sections": self.answers(person),
            "tags": ["even" if day % 2 == 0 else "odd"],
            "emotions": ["happy"],
            "pinned": day == 1,
        }
        response = person.post(f"{here}/journals", body)
        assert response.status_code == 201, response.text
        entry: dict[str, Any] = response.json()
        assert entry["word_count"] >= 5
        return entry

    def answers(self, person: Person) -> list[dict[str, Any]]:
        """One for each scale of the built-in template."""
        template = person.get("/api/v1/templates/mood").json()
        return [
            {"section_id": section["section_id"], "type": "scale", "value": section["max"]}
            for section in template["sections"]
            if section["type"] == "scale"
        ]

    def talk(self, mum: Person, dad: Person, entry: str) -> None:
        """Dad marks a passage of Mum's entry and comments on it; she is told."""
        passage = {"start": 5, "end": 13, "text": "**walked", "color": "yellow"}
        wrong = dad.post(f"{entry}/highlights", passage | {"start": 3, "text": "**walked"})
        assert_refused(wrong, 422, "validation_failed")
        passage["start"], passage["end"], passage["text"] = 3, 13, "**walked**"
        highlight = dad.post(f"{entry}/highlights", passage)
        assert highlight.status_code == 201, highlight.text
        said = {"text": "Far!", "highlight_id": highlight.json()["highlight_id"], "mentions": [mum.user_id]}
        assert dad.post(f"{entry}/comments", said).status_code == 201

        def told() -> list[dict[str, Any]]:
            return [item for item in all_of(mum, f"{ME}/notifications") if item["kind"] == "mention"]

        (mention,) = eventually(told)
        assert (mention["actor_id"], mention["read"]) == (dad.user_id, False)
        assert mum.post(f"{ME}/notifications/read-all").status_code == 204
        assert all(item["read"] for item in all_of(mum, f"{ME}/notifications"))

    def kinds_of_all(self, person: Person, here: str, number: int) -> list[str] | None:
        kinds = [activity["kind"] for activity in all_of(person, f"{here}/activity")]
        return kinds if len(kinds) == number else None


class TestAViewerTriesEverything:
    def test_a_viewer_tries_everything_reads_comments_and_reacts_and_no_more(self, sign_up: SignUp) -> None:
        ada, viewer = sign_up().make_profile("Ada"), sign_up().make_profile("Eve")
        space = ada.make_space(visibility="public")
        here = f"{SPACES}/{space['space_id']}"
        assert viewer.post(f"{here}/members").json()["role"] == "viewer"
        entry = ada.post(f"{here}/journals", {"title": "Mine", "content": "Hands off"}).json()
        goal = ada.post(f"{here}/goals", {"title": "Win", "kind": "yes_no"}).json()
        habit = ada.post(f"{here}/habits", {"title": "Rise", "cadence": {"kind": "daily"}}).json()
        journal = f"{here}/journals/{entry['entry_id']}"
        today = datetime.now(UTC).date()

        for path in ("", "/members", "/journals", "/goals", "/habits", "/activity", "/templates"):
            assert viewer.get(f"{here}{path}").status_code == 200, path
        comment = viewer.post(f"{journal}/comments", {"text": "Lovely"})
        assert comment.status_code == 201, comment.text
        (joined,) = eventually(lambda: self.first_activity(viewer, here))
        reaction = f"{here}/activity/{joined['activity_id']}/reactions/clap"
        assert viewer.request("PUT", reaction).json()["reactions"]["clap"] == 1

        for method, path, body in (
            ("PATCH", "", {"name": "Eve's"}),
            ("DELETE", "", None),
            ("POST", "/ownership", {"user_id": viewer.user_id}),
            ("PATCH", f"/members/{viewer.user_id}", {"role": "admin"}),
            ("DELETE", f"/members/{ada.user_id}", None),
            ("GET", "/invite-code", None),
            ("POST", "/invite-code", None),
            ("DELETE", "/invite-code", None),
            ("GET", "/invitations", None),
            ("POST", "/invitations", {"email": "x@example.com"}),
            ("POST", "/invitations/batch", {"invitations": [{"email": "x@example.com"}]}),
            ("GET", "/audit", None),
            ("POST", "/templates", {"name": "T", "sections": [SECTION]}),
            ("POST", "/journals", {"title": "T", "content": "C"}),
            ("PATCH", f"/journals/{entry['entry_id']}", {"title": "Eve's"}),
            ("DELETE", f"/journals/{entry['entry_id']}", None),
            ("POST", f"/journals/{entry['entry_id']}/highlights", PASSAGE),
            ("POST", "/goals", {"title": "T", "kind": "yes_no"}),
            ("PATCH", f"/goals/{goal['goal_id']}", {"title": "Eve's"}),
            ("DELETE", f"/goals/{goal['goal_id']}", None),
            ("POST", f"/goals/{goal['goal_id']}/check-ins", {"value": 1}),
            ("POST", "/habits", {"title": "T", "cadence": {"kind": "daily"}}),
            ("PATCH", f"/habits/{habit['habit_id']}", {"title": "Eve's"}),
            ("DELETE", f"/habits/{habit['habit_id']}", None),
            ("PUT", f"/habits/{habit['habit_id']}/check-ins/{today}", {}),
        ):
            response = viewer.request(method, f"{here}{path}", json=body)
            assert_refused(response, 403, "forbidden")
        assert ada.get(here).json()["name"] == space["name"]

    def first_activity(self, person: Person, here: str) -> list[dict[str, Any]]:
        return [item for item in all_of(person, f"{here}/activity") if item["kind"] == "member_joined"]


class TestOwnerLeaves:
    def test_owner_leaves_after_passing_the_space_on(self, sign_up: SignUp) -> None:
        ada, ben = sign_up().make_profile("Ada"), sign_up().make_profile("Ben")
        here = f"{SPACES}/{ada.make_space()['space_id']}"
        invite(ada, ben, here, "viewer")
        assert_refused(ada.delete(f"{here}/members/{ada.user_id}"), 409, "owner_is_fixed")

        passed = ada.post(f"{here}/ownership", {"user_id": ben.user_id})

        assert (passed.status_code, passed.json()["owner_id"]) == (200, ben.user_id)
        assert ada.delete(f"{here}/members/{ada.user_id}").status_code == 204
        assert_refused(ada.get(here), 404, "not_found")
        assert ben.get(here).json()["role"] == "owner"
        assert ben.get(here).json()["member_count"] == 1
        told = [(event["kind"], event["actor_id"]) for event in all_of(ben, f"{here}/audit")]
        assert told == [
            ("member_left", ada.user_id),
            ("ownership_transferred", ada.user_id),
            ("member_joined", ben.user_id),
            ("space_created", ada.user_id),
        ]


class TestAHabitOverAMonthAcrossAClockChange:
    ZONE = ZoneInfo("Europe/Zurich")

    def last_clock_change(self) -> date:
        """The last day on which the zone's clocks were changed, two weeks ago or more."""
        day = datetime.now(self.ZONE).date() - timedelta(days=14)
        while self.offset(day) == self.offset(day + timedelta(days=1)):
            day -= timedelta(days=1)
        return day

    def offset(self, day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, tzinfo=self.ZONE).utcoffset()

    def test_a_habit_over_a_month_across_a_clock_change_counts_every_day_once(self, sign_up: SignUp) -> None:
        ada = sign_up().make_profile("Ada")
        assert ada.patch(ME, {"timezone": "Europe/Zurich"}).status_code == 200
        here = f"{SPACES}/{ada.make_space()['space_id']}"
        habit = ada.post(f"{here}/habits", {"title": "Rise", "cadence": {"kind": "daily"}}).json()
        path = f"{here}/habits/{habit['habit_id']}"
        change = self.last_clock_change()
        days = [change + timedelta(days=offset) for offset in range(-15, 15)]

        for day in days:
            put = ada.request("PUT", f"{path}/check-ins/{day}", json={"note": "Up"})
            assert put.status_code == 200, put.text

        assert ada.get(f"{path}/stats").json()["longest_streak"] == 30
        listed = all_of(ada, f"{path}/check-ins?from={days[0]}&to={days[-1]}")
        assert [item["date"] for item in listed] == [day.isoformat() for day in days]
        ada.request("DELETE", f"{path}/check-ins/{change}")
        assert ada.get(f"{path}/stats").json()["longest_streak"] == 15
        mine = all_of(ada, f"{ME}/check-ins?from={days[0]}&to={days[-1]}")
        assert len(mine) == 29
        tomorrow = datetime.now(self.ZONE).date() + timedelta(days=1)
        early = ada.request("PUT", f"{path}/check-ins/{tomorrow}", json={})
        assert early.status_code == 422
