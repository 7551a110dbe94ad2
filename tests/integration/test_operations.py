"""`/operations/{operation_id}`: how far background work has come."""

import pytest

from app.core.database import Table
from app.models.access_patterns import USER_PROFILES
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, FrozenClock, Person


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def path(ada: Person) -> str:
    """Of an operation that Ada started."""
    deleted = ada.delete(f"/api/v1/spaces/{ada.make_space()['space_id']}")
    return str(deleted.headers["Location"])


class TestGetOperation:
    def test_get_operation_tells_who_started_it_how_far_it_is(self, ada: Person, path: str) -> None:
        response = ada.get(path)

        assert response.status_code == 200
        assert response.json() == {
            "operation_id": path.rpartition("/")[2],
            "status": "pending",
            "done": 0,
            "total": None,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }

    def test_get_operation_is_hidden_from_everybody_else(self, api: Api, path: str) -> None:
        assert_problem(api.person().get(path), 404, "not_found")

    def test_get_operation_finds_none_that_was_never_started(self, ada: Person) -> None:
        assert_problem(ada.get("/api/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV"), 404, "not_found")

    def test_get_operation_stays_readable_after_the_profile_is_gone(
        self, ada: Person, path: str, table: Table
    ) -> None:
        table.write([USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=ada.user_id))])

        assert_problem(ada.get("/api/v1/users/me"), 403, "profile_required")
        assert ada.get(path).status_code == 200

    def test_get_operation_is_kept_seven_days(self, ada: Person, path: str, clock: FrozenClock) -> None:
        clock.advance(days=7, seconds=-1)
        assert ada.get(path).status_code == 200

        clock.advance(seconds=1)
        assert_problem(ada.get(path), 404, "not_found")
