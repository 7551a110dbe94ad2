"""`/users/me/notifications`: reading what concerns one, and saying what of it is read."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from app.core.database import Session, Table
from app.models.access_patterns import NOTIFICATIONS
from app.models.notifications import Notification
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person

PATH = "/api/v1/users/me/notifications"
NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def inbox_of(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"{PATH}?limit=100").json()["items"]
    return items


def say(person: Person, notification: dict[str, Any], *, read: bool, **headers: str) -> Response:
    return person.patch(f"{PATH}/{notification['notification_id']}", {"read": read}, **headers)


def reminder_for(person: Person, session: Session) -> Notification:
    return Notification(
        notification_id=session.new_id(),
        user_id=person.user_id,
        kind="reminder",
        created_at=session.now,
        updated_at=session.now,
    )


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def notify(table: Table, ada: Person) -> Callable[[], dict[str, Any]]:
    """`notify()`: have Ada notified of something, and see it."""

    def write() -> dict[str, Any]:
        table.write([NOTIFICATIONS.create(reminder_for(ada, Session(table)))])
        return inbox_of(ada)[0]

    return write


Notify = Callable[[], dict[str, Any]]


class TestListNotifications:
    def test_shows_who_did_what_where_and_whether_it_is_read(
        self, api: Api, ada: Person, run_background: Callable[..., None]
    ) -> None:
        space = ada.make_space()
        bob = api.member_of(space, ada, "admin")
        run_background()

        (item,) = inbox_of(bob)

        assert item == {
            "notification_id": item["notification_id"],
            "kind": "role_changed",
            "actor_id": ada.user_id,
            "space_id": space["space_id"],
            "subject_id": space["space_id"],
            "read": False,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }

    def test_shows_the_newest_first_page_by_page(self, ada: Person, notify: Notify) -> None:
        made = [notify() for _ in range(3)]

        first = ada.get(f"{PATH}?limit=2").json()
        second = ada.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json()

        assert first["items"] + second["items"] == made[::-1]
        assert second["next_cursor"] is None

    def test_shows_ones_own_alone(self, api: Api, notify: Notify) -> None:
        notify()

        assert inbox_of(api.person()) == []


class TestListUnreadNotifications:
    def test_shows_those_that_are_not_read(self, ada: Person, notify: Notify) -> None:
        first, second, third = (notify() for _ in range(3))
        say(ada, second, read=True)

        unread = ada.get(f"{PATH}?unread=true").json()

        assert unread == {"items": [third, first], "next_cursor": None}
        assert [item["notification_id"] for item in ada.get(f"{PATH}?unread=false").json()["items"]] == [
            second["notification_id"]
        ]

    def test_goes_on_behind_the_last_item_of_a_page(self, ada: Person, notify: Notify) -> None:
        made = [notify() for _ in range(6)]
        say(ada, made[3], read=True)
        cursor, seen = "", []

        while True:
            page = ada.get(f"{PATH}?unread=true&limit=2{cursor}").json()
            assert len(page["items"]) <= 2
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert seen == [made[5], made[4], made[2], made[1], made[0]]

    def test_reads_five_times_the_limit_and_no_more(self, ada: Person, notify: Notify) -> None:
        oldest = notify()
        for _ in range(5):
            say(ada, notify(), read=True)

        first = ada.get(f"{PATH}?unread=true&limit=1").json()
        second = ada.get(f"{PATH}?unread=true&limit=1&cursor={first['next_cursor']}").json()

        assert first["items"] == []
        assert second["items"] == [oldest]

    def test_refuses_what_is_neither_true_nor_false(self, ada: Person) -> None:
        assert_problem(ada.get(f"{PATH}?unread=maybe"), 422, "validation_failed", field="query.unread")


class TestUnreadCount:
    def count(self, person: Person) -> int:
        response = person.get(f"{PATH}/unread-count")
        assert response.status_code == 200
        count: int = response.json()["unread_count"]
        return count

    def test_follows_what_is_said_of_each(self, api: Api, ada: Person, notify: Notify) -> None:
        assert self.count(ada) == 0
        first, second = notify(), notify()
        assert self.count(ada) == 2
        say(ada, first, read=True)
        assert self.count(ada) == 1
        say(ada, first, read=False)
        assert self.count(ada) == 2
        api.clock.advance(seconds=1)
        ada.post(f"{PATH}/read-all")
        assert self.count(ada) == 0
        say(ada, second, read=False)
        assert self.count(ada) == 1

    def test_follows_a_withdrawal(self, api: Api, run_background: Callable[..., None]) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        run_background()
        (joined,) = ada.get(f"/api/v1/spaces/{space['space_id']}/activity").json()["items"]
        path = f"/api/v1/spaces/{space['space_id']}/activity/{joined['activity_id']}/reactions/heart"
        ada.request("PUT", path)
        run_background()
        assert self.count(bob) == 1

        ada.delete(path)
        run_background()

        assert self.count(bob) == 0

    def test_is_of_the_newest_hundred(self, table: Table, ada: Person) -> None:
        session = Session(table)
        for _ in range(101):
            table.write([NOTIFICATIONS.create(reminder_for(ada, session))])

        assert self.count(ada) == 100

    def test_is_one_query(self, ada: Person, notify: Notify, calls: list[str]) -> None:
        notify()
        calls.clear()

        self.count(ada)

        assert calls == ["GetItem", "Query"]


class TestUpdateNotification:
    def test_says_that_it_is_read(self, api: Api, ada: Person, notify: Notify) -> None:
        made = notify()
        api.clock.advance(minutes=1)

        response = say(ada, made, read=True)

        assert response.status_code == 200
        assert response.json() == made | {
            "read": True,
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }
        assert inbox_of(ada) == [response.json()]

    def test_says_that_it_is_not(self, ada: Person, notify: Notify) -> None:
        made = notify()
        say(ada, made, read=True)

        assert say(ada, made, read=False).json()["read"] is False
        assert inbox_of(ada)[0]["read"] is False

    @pytest.mark.parametrize("read", [True, False])
    def test_changes_nothing_where_it_is_so_already(self, ada: Person, notify: Notify, read: bool) -> None:
        made = say(ada, notify(), read=read).json()

        assert say(ada, made, read=read).json() == made

    def test_is_not_for_others(self, api: Api, ada: Person, notify: Notify) -> None:
        made = notify()

        assert_problem(say(api.person(), made, read=True), 404, "not_found")
        assert inbox_of(ada) == [made]

    def test_finds_none_that_is_not_there(self, ada: Person) -> None:
        assert_problem(say(ada, {"notification_id": NOWHERE}, read=True), 404, "not_found")

    def test_is_refused_of_a_stale_version(self, ada: Person, notify: Notify) -> None:
        made = notify()
        tag = say(ada, made, read=True).headers["ETag"]
        say(ada, made, read=False)

        assert_problem(say(ada, made, read=True, if_match=tag), 412, "precondition_failed")


class TestReadAll:
    def read_all(self, person: Person) -> None:
        response = person.post(f"{PATH}/read-all")
        assert (response.status_code, response.content) == (204, b"")

    def test_says_that_all_is_read_and_nothing_that_comes(
        self, api: Api, ada: Person, notify: Notify
    ) -> None:
        for _ in range(3):
            notify()
        self.read_all(ada)
        assert [item["read"] for item in inbox_of(ada)] == [True] * 3

        api.clock.advance(seconds=1)
        notify()
        assert [item["read"] for item in inbox_of(ada)] == [False, True, True, True]

    def test_is_one_write_however_much_it_is(self, ada: Person, notify: Notify, calls: list[str]) -> None:
        for _ in range(3):
            notify()
        calls.clear()

        self.read_all(ada)

        assert calls == ["GetItem", "UpdateItem"]

    def test_of_nothing_is_fine_and_so_is_twice(self, ada: Person) -> None:
        self.read_all(ada)
        self.read_all(ada)

    def test_says_nothing_for_others(self, api: Api, ada: Person, notify: Notify) -> None:
        made = notify()

        self.read_all(api.person())

        assert inbox_of(ada) == [made]

    @pytest.mark.parametrize("seconds", [0, 1])
    def test_is_taken_back_for_one_by_saying_so_later(
        self, api: Api, ada: Person, notify: Notify, seconds: int
    ) -> None:
        first, second = notify(), notify()
        self.read_all(ada)
        api.clock.advance(seconds=seconds)

        assert say(ada, first, read=False).json()["read"] is False

        read = {item["notification_id"]: item["read"] for item in inbox_of(ada)}
        assert read == {first["notification_id"]: False, second["notification_id"]: True}

    def test_holds_for_one_that_was_said_not_to_be_read_before(
        self, api: Api, ada: Person, notify: Notify
    ) -> None:
        made = notify()
        say(ada, made, read=True)
        say(ada, made, read=False)
        api.clock.advance(seconds=1)

        self.read_all(ada)

        assert inbox_of(ada)[0]["read"] is True

    def test_changes_nothing_of_the_profile(self, api: Api, ada: Person) -> None:
        before = ada.get("/api/v1/users/me").json()
        api.clock.advance(minutes=1)

        self.read_all(ada)

        assert ada.get("/api/v1/users/me").json() == before
