"""What becomes of all that somebody wrote who has closed their account."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.background.directory import Directory
from app.background.events import run_overdue
from app.core.database import Session, Table
from app.core.entities import Key
from app.main import Backend, create_runner
from app.models import access_patterns
from app.models.access_patterns import ERASED_USERS, OUTBOX_MESSAGES, messages_of_shard
from app.models.messages import EraseAccount
from app.models.operations import OutboxMessage
from app.services.outbox import SHARDS, enqueue
from tests.assertions import assert_problem
from tests.factories import TABLE_NAME, Api, FrozenClock, Person
from tests.integration import journal_helpers
from tests.integration.conftest import BeforeReading, Killed, Killer
from tests.integration.content_helpers import all_of, close_account, react_to_all, write_everything
from tests.integration.journal_helpers import comment, write_entry
from tests.integration.table_helpers import kinds_that_name, rows
from tests.integration.user_pool_helpers import Pool

ME, SPACES, ORGANIZATIONS = "/api/v1/users/me", "/api/v1/spaces", "/api/v1/organizations"
RunBackground = Callable[[], None]


@pytest.fixture
def backend(backend: Backend, pool: Pool) -> Backend:
    """The one of all tests, with a user pool that there is."""
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


@pytest.fixture
def pool(aws: None) -> Pool:
    return Pool()


class TestErasure:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return api.person("Ada")

    @pytest.fixture
    def space(self, ada: Person) -> dict[str, Any]:
        return ada.make_space()

    @pytest.fixture
    def bob(self, api: Api, ada: Person, space: dict[str, Any], pool: Pool) -> Person:
        """An admin of Ada's space, who is about to go."""
        bob = api.member_of(space, ada, "admin")
        pool.add(bob)
        return bob

    def erase(self, person: Person, run_background: RunBackground) -> dict[str, Any]:
        operation = close_account(person)
        run_background()
        done: dict[str, Any] = person.get(f"/api/v1/operations/{operation['operation_id']}").json()
        assert done["status"] == "done"
        return done

    def test_erasure_keeps_a_new_profile_waiting_until_it_is_done(
        self, api: Api, run_background: RunBackground
    ) -> None:
        ada = api.person()
        close_account(ada)
        body = {"email": ada.email, "name": "Ada again"}
        assert_problem(ada.post("/api/v1/users", body), 409, "profile_exists")

        run_background()

        assert_problem(ada.post("/api/v1/users", body), 403, "account_erased")
        assert api.user(ada.email).post("/api/v1/users", body).status_code == 201

    def test_erasure_leaves_ids_only(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        here = f"{SPACES}/{space['space_id']}"
        bob.patch(ME, {"preferences": {"reminder_time": "07:30"}, "bio": "Bob was here"})
        write_everything(bob, here, mark="Bob was here")
        ada.post(f"{here}/goals", {"title": "Read", "kind": "milestone"}, idempotency_key="ada")
        run_background()
        react_to_all(bob, here)
        run_background()

        self.erase(bob, run_background)

        assert kinds_that_name(bob.email) == set()
        assert kinds_that_name("Bob was here") == set()
        # The audit, what was answered to others, notifications of others: ids only.
        assert kinds_that_name(bob.user_id) <= {
            "AuditEvent",
            "ErasedUser",
            "InvitationCount",  # for two days
            "Operation",
            "Notification",
        }

    def test_later_pass_erases_what_the_index_had_not_told_of(
        self,
        bob: Person,
        space: dict[str, Any],
        run_background: RunBackground,
        clock: FrozenClock,
        dynamodb: DynamoDBClient,
    ) -> None:
        here = f"{SPACES}/{space['space_id']}"
        assert bob.post(f"{here}/journals", {"title": "Bob was here"}).status_code == 201
        run_background()
        clock.advance(minutes=1)
        (late,) = [row for row in rows() if row["entity_type"]["S"] == "JournalEntry"]
        key = {name: late[name] for name in ("PK", "SK")}
        dynamodb.delete_item(TableName=TABLE_NAME, Key=key)  # as if the index did not have it yet
        self.erase(bob, run_background)
        dynamodb.put_item(TableName=TABLE_NAME, Item=late)

        clock.advance(minutes=59)
        run_background()
        assert kinds_that_name("Bob was here") == {"JournalEntry"}

        clock.advance(minutes=2)
        run_background()
        assert kinds_that_name("Bob was here") == set()

    def test_later_pass_ends_if_the_operation_is_forgotten(
        self, api: Api, run_background: RunBackground, clock: FrozenClock
    ) -> None:
        ada = api.person("Ada")
        self.erase(ada, run_background)

        clock.advance(days=8)
        run_background()

        assert not [row for row in rows() if row["entity_type"]["S"] == "OutboxMessage"]

    def test_later_pass_leaves_alone_what_was_written_since(
        self, api: Api, run_background: RunBackground, clock: FrozenClock, table: Table
    ) -> None:
        ada = api.person("Ada")
        self.erase(ada, run_background)
        table.write([ERASED_USERS.delete_if_exists(ERASED_USERS.key(user_id=ada.user_id))])
        assert ada.post("/api/v1/users", {"email": ada.email, "name": "Ada again"}).status_code == 201
        here = f"{SPACES}/{ada.make_space()['space_id']}"
        assert ada.post(f"{here}/journals", {"title": "Back again"}).status_code == 201

        clock.advance(hours=2)
        run_background()

        assert ada.get(here).json()["member_count"] == 1
        assert [entry["title"] for entry in all_of(ada, f"{here}/journals")] == ["Back again"]

    def test_erasure_lowers_every_counter(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        here = f"{SPACES}/{space['space_id']}"
        numeric = {"title": "Run", "kind": "numeric", "target_value": 10, "unit": "km"}
        goal = ada.post(f"{here}/goals", numeric).json()
        steps = f"{here}/goals/{goal['goal_id']}/check-ins"
        assert ada.post(steps, {"value": 2}).status_code == 201
        assert bob.post(steps, {"value": 5}).status_code == 201
        assert bob.post(f"{here}/goals", {"title": "Mine", "kind": "yes_no"}).status_code == 201
        run_background()
        react_to_all(bob, here)
        react_to_all(ada, here)

        self.erase(bob, run_background)

        assert ada.get(here).json()["member_count"] == 1
        assert ada.get(f"{here}/goals/{goal['goal_id']}").json()["progress"] == 0.2
        counts = [activity["reactions"]["heart"] for activity in all_of(ada, f"{here}/activity")]
        assert set(counts) == {1}
        spaces = [row["data"]["M"] for row in rows() if row["entity_type"]["S"] == "Space"]
        assert [data["tracker_count"] for data in spaces] == [{"N": "1"}]

    def test_erasure_deletes_what_was_written_in_a_space_left_since(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        here = f"{SPACES}/{space['space_id']}"
        goal = bob.post(f"{here}/goals", {"title": "Left behind", "kind": "yes_no"}).json()
        assert bob.delete(f"{here}/members/{bob.user_id}").status_code == 204

        self.erase(bob, run_background)

        assert ada.get(f"{here}/goals/{goal['goal_id']}").status_code == 404

    def test_erasure_reaches_what_was_written_in_a_space_since_deleted(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        here = f"{SPACES}/{space['space_id']}"
        write_everything(bob, here, mark="Bob was here")
        run_background()
        ada.delete(here)

        close_account(bob)
        run_background()

        assert kinds_that_name("Bob was here") == set()

    def test_erasure_takes_the_person_out_of_the_organization(
        self, api: Api, ada: Person, bob: Person, run_background: RunBackground
    ) -> None:
        organization = ada.post(ORGANIZATIONS, {"name": "Engines"}).json()
        path = f"{ORGANIZATIONS}/{organization['org_id']}"
        invitation = ada.post(f"{path}/invitations", {"email": bob.email}).json()
        accepted = bob.post(f"/api/v1/invitations/{invitation['invitation_id']}/accept")
        assert accepted.status_code == 200, accepted.text

        self.erase(bob, run_background)

        assert ada.get(path).json()["member_count"] == 1
        assert [user["user_id"] for user in all_of(ada, f"{path}/users")] == [ada.user_id]

    def test_erasure_takes_the_invitations_to_the_verified_email(
        self, api: Api, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        email = "bob@new.example.com"
        assert ada.post(f"{SPACES}/{space['space_id']}/invitations", {"email": email}).status_code == 201
        bob.token = api.signing_key.token(bob.user_id, email)

        self.erase(bob, run_background)

        assert kinds_that_name(email) == set()

    def test_erasure_leaves_invitations_alone_if_no_email_is_verified(
        self, api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        path, cleo = f"{SPACES}/{space['space_id']}/invitations", api.person("Cleo")
        assert ada.post(path, {"email": cleo.email}).status_code == 201
        cleo.token = api.signing_key.token(cleo.user_id, cleo.email, email_verified=False)

        self.erase(cleo, run_background)

        assert [invitation["email"] for invitation in all_of(ada, path)] == [cleo.email]

    def test_erasure_of_a_reply_keeps_its_parent(
        self, ada: Person, bob: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        entry = write_entry(ada, space)
        question = comment(ada, entry, text="How are you?")
        comment(bob, entry, text="Bob was here", parent_id=question["comment_id"])

        self.erase(bob, run_background)

        assert all_of(ada, f"{journal_helpers.path_of(entry)}/comments") == [question]

    def test_erasure_accepts_items_deleted_by_others(
        self, ada: Person, bob: Person, run_background: RunBackground, before_reading: BeforeReading
    ) -> None:
        """The index tells of things a while longer than they are there."""
        (space,) = all_of(bob, f"{ME}/spaces")
        here = f"{SPACES}/{space['space_id']}"
        goal = bob.post(f"{here}/goals", {"title": "Bob was here", "kind": "yes_no"}).json()
        run_background()  # what else would read it
        close_account(bob)

        def delete(path: str) -> None:
            assert ada.delete(path).status_code == 204

        before_reading(f"MEMBER#{bob.user_id}", lambda: delete(f"{here}/members/{bob.user_id}"))
        before_reading(goal["goal_id"], lambda: delete(f"{here}/goals/{goal['goal_id']}"))
        run_background()

        assert ada.get(here).json()["member_count"] == 1
        assert kinds_that_name(bob.email) == kinds_that_name("Bob was here") == set()

    def test_erasure_accepts_a_deleted_space(
        self, bob: Person, space: dict[str, Any], table: Table, run_background: RunBackground
    ) -> None:
        path = f"{SPACES}/{space['space_id']}/goals"
        assert bob.post(path, {"title": "Bob was here", "kind": "yes_no"}).status_code == 201
        table.write(
            [access_patterns.SPACES.delete_if_exists(access_patterns.SPACES.key(space_id=space["space_id"]))]
        )

        self.erase(bob, run_background)

        assert kinds_that_name(bob.email) == kinds_that_name("Bob was here") == set()

    def test_erasure_a_second_time_does_nothing(
        self, bob: Person, table: Table, run_background: RunBackground
    ) -> None:
        self.erase(bob, run_background)
        before = rows()
        session = Session(table)
        enqueue(session, EraseAccount(operation_id="O", account_id=bob.user_id, email=bob.email))
        session.commit()

        run_background()

        assert rows() == before

    def test_erasure_leaves_what_others_have_made_in_its_place(
        self, api: Api, ada: Person, bob: Person, run_background: RunBackground, before_reading: BeforeReading
    ) -> None:
        """The index tells of Bob's invitation a while longer than it is there."""
        (space,) = all_of(bob, f"{ME}/spaces")
        path = f"{SPACES}/{space['space_id']}/invitations"
        made = bob.post(path, {"email": "eve@example.com"}).json()
        close_account(bob)

        def invite_again() -> None:
            assert ada.delete(f"{path}/{made['invitation_id']}").status_code == 204
            api.clock.advance(minutes=1)
            assert ada.post(path, {"email": "eve@example.com"}).status_code == 201

        before_reading("eve@example.com", invite_again)
        run_background()

        pending = [invitation for invitation in all_of(ada, path) if invitation["status"] == "pending"]
        assert [invitation["invited_by"] for invitation in pending] == [ada.user_id]
        assert_problem(ada.post(path, {"email": "eve@example.com"}), 409, "already_invited")

    def test_erasure_deletes_the_pool_user(
        self, bob: Person, pool: Pool, run_background: RunBackground
    ) -> None:
        assert pool.names() == [bob.user_id]

        self.erase(bob, run_background)

        assert pool.names() == []

    def test_erasure_accepts_a_missing_pool_user(
        self, bob: Person, run_background: RunBackground, pool: Pool
    ) -> None:
        pool.client.admin_delete_user(UserPoolId=pool.pool_id, Username=bob.user_id)

        self.erase(bob, run_background)

        assert kinds_that_name(bob.email) == set()


class TestInterruptedErasure:
    @pytest.fixture
    def bob(self, api: Api, pool: Pool, run_background: RunBackground) -> Person:
        """Somebody who has written much in another's space, and has closed the account."""
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "admin")
        pool.add(bob)
        write_everything(bob, f"{SPACES}/{space['space_id']}", mark="Bob was here")
        run_background()
        close_account(bob)
        return bob

    def assert_erased(self, bob: Person, pool: Pool) -> None:
        assert kinds_that_name("Bob was here") == kinds_that_name(bob.email) == set()
        assert kinds_that_name(bob.user_id) <= {
            "AuditEvent",
            "ErasedUser",
            "InvitationCount",
            "Operation",
        }
        assert pool.names() == []
        (space,) = [row["data"]["M"] for row in rows() if row["entity_type"]["S"] == "Space"]
        assert (space["member_count"], space["tracker_count"]) == ({"N": "1"}, {"N": "0"})

    def keys(self, table: Table) -> list[Key[OutboxMessage]]:
        """Of the erasure, not of what follows from it."""
        return [
            OUTBOX_MESSAGES.key_of(message)
            for shard in range(SHARDS)
            for message in table.first(messages_of_shard(shard), at_most=100)
            if message.kind == "user.deleted"
        ]

    def test_interrupted_erasure_continues_after_each_step_at_the_deadline(
        self, bob: Person, pool: Pool, backend: Backend, run_background: RunBackground
    ) -> None:
        runner, runs = create_runner(backend), 0
        while pool.names():
            for key in self.keys(backend.table):
                # Enough looks at the clock to do a few steps, and to find out that nothing is left.
                looks = iter([60.0] * 9)
                runner.run(key, partial(next, looks, 0.0))
                runs += 1
            assert runs < 100
        run_background()

        assert runs > 1
        self.assert_erased(bob, pool)

    def test_interrupted_erasure_completes_after_being_killed_at_each_write(
        self, bob: Person, pool: Pool, backend: Backend, run_background: RunBackground, killer: Killer
    ) -> None:
        runner = create_runner(backend)
        # The lease is a write too. After eight tries a message waits for a person.
        for writes in range(1, 8):
            with pytest.raises(Killed):
                killer.after(writes, lambda: run_overdue(runner, lambda: 60.0))
        run_background()

        self.assert_erased(bob, pool)
