"""Two acts at the same moment over HTTP, of which one takes away what the other stands on."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from httpx2 import Response

from app.background.directory import Directory
from app.main import Backend
from tests.database.conftest import AtOnce
from tests.factories import Api, Person
from tests.integration.table_helpers import rows
from tests.integration.user_pool_helpers import Pool
from tests.sizes import size

pytestmark = pytest.mark.long

ROUNDS = size(bounded=10, whole=400)
TEXT = "what only this round has written"
# What may name a deleted space or an erased user, for the documented time, by ids alone.
KEPT = {"AuditEvent", "IdempotencyRecord", "Notification", "Operation", "OutboxMessage", "RateLimit"}


@pytest.fixture
def backend(backend: Backend, aws: None) -> Backend:
    """The backend of all tests, with a user pool that exists."""
    pool = Pool()
    return replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


@pytest.fixture(autouse=True)
def record_rounds(record_property: Callable[[str, object], None]) -> Iterator[None]:
    yield
    record_property("rounds", ROUNDS)


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def writes(person: Person, space: dict[str, Any]) -> list[Callable[[], Response]]:
    """What a member writes into a space."""
    post = person.elsewhere().post
    habit = {"title": TEXT, "cadence": {"kind": "daily"}}
    return [
        partial(post, f"{path_of(space)}/journals", {"title": TEXT, "content": TEXT}),
        partial(post, f"{path_of(space)}/goals", {"title": TEXT, "kind": "milestone"}),
        partial(post, f"{path_of(space)}/habits", habit),
        partial(post, f"{path_of(space)}/templates", {"name": TEXT, "sections": [SECTION]}),
    ]


SECTION = {"section_id": "day", "type": "paragraph", "title": TEXT}


def kinds_with(text: str) -> set[str]:
    return {row["entity_type"]["S"] for row in rows() if text in json.dumps(row)}


class TestDeletion:
    def test_write_during_deletion_of_space_leaves_nothing(
        self, api: Api, at_once: AtOnce, run_background: Callable[..., None]
    ) -> None:
        ada, bob = api.person(), api.person()
        for _ in range(ROUNDS):
            space = ada.make_space(visibility="public")
            bob.post(f"{path_of(space)}/members")
            delete = partial(ada.elsewhere().delete, path_of(space))

            deleted, *answers = at_once([delete, *writes(bob, space), *writes(ada, space)])
            run_background()

            assert deleted.status_code == 202
            assert {answer.status_code for answer in answers} <= {201, 403, 404}
            assert kinds_with(TEXT) == set()
            assert kinds_with(space["space_id"]) <= KEPT

    def test_write_during_erasure_of_account_leaves_nothing(
        self, api: Api, at_once: AtOnce, run_background: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space(visibility="public")
        for _ in range(ROUNDS):
            bob = api.person()
            bob.post(f"{path_of(space)}/members")
            erase = partial(bob.elsewhere().delete, "/api/v1/users/me")

            erased, *answers = at_once([erase, *writes(bob, space)])
            api.clock.advance(hours=1)  # past the last pass
            run_background()

            assert erased.status_code == 202
            assert {answer.status_code for answer in answers} <= {201, 403, 404}
            assert kinds_with(TEXT) == set()
            assert kinds_with(bob.email) == set()


class TestRights:
    def test_accepting_during_removal_of_inviter_is_before_it_or_refused(
        self, api: Api, at_once: AtOnce
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        for _ in range(ROUNDS):
            api.clock.advance(hours=1)  # so many invitations a day are allowed
            bob, eve = api.member_of(space, ada, "admin"), api.person()
            invitation = bob.post(
                f"{path_of(space)}/invitations", {"email": eve.email, "role": "member"}
            ).json()
            remove = partial(ada.elsewhere().delete, f"{path_of(space)}/members/{bob.user_id}")

            removed, accepted = at_once([remove, partial(eve.elsewhere().accept, invitation)])

            assert removed.status_code == 204
            assert accepted.status_code in {200, 409, 410}
            inside = eve.get(path_of(space)).status_code == 200
            assert inside is (accepted.status_code == 200)
            if not inside:
                assert eve.accept(invitation).status_code == 410

    def test_write_during_demotion_is_before_it_or_refused(self, api: Api, at_once: AtOnce) -> None:
        for _ in range(ROUNDS):
            ada = api.person()
            space = ada.make_space()
            bob = api.member_of(space, ada, "member")
            demote = partial(
                ada.elsewhere().patch, f"{path_of(space)}/members/{bob.user_id}", {"role": "viewer"}
            )

            demoted, *answers = at_once([demote, *writes(bob, space)])

            assert demoted.status_code == 200
            assert {answer.status_code for answer in answers} <= {201, 403}
            assert [write().status_code for write in writes(bob, space)] == [403] * len(answers)

    def test_two_last_admins_of_organization_never_both_leave(self, api: Api, at_once: AtOnce) -> None:
        for _ in range(ROUNDS):
            ada = api.person()
            organization = ada.make_organization()
            bob = api.user_of(organization, ada, "admin")
            path = f"/api/v1/organizations/{organization['org_id']}/users"
            leave = [partial(who.elsewhere().delete, f"{path}/{who.user_id}") for who in (ada, bob)]

            answers = sorted(answer.status_code for answer in at_once(leave))

            assert answers == [204, 409]
