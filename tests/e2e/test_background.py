"""What goes on behind the requests: stream, schedules, mail and dead letters of the embedded AWS."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from app.background.outbox import MAX_TRIES
from app.core.clock import new_ulid, utc_now
from app.core.database import Session, Table
from app.core.queries import Query
from app.core.writes import Write
from app.models.access_patterns import (
    GOAL_CHECK_INS,
    GOALS,
    OUTBOX_MESSAGES,
    SPACES,
    check_ins_of_goal,
    goals_of_space,
    members_of_space,
    messages_of_shard,
)
from app.models.goals import Goal, GoalCheckIn
from app.models.messages import DeleteChildren
from app.models.operations import OutboxMessage
from app.services import outbox
from delivery.redrive import redrive
from local.aws import Clients, Deployment
from tests.e2e.waiting_helpers import eventually, finished
from tests.factories import Person

SPACES_PATH = "/api/v1/spaces"
ITEMS = 5_000
SignUp = Callable[[], Person]


@pytest.fixture
def table(embedded_aws: Clients, deployment: Deployment) -> Table:
    return Table(embedded_aws.dynamodb, deployment.table_name)


@pytest.fixture
def owner(sign_up: SignUp) -> Person:
    return sign_up().make_profile("Ada")


def stamps() -> dict[str, datetime]:
    now = utc_now()
    return {"created_at": now, "updated_at": now}


def put_all(embedded_aws: Clients, deployment: Deployment, writes: Sequence[Write]) -> None:
    """Put many items as fast as the table takes them."""
    for start in range(0, len(writes), 25):
        puts: Any = [{"PutRequest": {"Item": write.request["Item"]}} for write in writes[start : start + 25]]
        answer = embedded_aws.dynamodb.batch_write_item(RequestItems={deployment.table_name: puts})
        assert not answer["UnprocessedItems"]


def check_in(goal_id: str, space_id: str, user_id: str) -> GoalCheckIn:
    return GoalCheckIn(
        check_in_id=new_ulid(),
        goal_id=goal_id,
        space_id=space_id,
        user_id=user_id,
        value=Decimal(1),
        date=utc_now().date(),
        **stamps(),
    )


def goal(space_id: str, user_id: str) -> Goal:
    return Goal(
        goal_id=new_ulid(),
        space_id=space_id,
        author_id=user_id,
        title="Walk",
        kind="yes_no",
        **stamps(),
    )


def is_empty(table: Table, *queries: Query[Any]) -> bool:
    return not any(table.page(query, limit=1).items for query in queries)


def last_try(kind: str, **payload: Any) -> OutboxMessage:
    """A message that has failed seven times."""
    return OutboxMessage(
        shard=0, message_id=new_ulid(), kind=kind, payload=payload, attempts=MAX_TRIES - 1, **stamps()
    )


def given_up(table: Table) -> list[OutboxMessage]:
    """The messages that nobody tries any more."""
    messages = [
        message
        for shard in range(outbox.SHARDS)
        for message in table.first(messages_of_shard(shard), at_most=1000)
    ]
    return [message for message in messages if message.attempts >= MAX_TRIES]


def waiting(sqs: Any, queue_url: str) -> int:
    """How many keys are in the queue."""
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])["Attributes"][name])


class TestMail:
    def test_mail_of_an_invitation_is_in_the_inbox_soon(self, owner: Person, deployment: Deployment) -> None:
        here = f"{SPACES_PATH}/{owner.make_space('<Morning> runners')['space_id']}"
        email = f"{new_ulid().lower()}@example.com"

        assert owner.post(f"{here}/invitations", {"email": email, "role": "member"}).status_code == 201

        def received() -> list[dict[str, Any]]:
            inbox = httpx2.get(f"{deployment.endpoint_url}/_ministack/ses/messages", trust_env=False).json()
            mails = [mail for of_account in inbox["messages"].values() for mail in of_account]
            return [mail for mail in mails if mail["To"] == [email]]

        (mail,) = eventually(received)
        assert mail["Source"] == "no-reply@local.lifestyle-spaces.example"
        assert "<Morning> runners" in mail["BodyText"]
        assert "&lt;Morning&gt; runners" in mail["BodyHtml"]


class TestDeleteSpace:
    def test_delete_space_of_thousands_of_items_leaves_not_one(
        self, owner: Person, table: Table, embedded_aws: Clients, deployment: Deployment
    ) -> None:
        space_id = owner.make_space()["space_id"]
        goals = [goal(space_id, owner.user_id) for _ in range(10)]
        steps = [
            check_in(goals[number % len(goals)].goal_id, space_id, owner.user_id) for number in range(ITEMS)
        ]
        put_all(
            embedded_aws,
            deployment,
            [*map(GOALS.create, goals), *map(GOAL_CHECK_INS.create, steps)],
        )

        deleted = owner.delete(f"{SPACES_PATH}/{space_id}")

        assert deleted.status_code == 202
        assert owner.get(f"{SPACES_PATH}/{space_id}").status_code == 404
        operation = finished(owner, deleted.headers["Location"])
        assert operation["status"] == "done"
        assert operation["done"] == operation["total"] >= ITEMS + len(goals)
        assert table.get(SPACES.key(space_id=space_id)) is None
        assert is_empty(
            table,
            members_of_space(space_id),
            goals_of_space(space_id),
            *(check_ins_of_goal(each.goal_id) for each in goals),
        )


class TestPoisonMessage:
    def test_poison_message_ends_in_the_queue_while_others_are_done_and_comes_back_by_redrive(
        self, owner: Person, table: Table, embedded_aws: Clients, deployment: Deployment
    ) -> None:
        poisoned, *healthy = (check_in(new_ulid(), new_ulid(), owner.user_id) for _ in range(4))
        put_all(embedded_aws, deployment, [GOAL_CHECK_INS.create(step) for step in healthy])
        unreadable = GOAL_CHECK_INS.key_of(poisoned).attributes | {"data": {"M": {}}}
        embedded_aws.dynamodb.put_item(TableName=deployment.table_name, Item=unreadable)
        session = Session(table)
        session.add(
            OUTBOX_MESSAGES.create(
                last_try("item.deleted", entity="Goal", fields={"goal_id": poisoned.goal_id})
            )
        )
        for step in healthy:
            outbox.enqueue(session, DeleteChildren(entity="Goal", fields={"goal_id": step.goal_id}))

        session.commit()

        eventually(lambda: is_empty(table, *(check_ins_of_goal(step.goal_id) for step in healthy)))
        sqs = embedded_aws.sqs
        (queue_url,) = sqs.list_queues()["QueueUrls"]
        eventually(lambda: waiting(sqs, queue_url) == 1)
        assert [message.kind for message in given_up(table)] == ["item.deleted"]

        put_all(embedded_aws, deployment, [GOAL_CHECK_INS.create(poisoned)])  # somebody has mended it
        assert redrive(table, sqs, queue_url) == 1

        eventually(lambda: is_empty(table, check_ins_of_goal(poisoned.goal_id)))
        assert given_up(table) == []
        assert waiting(sqs, queue_url) == 0
