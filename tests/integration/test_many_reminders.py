"""Reminders of many people everywhere: nobody is left out, however short the time."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.background.events import handle, run_overdue
from app.core.database import Session, Table
from app.main import Backend, create_runner
from app.models.access_patterns import USER_PROFILES, messages_of_shard, notifications_of_user
from app.models.fields import time_zones
from app.models.messages import SendReminders
from app.models.users import Preferences, UserProfile
from app.services import outbox, reminders
from tests.factories import Api


@pytest.fixture
def people(table: Table) -> list[str]:
    """The ids of 120 people, who all want to be reminded in this hour: more than a page of each shard."""
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(120)]
    session = Session(table)
    for user_id in ids:
        profile = UserProfile(
            user_id=user_id,
            email=f"{user_id}@example.com",
            name="Somebody",
            preferences=Preferences(reminder_time="07:30"),
            created_at=session.now,
            updated_at=session.now,
        )
        session.add(USER_PROFILES.create(profile))
        reminders.sync_reminder(session, None, profile)
        if user_id.endswith("9"):
            session.commit()
    return ids


@pytest.fixture
def due(table: Table) -> None:
    """The message that has them reminded."""
    session = Session(table)
    hour = datetime(2026, 3, 15, 7, tzinfo=UTC)
    outbox.enqueue(session, SendReminders(hour=hour, zones=("Asia/Tokyo", "UTC")))
    session.commit()


def counts(table: Table, people: list[str]) -> set[int]:
    return {len(table.page(notifications_of_user(user_id), limit=9).items) for user_id in people}


@pytest.mark.usefixtures("due")
class TestManyReminders:
    def test_many_reminders_come_to_each_once_by_few_calls(
        self, table: Table, people: list[str], run_background: Callable[..., None], calls: list[str]
    ) -> None:
        run_background()

        # Of each page: its reminders, the people, and all that is written. The lease and the end beside.
        assert calls.count("BatchGetItem") == 4
        assert calls.count("TransactWriteItems") == 4
        assert calls.count("UpdateItem") == calls.count("DeleteItem") == 1
        assert counts(table, people) == {1}

    def test_many_reminders_go_on_if_the_time_is_up(
        self, table: Table, people: list[str], backend: Backend, calls: list[str]
    ) -> None:
        runner = create_runner(backend)
        for _ in range(5):
            calls.clear()
            # Time enough to write one page. Whom an earlier run has reminded is passed by.
            run_overdue(runner, lambda: 60.0 if "TransactWriteItems" not in calls else 0.0)

        assert counts(table, people) == {1}
        assert not any(table.page(messages_of_shard(n), limit=1).items for n in range(outbox.SHARDS))


class TestSchedule:
    def test_schedule_reminds_in_every_time_zone(
        self, api: Api, backend: Backend, table: Table, run_background: Callable[..., None]
    ) -> None:
        people = [api.person() for _ in range(3)]
        for person, zone in zip(people, ("Africa/Abidjan", "Europe/Lisbon", "Zulu"), strict=True):
            wish = {"timezone": zone, "preferences": {"reminder_time": "07:30"}}
            assert person.patch("/api/v1/users/me", wish).status_code == 200
        event = {"schedule": "hourly", "time": "2026-03-15T07:00:00Z"}

        assert handle(create_runner(backend), event, lambda: 60.0) is None
        run_background()

        assert counts(table, [person.user_id for person in people]) == {1}

    def test_schedule_enqueues_each_time_zone_once(
        self, backend: Backend, table: Table, run_background: Callable[..., None]
    ) -> None:
        event = {"schedule": "hourly", "time": "2026-03-15T07:59:59Z"}
        handle(create_runner(backend), event, lambda: 60.0)
        run_background("reminders.hourly")

        messages = [
            message for n in range(outbox.SHARDS) for message in table.first(messages_of_shard(n), at_most=99)
        ]
        zones = [zone for message in messages for zone in message.payload["zones"]]
        assert sorted(zones) == sorted(time_zones())
        assert {message.payload["hour"] for message in messages} == {"2026-03-15T07:00:00.000Z"}
        assert {message.kind for message in messages} == {"reminders.due"}
