"""Reactions and ownership, raced by 16 threads in 200 rounds each."""

from collections import Counter

import pytest

from app.core.database import Session, Table
from app.models.access_patterns import (
    ACTIVITIES,
    MEMBERSHIPS,
    REACTIONS,
    USER_PROFILES,
    members_of_space,
)
from app.models.activity import Activity, ActivityKind, Emoji
from app.models.members import OwnershipTransfer, Role
from app.models.users import UserProfile
from app.services import activity, ownership
from app.services.permissions import Access, Action
from tests.database.conftest import ROUNDS, Rounds
from tests.database.test_repeated_races import all_of, enter, space_of, user_of
from tests.unit.services.user_helpers import enrol, membership, profile

pytestmark = pytest.mark.long


@pytest.fixture
def ada(table: Table) -> Access:
    """The owner of a space, as the profile counts too."""
    access = enrol(table)
    table.write([USER_PROFILES.increment(USER_PROFILES.key_of(access.user), {"owned_spaces": 1})])
    return access


@pytest.fixture
def crowd(table: Table, ada: Access) -> list[UserProfile]:
    """Three more people, who are in the space."""
    people = [profile(table.clock(), f"person-{number}") for number in range(3)]
    places = [membership(table.clock(), person.user_id, Role.MEMBER, ada.space.space_id) for person in people]
    table.write([*map(USER_PROFILES.create, people), *map(MEMBERSHIPS.create, places)])
    return people


class TestReactions:
    @pytest.fixture
    def happened(self, table: Table, ada: Access) -> Activity:
        stamps = {"created_at": table.clock(), "updated_at": table.clock()}
        ids = {"activity_id": "A", "space_id": ada.space.space_id, "actor_id": "ada", "subject_id": "G"}
        made = Activity(kind=ActivityKind.GOAL_CREATED, **ids, **stamps)
        table.write([ACTIVITIES.create(made)])
        return made

    def test_reactions_are_counted_one_by_one(
        self, rounds: Rounds, table: Table, ada: Access, crowd: list[UserProfile], happened: Activity
    ) -> None:
        people = [ada.user, *crowd]
        kinds = (Emoji.HEART, Emoji.STAR)

        def come_and_go(session: Session, number: int, thread: int) -> None:
            # Two threads are after each reaction, and sometimes one wants it gone.
            who, emoji = people[thread % 4].user_id, kinds[thread % 8 // 4]
            access = enter(session, who, ada.space, Action.REACT)
            do = activity.withdraw if (number + thread // 8) % 3 == 0 else activity.react
            do(session, access, activity_id="A", emoji=emoji, versions=None)

        ends = rounds.run(come_and_go)

        assert sum(end["done"] for end in ends) > ROUNDS
        now = table.get(ACTIVITIES.key_of(happened))
        assert now is not None
        there = Counter(reaction.emoji for reaction in all_of(table, REACTIONS.within(activity_id="A")))
        assert {kind: getattr(now, kind) for kind in Emoji} == {kind: there[kind] for kind in Emoji}
        assert now.version == 1


class TestOwnership:
    def test_ownership_is_of_exactly_one(
        self, rounds: Rounds, table: Table, ada: Access, crowd: list[UserProfile]
    ) -> None:
        people = [person.user_id for person in (ada.user, *crowd)]

        def pass_on(session: Session, number: int, thread: int) -> None:
            owner = space_of(table, ada).owner_id
            access = enter(session, owner, ada.space, Action.TRANSFER_OWNERSHIP)
            others = [who for who in people if who != owner]
            body = OwnershipTransfer.model_construct(user_id=others[(number + thread) % 3])
            ownership.transfer(session, access, body)

        for end in rounds.run(pass_on):
            assert end["done"] == 1
            assert end.keys() <= {"done", "stale", "forbidden"}
        owner = space_of(table, ada).owner_id
        members = all_of(table, members_of_space(ada.space.space_id))
        assert [member.user_id for member in members if member.role is Role.OWNER] == [owner]
        assert [user_of(table, who).owned_spaces for who in people] == [who == owner for who in people]
