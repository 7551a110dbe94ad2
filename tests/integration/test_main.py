"""`Backend.from_settings`: what the app stands on in AWS."""

from typing import Any

import pytest

from app.background.mail import Mail
from app.main import Backend
from app.models.operations import OutboxMessage
from tests.conftest import SETTINGS
from tests.factories import FrozenClock


class TestExternalService:
    """The clients that no request needs are made when something asks for them."""

    @pytest.fixture
    def backend(self, parameter_store: Any) -> Backend:
        return Backend.from_settings(SETTINGS)

    def test_external_service_is_ses_for_mail(self, backend: Backend, inbox: object) -> None:
        backend.mail.send(Mail("kind", "ada@example.com", "Subject", "Text", "<p>Text</p>"))

    def test_external_service_is_the_pool_for_the_directory(
        self, backend: Backend, shared_client: Any
    ) -> None:
        with pytest.raises(shared_client("cognito-idp").exceptions.ClientError, match=SETTINGS.user_pool_id):
            backend.directory.delete_user("00000000-0000-0000-0000-000000000001")

    def test_external_service_is_the_queue_for_dead_letters(
        self, backend: Backend, shared_client: Any, clock: FrozenClock
    ) -> None:
        queue_url = shared_client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
        assert queue_url == SETTINGS.dead_letter_queue_url
        now = clock()
        message = OutboxMessage(
            shard=1, message_id="M", kind="noun.verb", payload={}, created_at=now, updated_at=now
        )

        backend.dead_letters.send(message)

        (letter,) = shared_client("sqs").receive_message(QueueUrl=queue_url)["Messages"]
        assert letter["Body"] == '{"shard": 1, "message_id": "M", "kind": "noun.verb"}'
