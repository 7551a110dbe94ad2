"""Reminders of habits: hourly, at the time of day that each user chose, by the clock where they live."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.database import Session, Table
from app.models.access_patterns import notifications_of_user
from app.models.messages import SendReminders
from app.services import outbox
from tests.assertions import ANY_ETAG
from tests.factories import Api, Person

ME = "/api/v1/users/me"
RunBackground = Callable[..., None]
SendDue = Callable[..., None]
PassHours = Callable[..., list[str]]


def wish(person: Person, time: str | None, timezone: str = "UTC", **notifications: bool) -> None:
    preferences = {"reminder_time": time, "notifications": notifications}
    response = person.patch(ME, {"timezone": timezone, "preferences": preferences})
    assert response.status_code == 200, response.text


def reminded(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"{ME}/notifications?limit=100").json()["items"]
    return items


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def enqueue(table: Table, api: Api) -> SendDue:
    """`enqueue("2026-03-15T07:00Z")`: set the clock to this time and enqueue the reminders of its hour.

    Only those of the named time zones, as there are six hundred.
    """

    def run(time: str, *zones: str) -> None:
        api.clock.now = datetime.fromisoformat(time)
        session = Session(table)
        hour = session.now.replace(minute=0, second=0, microsecond=0)
        outbox.enqueue(session, SendReminders(hour=hour, zones=zones or ("Asia/Tokyo", "UTC")))
        session.commit()

    return run


@pytest.fixture
def send_due(enqueue: SendDue, run_background: RunBackground) -> SendDue:
    """`send_due("2026-03-15T07:00Z")`: enqueue the reminders of this hour and send them."""

    def run(time: str, *zones: str) -> None:
        enqueue(time, *zones)
        run_background()

    return run


@pytest.fixture
def pass_hours(ada: Person, send_due: SendDue) -> PassHours:
    """`pass_hours("2026-03-29T00:00+00:00", 3)`: in which of these hours (UTC) Ada is reminded."""

    def run(first: str, hours: int, *zones: str) -> list[str]:
        found: list[str] = []
        for number in range(hours):
            hour = datetime.fromisoformat(first) + timedelta(hours=number)
            before = len(reminded(ada))
            send_due(hour.isoformat(), *zones)
            found += [f"{hour:%H}Z"] * (len(reminded(ada)) - before)
        return found

    return run


class TestReminder:
    def test_reminder_is_a_notification_that_nobody_caused(self, ada: Person, send_due: SendDue) -> None:
        wish(ada, "07:30")

        send_due("2026-03-15T07:00:20+00:00")

        (item,) = reminded(ada)
        assert item == {
            "notification_id": item["notification_id"],
            "kind": "reminder",
            "actor_id": None,
            "space_id": None,
            "subject_id": None,
            "read": False,
            "version": 1,
            "created_at": "2026-03-15T07:00:20.000Z",
            "updated_at": "2026-03-15T07:00:20.000Z",
            "etag": ANY_ETAG,
        }

    @pytest.mark.parametrize(
        ("time", "timezone", "hour"),
        [
            ("07:00", "UTC", 7),
            ("07:59", "UTC", 7),
            ("00:00", "UTC", 0),
            ("23:59", "UTC", 23),
            ("07:30", "Europe/Zurich", 6),
            ("07:30", "Asia/Kolkata", 2),
            ("07:29", "Asia/Kolkata", 1),
            ("07:30", "Asia/Kathmandu", 1),
            ("00:10", "Asia/Kathmandu", 18),
            ("23:50", "Asia/Kathmandu", 18),
            ("07:30", "Pacific/Kiritimati", 17),
            ("07:30", "Pacific/Marquesas", 17),
        ],
    )
    def test_reminder_comes_in_the_hour_of_that_time(
        self, ada: Person, pass_hours: PassHours, time: str, timezone: str, hour: int
    ) -> None:
        wish(ada, time, timezone)
        before = datetime(2026, 3, 15, hour, tzinfo=UTC) - timedelta(hours=1)

        assert pass_hours(before.isoformat(), 3, timezone) == [f"{hour:02}Z"]

    def test_reminder_comes_once_a_day(self, ada: Person, pass_hours: PassHours) -> None:
        wish(ada, "07:30", "Asia/Kathmandu")

        assert pass_hours("2026-03-15T00:00+00:00", 24, "Asia/Kathmandu") == ["01Z"]

    @pytest.mark.parametrize("time", ["01:30", "02:30", "03:30"])
    def test_reminder_comes_once_if_clocks_skip_an_hour(
        self, ada: Person, pass_hours: PassHours, time: str
    ) -> None:
        wish(ada, time, "Europe/Zurich")

        expected = {"01:30": "00Z", "02:30": "00Z", "03:30": "01Z"}[time]
        assert pass_hours("2026-03-28T23:00+00:00", 5, "Europe/Zurich") == [expected]

    @pytest.mark.parametrize("time", ["01:30", "02:30", "03:30"])
    def test_reminder_comes_once_if_clocks_show_an_hour_twice(
        self, ada: Person, pass_hours: PassHours, time: str
    ) -> None:
        wish(ada, time, "Europe/Zurich")

        expected = {"01:30": "23Z", "02:30": "01Z", "03:30": "02Z"}[time]
        assert pass_hours("2026-10-24T22:00+00:00", 6, "Europe/Zurich") == [expected]

    def test_reminder_is_of_the_hour_that_was_meant_however_late_it_runs(
        self, api: Api, ada: Person, enqueue: SendDue, run_background: RunBackground
    ) -> None:
        wish(ada, "07:30")
        enqueue("2026-03-15T07:00+00:00")
        api.clock.advance(hours=5)

        run_background()

        assert [item["created_at"] for item in reminded(ada)] == ["2026-03-15T12:00:00.000Z"]

    def test_reminder_is_unread_though_all_was_read_earlier_in_the_hour(
        self, api: Api, ada: Person, enqueue: SendDue, run_background: RunBackground
    ) -> None:
        wish(ada, "07:30")
        enqueue("2026-03-15T07:00+00:00")
        api.clock.advance(minutes=1)
        assert ada.post(f"{ME}/notifications/read-all").status_code == 204
        api.clock.advance(minutes=1)

        run_background()

        assert [item["read"] for item in reminded(ada)] == [False]


class TestSingleReminder:
    def test_single_reminder_if_the_schedule_comes_twice(self, ada: Person, send_due: SendDue) -> None:
        wish(ada, "07:30")
        send_due("2026-03-15T07:00:05+00:00")
        first = reminded(ada)

        send_due("2026-03-15T07:04:40+00:00")

        assert reminded(ada) == first
        assert len(first) == 1

    def test_single_reminder_if_the_wish_moves_within_the_hour(self, ada: Person, send_due: SendDue) -> None:
        wish(ada, "07:10")
        send_due("2026-03-15T07:00+00:00")
        wish(ada, "07:50")

        send_due("2026-03-15T07:30+00:00")

        assert len(reminded(ada)) == 1

    def test_single_reminder_if_the_profile_changes_concurrently(
        self, ada: Person, enqueue: SendDue, run_background: RunBackground, before_commit: Callable[..., None]
    ) -> None:
        wish(ada, "07:30")
        enqueue("2026-03-15T07:00+00:00")
        elsewhere = ada.elsewhere()
        names = iter(("One", "Two", "Three"))
        # Before the lease of the message, and twice before the commit.
        before_commit(lambda: elsewhere.patch(ME, {"name": next(names)}), times=3)

        run_background()

        assert len(reminded(ada)) == 1


class TestNoReminder:
    def test_no_reminder_without_a_time(self, ada: Person, pass_hours: PassHours) -> None:
        wish(ada, None)

        assert pass_hours("2026-03-15T06:00+00:00", 3) == []

    def test_no_reminder_if_the_kind_is_declined(self, ada: Person, send_due: SendDue) -> None:
        wish(ada, "07:30", reminder=False)

        send_due("2026-03-15T07:00+00:00")

        assert reminded(ada) == []

    def test_no_reminder_for_a_closed_account(
        self, ada: Person, table: Table, enqueue: SendDue, run_background: Any
    ) -> None:
        wish(ada, "07:30")
        ada.delete(ME)

        enqueue("2026-03-15T07:00+00:00")
        run_background("reminders.due")

        assert table.page(notifications_of_user(ada.user_id), limit=1).items == []

    def test_no_reminder_for_an_account_closed_concurrently(
        self, ada: Person, table: Table, enqueue: SendDue, run_background: RunBackground, before_commit: Any
    ) -> None:
        wish(ada, "07:30")
        enqueue("2026-03-15T07:00+00:00")
        elsewhere = ada.elsewhere()
        before_commit(lambda: elsewhere.delete(ME))
        before_commit(lambda: None)  # the lease

        run_background("reminders.due")

        assert table.page(notifications_of_user(ada.user_id), limit=1).items == []


class TestChangedReminder:
    """The reminder moves in the transaction of the change."""

    @pytest.mark.parametrize(
        ("change", "hours"),
        [
            ({"preferences": {"reminder_time": "09:15"}}, ["09Z"]),
            ({"timezone": "Asia/Tokyo"}, ["22Z"]),
            ({"timezone": "Asia/Tokyo", "preferences": {"reminder_time": "09:15"}}, ["00Z"]),
            ({"preferences": {"reminder_time": None}}, []),
            ({"preferences": {}}, ["07Z"]),
            ({"preferences": {"mail": {"mention": False}}}, ["07Z"]),
            ({"name": "Countess"}, ["07Z"]),
            ({"preferences": {"reminder_time": "07:30", "mail": {"mention": False}}}, ["07Z"]),
        ],
    )
    def test_changed_reminder_with_time_and_zone(
        self, ada: Person, pass_hours: PassHours, change: dict[str, Any], hours: list[str]
    ) -> None:
        wish(ada, "07:30")
        assert ada.patch(ME, change).status_code == 200

        each = [pass_hours(f"2026-03-15T{hour}:00+00:00", 1) for hour in ("00", "07", "09", "22")]
        assert [hour for found in each for hour in found] == hours

    def test_changed_reminder_is_there_from_the_profiles_beginning(self, api: Api, send_due: SendDue) -> None:
        bob = api.user()
        body = {"email": bob.email, "name": "Bob", "preferences": {"reminder_time": "07:30"}}
        bob.post("/api/v1/users", body)

        send_due("2026-03-15T07:00+00:00")

        assert len(reminded(bob)) == 1
