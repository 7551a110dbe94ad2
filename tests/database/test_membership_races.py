"""Who comes and goes side by side: nobody is counted twice, and no door stays open behind them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import (
    EMAIL_CLAIMS,
    OUTBOX_MESSAGES,
    SPACES,
    USER_PROFILES,
    members_of_space,
)
from app.models.members import Role
from app.services import outbox
from tests.assertions import assert_problem
from tests.database.conftest import THREADS, AtOnce
from tests.database.test_races import codes, crowd, path_of, statuses
from tests.factories import Api, Person

pytestmark = pytest.mark.long


def members(table: Table, space: dict[str, Any]) -> set[str]:
    return {member.user_id for member in table.page(members_of_space(space["space_id"]), limit=100).items}


def assert_counts_are_true(table: Table, space: dict[str, Any], people: Iterable[Person]) -> None:
    """The space counts its members, and each of these people, who are in no other, the one space or none."""
    inside = members(table, space)
    stored = table.get(SPACES.key(space_id=space["space_id"]))
    assert stored is not None
    assert stored.member_count == len(inside)
    for person in people:
        profile = table.get(USER_PROFILES.key(user_id=person.user_id))
        assert profile is not None
        assert profile.space_count == (person.user_id in inside)


class TestJoining:
    def test_joining_twice_by_a_code_makes_one_member(self, api: Api, at_once: AtOnce, table: Table) -> None:
        ada, bob = api.person(), api.person()
        space = ada.make_space()
        code = ada.make_code(space["space_id"])

        responses = at_once([partial(bob.elsewhere().join, code) for _ in range(THREADS)])

        assert statuses(responses)[200] == 1
        assert codes(responses) == {"already_member": 9, "too_many_requests": THREADS - 10}
        assert_counts_are_true(table, space, [bob])

    def test_joining_while_the_code_is_rotated_uses_the_current_code(
        self, api: Api, at_once: AtOnce, table: Table
    ) -> None:
        ada, people = api.person(), crowd(api, THREADS)
        space = ada.make_space()
        code = ada.make_code(space["space_id"])
        rotate = [partial(ada.elsewhere().post, f"{path_of(space)}/invite-code") for _ in range(2)]

        joins = at_once([*[partial(person.join, code) for person in people], *rotate])[:THREADS]

        assert statuses(joins).keys() <= {200, 404}
        assert codes(joins).keys() <= {"invite_code_invalid"}
        came_in = {p.user_id for p, join in zip(people, joins, strict=True) if join.status_code == 200}
        assert members(table, space) == {ada.user_id} | came_in
        assert_counts_are_true(table, space, people)
        assert_problem(api.person().join(code), 404, "invite_code_invalid")

    def test_joining_while_the_space_is_deleted_ends_before_or_finds_nothing(
        self, api: Api, at_once: AtOnce, table: Table
    ) -> None:
        ada, people = api.person(), crowd(api, THREADS - 4)
        space = ada.make_space(visibility="public")
        delete = [partial(ada.elsewhere().delete, path_of(space)) for _ in range(4)]
        join = [partial(person.post, f"{path_of(space)}/members") for person in people]

        responses = at_once([*delete, *join])
        deletions, joins = responses[:4], responses[4:]

        assert statuses(deletions) == {202: 1, 404: 3}
        assert statuses(joins).keys() <= {201, 404}
        assert_counts_are_true(table, space, people)
        assert len(members(table, space)) == 1 + statuses(joins)[201]
        shards = (OUTBOX_MESSAGES.within(shard=str(shard)) for shard in range(outbox.SHARDS))
        messages = [message for shard in shards for message in table.page(shard, limit=99).items]
        kept = [message.payload["space_id"] for message in messages if message.kind == "space.deleted"]
        assert kept == [space["space_id"]]
        owner = table.get(USER_PROFILES.key(user_id=ada.user_id))
        assert owner is not None
        assert owner.owned_spaces == 0


class TestLeaving:
    def test_leaving_many_times_is_leaving_once(self, api: Api, at_once: AtOnce, table: Table) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        path = f"{path_of(space)}/members/{bob.user_id}"

        responses = at_once([partial(bob.elsewhere().delete, path) for _ in range(THREADS)])

        assert statuses(responses) == {204: 1, 404: THREADS - 1}
        assert_counts_are_true(table, space, [bob])

    def test_and_being_removed_is_leaving_once(self, api: Api, at_once: AtOnce, table: Table) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        path = f"{path_of(space)}/members/{bob.user_id}"

        responses = at_once([partial(who.elsewhere().delete, path) for who in (ada, bob) for _ in range(6)])

        assert statuses(responses)[204] == 1
        assert codes(responses).keys() <= {"not_found", "conflict"}
        assert_counts_are_true(table, space, [bob])

    @pytest.mark.parametrize("others", [0, 4])
    def test_removal_leaves_no_code_to_join_by(
        self, api: Api, at_once: AtOnce, table: Table, others: int
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        code = ada.get(f"{path_of(space)}/invite-code").json()["code"]
        remove = partial(ada.elsewhere().delete, f"{path_of(space)}/members/{bob.user_id}")
        come_back = [partial(bob.elsewhere().join, code) for _ in range(4)]
        rotate = [partial(ada.elsewhere().post, f"{path_of(space)}/invite-code") for _ in range(others)]

        removed, *_ = at_once([remove, *come_back, *rotate])

        assert removed.status_code == 204
        assert bob.user_id not in members(table, space)
        assert bob.join(code).status_code == 404
        assert_counts_are_true(table, space, [bob])


class TestRoles:
    def test_roles_are_not_changed_by_who_has_just_lost_the_right(
        self, api: Api, at_once: AtOnce, table: Table
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        bob, eve = (api.member_of(space, ada, role) for role in ("admin", "viewer"))
        path = f"{path_of(space)}/members"
        demote = partial(ada.elsewhere().patch, f"{path}/{bob.user_id}", {"role": "viewer"})
        promote = [
            partial(bob.elsewhere().patch, f"{path}/{eve.user_id}", {"role": role})
            for role in ("member", "viewer") * 7
        ]

        demoted, *changes = at_once([demote, *promote])

        assert demoted.status_code == 200
        assert codes(changes).keys() <= {"forbidden", "conflict"}
        assert_problem(bob.patch(f"{path}/{eve.user_id}", {"role": "member"}), 403, "forbidden")
        roles = {
            member.user_id: member.role
            for member in table.page(members_of_space(space["space_id"]), limit=9).items
        }
        assert roles[bob.user_id] is Role.VIEWER


class TestEmails:
    def test_one_of_many_profiles_moves_to_an_email(self, api: Api, at_once: AtOnce, table: Table) -> None:
        people = crowd(api, THREADS)
        for person in people:
            person.token = api.signing_key.token(person.user_id, "new@example.com")

        responses = at_once(
            [partial(person.patch, "/api/v1/users/me", {"email": "new@example.com"}) for person in people]
        )

        assert statuses(responses) == {200: 1, 409: THREADS - 1}
        assert codes(responses) == {"email_taken": THREADS - 1}
        for person, response in zip(people, responses, strict=True):
            profile = table.get(USER_PROFILES.key(user_id=person.user_id))
            assert profile is not None
            assert profile.email == ("new@example.com" if response.status_code == 200 else person.email)
            claim = table.get(EMAIL_CLAIMS.key(email=profile.email))
            assert claim is not None
            assert claim.user_id == person.user_id
            freed = table.get(EMAIL_CLAIMS.key(email=person.email))
            assert (freed is None) is (response.status_code == 200)
