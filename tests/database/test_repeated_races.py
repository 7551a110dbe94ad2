"""Every unique thing and every counter, raced by 16 threads in 200 rounds each."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.database import Session, Table
from app.core.errors import NotFound
from app.core.queries import Query
from app.models.access_patterns import (
    GOALS,
    INVITE_CODES,
    SPACES,
    USER_PROFILES,
    check_ins_of_goal,
    check_ins_of_habit,
    goals_of_space,
    habits_of_space,
    members_of_space,
    memberships_of_user,
)
from app.models.goals import GoalCheckInCreate, GoalCreate, GoalPatch
from app.models.habits import Daily, HabitCheckInPut, HabitCreate
from app.models.members import OwnershipTransfer, Role
from app.models.spaces import Space, SpaceCreate, Visibility
from app.models.users import UserCreate, UserProfile
from app.services import (
    goals,
    habit_check_ins,
    habits,
    invite_codes,
    members,
    ownership,
    permissions,
    spaces,
    users,
)
from app.services.permissions import Access, Action
from tests.database.conftest import ROUNDS, THREADS, Rounds
from tests.unit.services.user_helpers import PARAMETERS, enrol, identity, profile

pytestmark = pytest.mark.long

EVERYTHING = 10_000
GOAL = GoalCreate(title="Run", kind="milestone")
HABIT = HabitCreate(title="Run", cadence=Daily(kind="daily"))


@pytest.fixture
def ada(table: Table) -> Access:
    """The owner of a public space."""
    return enrol(table, visibility=Visibility.PUBLIC)


@pytest.fixture
def crowd(table: Table) -> list[UserProfile]:
    """One more person for each thread."""
    people = [profile(table.clock(), f"person-{number}") for number in range(THREADS)]
    table.write([USER_PROFILES.create(person) for person in people])
    return people


def enter(session: Session, user_id: str, space: Space, action: Action) -> Access:
    """As the routes do at the beginning of each request."""
    return permissions.authorize(session, user_id=user_id, space_id=space.space_id, action=action)


def space_of(table: Table, access: Access) -> Space:
    space = table.get(SPACES.key_of(access.space))
    assert space is not None
    return space


def user_of(table: Table, user_id: str) -> UserProfile:
    user = table.get(USER_PROFILES.key(user_id=user_id))
    assert user is not None
    return user


def all_of(table: Table, query: Query[Any]) -> list[Any]:
    return table.first(query, at_most=EVERYTHING)


def one_of(table: Table, query: Query[Any], number: int) -> Any:
    """The newest but so many; the last if there are fewer. NotFound if there is none."""
    items = table.page(query, limit=number + 1).items
    if not items:
        raise NotFound
    return items[-1]


class TestUniqueItem:
    def test_unique_item_of_an_email(self, rounds: Rounds) -> None:
        def sign_up(session: Session, number: int, thread: int) -> None:
            email = f"{number}@example.com"
            body = UserCreate(email=email, name="Ada")
            users.create(session, identity(f"{number}-{thread}", email), body)

        for ends in rounds.run(sign_up):
            assert ends == {"done": 1, "email_taken": THREADS - 1}

    def test_unique_item_of_an_invite_code(self, rounds: Rounds, table: Table, ada: Access) -> None:
        made: list[str] = []

        def rotate(session: Session, _: int, __: int) -> None:
            made.append(invite_codes.rotate(session, ada, parameters=PARAMETERS).code)

        for ends in rounds.run(rotate):
            assert ends == {"done": 1, "stale": THREADS - 1}
        pointer = invite_codes.get(Session(table), ada, parameters=PARAMETERS)
        alive = table.batch_get([INVITE_CODES.key(code=code) for code in made])
        assert [invite.code for invite in alive if invite] == [pointer.code]

    def test_unique_item_of_a_membership(self, rounds: Rounds, table: Table, ada: Access) -> None:
        people = [profile(table.clock(), f"person-{number}") for number in range(ROUNDS)]
        for start in range(0, ROUNDS, 100):
            table.write([USER_PROFILES.create(person) for person in people[start : start + 100]])

        def join(session: Session, number: int, _: int) -> None:
            access = Access(people[number], ada.space, None)
            members.join_public(session, access, parameters=PARAMETERS)

        for ends in rounds.run(join):
            assert ends == {"done": 1, "already_member": THREADS - 1}
        assert space_of(table, ada).member_count == 1 + ROUNDS

    def test_unique_item_of_a_day_of_a_habit(self, rounds: Rounds, table: Table, ada: Access) -> None:
        days = 200  # check-ins of a day further back than a year are refused
        ids = []
        for _ in range(0, ROUNDS, days):
            session = Session(table)
            ids.append(habits.create(session, ada, HABIT, parameters=PARAMETERS).habit_id)
            session.commit()

        def check_in(session: Session, number: int, _: int) -> None:
            habit_id, day = ids[number // days], session.now.date() - timedelta(days=number % days)
            habit_check_ins.put(session, ada, HabitCheckInPut(), habit_id=habit_id, day=day, versions=None)

        for ends in rounds.run(check_in):
            assert ends == {"done": 1, "stale": THREADS - 1}
        assert sum(len(all_of(table, check_ins_of_habit(each, "ada"))) for each in ids) == ROUNDS


class TestCounters:
    def test_counters_of_members_and_of_the_spaces_one_is_in(
        self, rounds: Rounds, table: Table, ada: Access, crowd: list[UserProfile]
    ) -> None:
        limited = PARAMETERS.model_copy(update={"max_members_per_space": THREADS // 2})

        def join_or_leave(session: Session, number: int, thread: int) -> None:
            who = crowd[(number + thread) % THREADS].user_id
            access = enter(session, who, ada.space, Action.JOIN_PUBLIC_SPACE)
            if access.membership:
                members.remove(session, access, user_id=who, versions=None, parameters=limited)
            else:
                members.join_public(session, access, parameters=limited)

        ends = rounds.run(join_or_leave)

        assert sum(end["done"] for end in ends) > ROUNDS
        inside = {member.user_id for member in all_of(table, members_of_space(ada.space.space_id))}
        assert space_of(table, ada).member_count == len(inside) <= THREADS // 2
        for person in crowd:
            assert user_of(table, person.user_id).space_count == (person.user_id in inside)

    def test_counters_of_goals_and_habits(self, rounds: Rounds, table: Table, ada: Access) -> None:
        limited = PARAMETERS.model_copy(update={"max_trackers_per_space": THREADS})
        space_id = ada.space.space_id

        def begin_or_end(session: Session, number: int, thread: int) -> None:
            if number % 2 == 0 and thread % 2:
                habits.create(session, ada, HABIT, parameters=limited)
            elif number % 2 == 0:
                goals.create(session, ada, GOAL, parameters=limited)
            elif thread % 2:  # two threads are after each that is there
                habit = one_of(table, habits_of_space(space_id), thread // 4)
                habits.delete(session, ada, habit_id=habit.habit_id, versions=None)
            else:
                goal = one_of(table, goals_of_space(space_id), thread // 4)
                goals.delete(session, ada, goal_id=goal.goal_id, versions=None)

        ends = rounds.run(begin_or_end)

        assert sum(end["done"] for end in ends) > 2 * ROUNDS
        there = [*all_of(table, goals_of_space(space_id)), *all_of(table, habits_of_space(space_id))]
        assert space_of(table, ada).tracker_count == len(there) <= THREADS

    def test_counters_of_the_progress_of_a_goal(self, rounds: Rounds, table: Table, ada: Access) -> None:
        session = Session(table)
        goal_id = goals.create(session, ada, GOAL, parameters=PARAMETERS).goal_id
        session.commit()

        def step_or_change(session: Session, number: int, thread: int) -> None:
            if thread == 0:
                patch = GoalPatch(title=f"Run {number}")
                goals.update(session, ada, patch, goal_id=goal_id, versions=None)
            else:
                body = GoalCheckInCreate.model_validate({"value": thread / 10})
                goals.check_in(session, ada, body, goal_id=goal_id)

        for ends in rounds.run(step_or_change):
            assert ends == {"done": THREADS}
        goal = table.get(GOALS.key(space_id=ada.space.space_id, goal_id=goal_id))
        assert goal is not None
        assert goal.version == 1 + ROUNDS
        assert goal.reached == 12 * ROUNDS == sum(s.value for s in all_of(table, check_ins_of_goal(goal_id)))

    def test_counters_of_the_spaces_one_is_in_and_owns(
        self, rounds: Rounds, table: Table, ada: Access, crowd: list[UserProfile]
    ) -> None:
        two = [person.user_id for person in crowd[:2]]
        parameters = PARAMETERS.model_copy(update={"max_spaces_per_user": EVERYTHING})

        def come_and_go(session: Session, number: int, thread: int) -> None:
            who, other = two if thread % 2 else two[::-1]
            if thread < 4:
                body = SpaceCreate(name="Ours", visibility=Visibility.PUBLIC)
                spaces.create(session, user_of(table, who), body, parameters=parameters)
                return
            owned = one_of(table, memberships_of_user(who).where(role=Role.OWNER), number % 4)
            space = table.batch_get([SPACES.key(space_id=owned.space_id)])[0]
            if thread < 10:
                access = enter(session, other, space, Action.JOIN_PUBLIC_SPACE)
                members.join_public(session, access, parameters=parameters)
            elif thread < 14:
                access = enter(session, who, space, Action.TRANSFER_OWNERSHIP)
                ownership.transfer(session, access, OwnershipTransfer.model_construct(user_id=other))
            else:
                access = enter(session, who, space, Action.DELETE_SPACE)
                spaces.delete(session, access, versions=None)

        rounds.run(come_and_go)

        for who in two:
            memberships = all_of(table, memberships_of_user(who))
            inside = table.batch_get([SPACES.key(space_id=member.space_id) for member in memberships])
            user = user_of(table, who)
            assert user.space_count == len(memberships)
            owned = [space for space in inside if space.owner_id == who and space.status == "active"]
            assert user.owned_spaces == len(owned) > 0
