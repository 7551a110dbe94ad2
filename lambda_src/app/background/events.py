"""What wakes the outbox: the table's stream, at once, and the schedules, which forget nothing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from random import SystemRandom
from typing import Any

from app.background.outbox import Runner
from app.background.registry import HOURLY
from app.background.work import RESERVE_S
from app.core import observability
from app.core.database import Session
from app.core.entities import Key
from app.core.observability import logger
from app.models.access_patterns import OUTBOX_MESSAGES, messages_of_shard
from app.models.messages import HourlyMessage
from app.models.operations import OutboxMessage
from app.services import outbox

# No message is begun with less: a task shall get somewhere before it must stop.
START_S = 2 * RESERVE_S
_PAGE = 100
# Environments that are restored from one SnapStart snapshot share the state of `random`.
# https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
_RANDOM = SystemRandom()
# How the partitions of the audit begin; the stream brings what was changed there, never what was inserted.
_AUDIT = "AUDIT#"
# The principal of deletions by the time to live.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
_TIME_TO_LIVE = "dynamodb.amazonaws.com"

SecondsLeft = Callable[[], float]


class UnknownEvent(Exception):  # noqa: N818 - the function's answer to whoever sent it
    """Neither a request nor the table's stream nor one of the schedules."""


def handle(runner: Runner, event: Mapping[str, Any], seconds_left: SecondsLeft) -> dict[str, Any] | None:
    """Tell by the event what woke the function, and do it.

    Raises:
        UnknownEvent: nothing that this function is for.
    """
    match event:
        case {"Records": [{"eventSource": "aws:dynamodb"}, *_]}:
            return on_stream(runner, event, seconds_left)
        case {"schedule": "overdue"}:
            run_overdue(runner, seconds_left)
        case {"schedule": "hourly", "time": str(time)}:
            enqueue_hourly(runner, HOURLY, datetime.fromisoformat(time))
        case _:
            raise UnknownEvent
    return None


def on_stream(runner: Runner, event: Mapping[str, Any], seconds_left: SecondsLeft) -> dict[str, Any]:
    """Run the messages that were just inserted; report audit events that were changed or deleted.

    The answer names the messages that could not be begun, so that the stream brings them again. A task that
    failed is none of them.
    """
    left = []
    for record in event["Records"]:
        if record["dynamodb"]["Keys"]["PK"]["S"].startswith(_AUDIT):
            _report_audit_change(record)
        elif not _run(runner, _key(record["dynamodb"]["Keys"]), seconds_left):
            left.append(record["dynamodb"]["SequenceNumber"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in left]}


def run_overdue(runner: Runner, seconds_left: SecondsLeft) -> None:
    """Run every message that is due, whatever became of its stream record.

    The shards take turns at being first, as the time may not be enough for all.
    """
    for shard in _RANDOM.sample(range(outbox.SHARDS), outbox.SHARDS):
        query, cursor = messages_of_shard(shard), None
        while seconds_left() >= START_S:
            page = runner.table.page(query, limit=_PAGE, cursor=cursor)
            for message in page.items:
                _run(runner, OUTBOX_MESSAGES.key_of(message), seconds_left)
            if (cursor := page.next_cursor) is None:
                break


def enqueue_hourly(runner: Runner, messages: Iterable[type[HourlyMessage]], time: datetime) -> None:
    """Enqueue what is to be done each hour. The messages' `hour` is the one that `time` lies in, in UTC.

    A schedule may come twice, or late: the tasks must be idempotent an hour, and go by the message.
    """
    session = Session(runner.table)
    hour = time.replace(minute=0, second=0, microsecond=0)
    for message in messages:
        outbox.enqueue(session, message(hour=hour))
    session.commit()


def _run(runner: Runner, key: Key[OutboxMessage], seconds_left: SecondsLeft) -> bool:
    """Run one message; say whether it could be begun."""
    if seconds_left() < START_S:
        return False
    try:
        runner.run(key, seconds_left)
    except Exception:  # noqa: BLE001 - one message that cannot be begun leaves the others alone
        logger.exception("background.not_begun", message_id=key.sk)
        return False
    return True


def _report_audit_change(record: Mapping[str, Any]) -> None:
    """Log and count a change of an audit event, which nothing of this system makes."""
    if (record.get("userIdentity") or {}).get("principalId") == _TIME_TO_LIVE:
        return
    keys = record["dynamodb"]["Keys"]
    logger.critical(
        "audit.changed", change=record["eventName"], partition=keys["PK"]["S"], event_id=keys["SK"]["S"]
    )
    observability.count("AuditChanged")


def _key(names: Mapping[str, Any]) -> Key[OutboxMessage]:
    return Key(OUTBOX_MESSAGES, names["PK"]["S"], names["SK"]["S"])
