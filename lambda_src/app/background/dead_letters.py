"""The queue of those messages that nobody tries any more until a person has looked at them."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.models.operations import OutboxMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class DeadLetters:
    """The SQS queue that the alarm watches. `client` makes the AWS client, once somebody asks."""

    def __init__(self, client: "Callable[[], SQSClient]", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, message: OutboxMessage) -> None:
        """Tell the queue where the message is; what is in it stays in the table."""
        key = {"shard": message.shard, "message_id": message.message_id, "kind": message.kind}
        self._client().send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(key))
