"""`make redrive ENV=...`: has the background work that was given up tried again. See docs/background.md."""

import json
import sys
from typing import TYPE_CHECKING, Any

from app.core.database import Session, Table
from app.core.errors import StaleRead
from app.models.access_patterns import OUTBOX_MESSAGES
from app.services import outbox
from delivery.stack_outputs import deployed, refused_in_one_line

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_WAIT_S = 2  # asks every server of the queue: a short poll may see none of its messages


def redrive(table: Table, queue: "SQSClient", queue_url: str) -> int:
    """Put a new message in the place of each whose key is in the queue; how many these were.

    It may be stopped and begun anew at any point: a key whose message is gone is only taken away.
    """
    renewed = 0
    while letters := _receive(queue, queue_url):
        for letter in letters:
            try:
                renewed += _renew(table, json.loads(letter["Body"]))
            except StaleRead:
                continue  # the schedule has it in hand; its key comes again
            queue.delete_message(QueueUrl=queue_url, ReceiptHandle=letter["ReceiptHandle"])
    return renewed


def _receive(queue: "SQSClient", queue_url: str) -> "list[MessageTypeDef]":
    answer = queue.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=60, WaitTimeSeconds=_WAIT_S
    )
    return answer.get("Messages", [])


def _renew(table: Table, letter: dict[str, Any]) -> bool:
    message = table.get(OUTBOX_MESSAGES.key(shard=str(letter["shard"]), message_id=letter["message_id"]))
    if message is None:
        return False
    session = Session(table)
    outbox.requeue(session, message)
    session.commit()
    print(f"{message.kind} {message.message_id}")
    return True


@refused_in_one_line()
def main(environment: str) -> None:
    """Redrive one environment."""
    found = deployed(environment)
    table = Table(found.dynamodb, found.outputs["TableName"])
    print(f"{redrive(table, found.sqs, found.outputs['DeadLetterQueueUrl'])} run again")


if __name__ == "__main__":
    main(sys.argv[1])
