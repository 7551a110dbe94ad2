import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.database import Session, Table
from app.core.errors import IdempotencyKeyReused, StaleRead
from app.models.idempotency import IdempotencyRecord
from app.services import idempotency
from tests.factories import FrozenClock


def remember(session: Session, key: str = "k", *, user_id: str = "ada", body: str = "{}") -> None:
    idempotency.remember(
        session,
        user_id=user_id,
        key=key,
        fingerprint="f",
        status=201,
        headers={"location": "/api/v1/spaces/S", "etag": '"1-a"'},
        body=body,
    )


def find(
    table: Table, key: str = "k", *, user_id: str = "ada", fingerprint: str = "f"
) -> IdempotencyRecord | None:
    return idempotency.find(Session(table), user_id=user_id, key=key, fingerprint=fingerprint)


class TestRemember:
    def test_remember_writes_nothing_before_the_commit(self, table: Table) -> None:
        session = Session(table)
        remember(session)
        assert find(table) is None
        session.commit()
        assert find(table) is not None

    def test_remember_lets_only_one_of_two_commit(self, table: Table) -> None:
        one, other = Session(table), Session(table)
        remember(one, body="one")
        remember(other, body="other")
        one.commit()
        with pytest.raises(StaleRead):
            other.commit()
        found = find(table)
        assert found is not None
        assert found.body == "one"

    def test_remember_may_be_repeated_after_a_day(self, table: Table, clock: FrozenClock) -> None:
        for body in ("first", "second"):
            session = Session(table)
            remember(session, body=body)
            session.commit()
            found = find(table)
            assert found is not None
            assert found.body == body
            clock.advance(hours=24)


class TestRememberLongAnswer:
    @pytest.mark.parametrize("body", ["a" * 100_000, "é" * 50_000])
    def test_remember_long_answer_keeps_whole_what_is_not_too_long(self, table: Table, body: str) -> None:
        session = Session(table)
        remember(session, body=body)
        session.commit()
        found = find(table)
        assert found is not None
        assert found.body == body

    @pytest.mark.parametrize("body", ["a" * 100_001, "é" * 50_001])
    def test_remember_long_answer_keeps_only_if_the_resource_is(self, table: Table, body: str) -> None:
        session = Session(table)
        remember(session, body=body)
        session.commit()
        found = find(table)
        assert found is not None
        assert (found.status, found.headers, found.body) == (201, {"location": "/api/v1/spaces/S"}, None)


class TestFind:
    @pytest.fixture(autouse=True)
    def _remembered(self, table: Table) -> None:
        session = Session(table)
        remember(session, body='{"name":"Läufer"}')
        session.commit()

    def test_find_gives_the_whole_answer(self, table: Table) -> None:
        found = find(table)
        assert found is not None
        assert (found.status, found.body) == (201, '{"name":"Läufer"}')
        assert found.headers == {"location": "/api/v1/spaces/S", "etag": '"1-a"'}

    def test_find_rejects_another_key_and_no_other_user(self, table: Table) -> None:
        assert find(table, "K") is None
        assert find(table, user_id="bob") is None

    def test_find_rejects_a_key_that_belongs_to_another_request(self, table: Table) -> None:
        with pytest.raises(IdempotencyKeyReused):
            find(table, fingerprint="g")

    def test_find_forgets_after_a_day(self, table: Table, clock: FrozenClock) -> None:
        clock.advance(hours=23, minutes=59, seconds=59)
        assert find(table)
        clock.advance(seconds=1)
        assert find(table) is None
        assert find(table, fingerprint="g") is None


class TestKey:
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(key=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=255))
    def test_key_is_any_printable_text(self, table: Table, key: str) -> None:
        session = Session(table)
        remember(session, key, user_id="eve")
        try:
            session.commit()
        except StaleRead:
            assert find(table, key, user_id="eve")  # an example that came twice
        assert find(table, key, user_id="eve")
        assert find(table, key + " ", user_id="eve") is None
