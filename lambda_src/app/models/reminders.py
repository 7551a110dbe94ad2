"""Reminders: when in their day people want to be reminded of their habits."""

from app.core.records import Record


class Reminder(Record):
    """A user's reminder, at `time` ("HH:MM") in their time zone. `shard` follows from the user id."""

    timezone: str
    shard: int
    time: str
    user_id: str
