"""The task of each message."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from app.background.registry import HOURLY, TASKS
from app.models.messages import AnnounceInvitation, DeleteSpace, FormerDeletion, Message


def messages(of: type[Message] = Message) -> Iterator[type[Message]]:
    """The classes of the app that can be enqueued: those with a stored kind."""
    for subclass in of.__subclasses__():
        if subclass.__module__.startswith("app.") and hasattr(subclass, "stored_kind"):
            yield subclass
        yield from messages(subclass)


class TestTasks:
    def test_tasks_include_every_message_class(self) -> None:
        assert set(messages()) == {task.message for task in TASKS.values()} - {FormerDeletion}

    def test_kinds_are_unique(self) -> None:
        kinds = [message.stored_kind for message in messages()]
        assert len(kinds) == len(set(kinds))

    def test_hourly_messages_have_tasks(self) -> None:
        assert {message.stored_kind for message in HOURLY} <= set(TASKS)


class TestMessage:
    @pytest.mark.parametrize(
        "payload",
        [
            {"operation_id": "O"},
            {"operation_id": "O", "space_id": None},
            {"operation_id": "O", "space_id": 3},
            {"operation_id": "O", "space_id": "S", "reason": "of a newer version"},
        ],
    )
    def test_message_rejects_payload_of_another_shape(self, payload: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            DeleteSpace.model_validate(payload)

    def test_message_error_quotes_no_payload(self) -> None:
        with pytest.raises(ValidationError) as caught:
            DeleteSpace.model_validate({"space_id": ["ada@example.com"]})
        assert "ada@" not in str(caught.value)

    def test_message_keeps_stored_names_of_renamed_fields(self) -> None:
        stored = {"place_id": "S", "invitation_id": "I", "sent_at": "2026-03-14T15:00:00.000Z"}
        message = AnnounceInvitation.model_validate(stored)
        assert message.target_id == "S"
        assert message.model_dump(mode="json", by_alias=True) == stored
