"""What a page costs does not grow with the data behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.entities import Entity
from app.models.access_patterns import MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.members import Membership, Role
from app.models.spaces import Space, Visibility
from app.models.users import UserProfile
from tests.database.conftest import Bill
from tests.factories import TABLE_NAME, Api, FrozenClock, Person

FEW, MANY = 10, 2_000
Fill = Callable[[Entity[Any], list[Any]], None]


@pytest.fixture
def fill(dynamodb: DynamoDBClient) -> Fill:
    """Put many items of one entity into the table, past the app."""

    def put(entity: Entity[Any], items: list[Any]) -> None:
        for start in range(0, len(items), 25):
            requests: Any = [
                {"PutRequest": {"Item": entity.create(item).request["Item"]}}
                for item in items[start : start + 25]
            ]
            dynamodb.batch_write_item(RequestItems={TABLE_NAME: requests})

    return put


class World:
    """One person in spaces among others, as many as it takes; every item of a kind has the same size."""

    def __init__(self, api: Api, fill: Fill, clock: FrozenClock) -> None:
        self.ada: Person = api.person("Somebody")
        self.space = self.ada.make_space(visibility="public")
        self._fill = fill
        self._stamps = {"created_at": clock.now, "updated_at": clock.now}

    def grow(self, to: int) -> None:
        """Have `to` members in the space, `to` public spaces, and Ada in all of them."""
        ids = [f"ffffffff-0000-4000-8000-{number:012}" for number in range(to - 1)]
        space_ids = [f"7{number:025}" for number in range(to - 1)]
        self._fill(
            USER_PROFILES,
            [UserProfile(user_id=id_, email="x@example.com", name="Somebody", **self._stamps) for id_ in ids],
        )
        here = self.space["space_id"]
        self._fill(
            MEMBERSHIPS,
            [Membership(space_id=here, user_id=id_, role=Role.MEMBER, **self._stamps) for id_ in ids]
            + [
                Membership(space_id=id_, user_id=self.ada.user_id, role=Role.MEMBER, **self._stamps)
                for id_ in space_ids
            ],
        )
        self._fill(
            SPACES,
            [
                Space(
                    space_id=id_,
                    name="Morning runners",
                    visibility=Visibility.PUBLIC,
                    owner_id=self.ada.user_id,
                    member_count=1,
                    **self._stamps,
                )
                for id_ in space_ids
            ],
        )


@pytest.fixture
def world(api: Api, fill: Fill, clock: FrozenClock) -> World:
    return World(api, fill, clock)


LISTS = {
    "members": ("/api/v1/spaces/{space_id}/members?limit=5", 5),
    "my spaces": ("/api/v1/users/me/spaces?limit=5", 5),
    # A filter that no key serves reads 5 x limit items.
    "my spaces by role": ("/api/v1/users/me/spaces?limit=2&role=member", 2),
    "public spaces": ("/api/v1/spaces?visibility=public&limit=5", 5),
}


def test_a_page_of_many_costs_what_a_page_of_few_costs(world: World, bill: Bill) -> None:
    def measure(path: str, length: int) -> list[tuple[str, float]]:
        bill.charges.clear()
        page = world.ada.get(path.format(space_id=world.space["space_id"])).json()
        assert len(page["items"]) == length
        assert page["next_cursor"] is not None
        return list(bill.charges)

    costs = []
    for size in (FEW, MANY):
        world.grow(size)
        costs.append({name: measure(*page) for name, page in LISTS.items()})

    assert costs[0] == costs[1]
    for charges in costs[1].values():
        # Who asks, the list itself, and at most one batch of what belongs to it.
        assert [name for name, _ in charges].count("Query") == 1
        assert len(charges) <= 3


def test_a_page_in_the_middle_costs_what_the_first_costs(world: World, bill: Bill) -> None:
    world.grow(MANY)
    path = f"/api/v1/spaces/{world.space['space_id']}/members?limit=5"
    cursor, costs = None, []
    for _ in range(50):
        bill.charges.clear()
        page = world.ada.get(f"{path}&cursor={cursor}" if cursor else path).json()
        cursor = page["next_cursor"]
        costs.append(list(bill.charges))

    assert all(cost == costs[1] for cost in costs[1:])


def test_seeing_someone_costs_one_query_and_one_batch(world: World, bill: Bill) -> None:
    world.grow(50)
    bill.charges.clear()

    response = world.ada.get("/api/v1/users/ffffffff-0000-4000-8000-000000000000")

    assert response.status_code == 200
    assert [name for name, _ in bill.charges] == ["GetItem", "Query", "BatchGetItem"]


def test_reading_a_space_is_one_call(world: World, bill: Bill) -> None:
    bill.charges.clear()
    world.ada.get(f"/api/v1/spaces/{world.space['space_id']}")

    assert [name for name, _ in bill.charges] == ["BatchGetItem"]
