"""`make redrive ENV=...`: requeue the messages of the dead-letter queue. See docs/background.md."""

import json
import sys
from typing import TYPE_CHECKING, Any

from app.core.database import Session, Table
from app.core.errors import StaleRead
from app.models.access_patterns import OUTBOX_MESSAGES
from app.services import outbox
from delivery.stack_outputs import deployed, exit_on_aws_error

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_WAIT_S = 2  # long polling: a short poll may miss messages


def redrive(table: Table, queue: "SQSClient", queue_url: str) -> int:
    """Replace each message whose key is in the queue with a new one, and return their number.

    It can be interrupted and run again at any point: a key without a message is only deleted.
    """
    requeued = 0
    while dead_letters := _receive(queue, queue_url):
        for dead_letter in dead_letters:
            try:
                requeued += _requeue(table, json.loads(dead_letter["Body"]))
            except StaleRead:
                continue  # the schedule runs it now; its key becomes visible again
            queue.delete_message(QueueUrl=queue_url, ReceiptHandle=dead_letter["ReceiptHandle"])
    return requeued


def _receive(queue: "SQSClient", queue_url: str) -> "list[MessageTypeDef]":
    answer = queue.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=60, WaitTimeSeconds=_WAIT_S
    )
    return answer.get("Messages", [])


def _requeue(table: Table, body: dict[str, Any]) -> bool:
    message = table.get(OUTBOX_MESSAGES.key(shard=str(body["shard"]), message_id=body["message_id"]))
    if message is None:
        return False
    session = Session(table)
    outbox.requeue(session, message)
    session.commit()
    print(f"{message.kind} {message.message_id}")
    return True


@exit_on_aws_error()
def main(environment: str) -> None:
    """Redrive one environment."""
    found = deployed(environment)
    table = Table(found.dynamodb, found.outputs["TableName"])
    print(f"{redrive(table, found.sqs, found.outputs['DeadLetterQueueUrl'])} requeued")


if __name__ == "__main__":
    main(sys.argv[1])
