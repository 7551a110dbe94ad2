import secrets
import string
from collections import Counter
from datetime import timedelta

import pytest

from app.core.config import Parameters
from app.core.database import Session, Table
from app.core.errors import NotFound, PreconditionFailed, StaleRead
from app.core.records import Versions, VersionTag
from app.models.access_patterns import INVITE_CODE_POINTERS, INVITE_CODES
from app.models.spaces import InviteCodeView
from app.services import invite_codes
from app.services.permissions import Access
from tests.factories import FrozenClock
from tests.unit.services.user_helpers import PARAMETERS, demote, enrol


@pytest.fixture
def access(table: Table) -> Access:
    return enrol(table)


def rotate(table: Table, access: Access, parameters: Parameters = PARAMETERS) -> InviteCodeView:
    session = Session(table)
    view = invite_codes.rotate(session, access, parameters=parameters)
    session.commit()
    return view


def leads_to(table: Table, code: str) -> str | None:
    invite = table.get(INVITE_CODES.key(code=code))
    return invite.space_id if invite else None


class TestCode:
    def test_code_has_twelve_unambiguous_characters(self) -> None:
        assert invite_codes.LENGTH == 12
        expected = set(string.ascii_uppercase) - {"I", "O"} | set("23456789")
        assert set(invite_codes.ALPHABET) == expected
        assert len(invite_codes.ALPHABET) == len(expected) == 32

    def test_code_uses_them_all_alike(self, table: Table, access: Access) -> None:
        codes = [invite_codes.rotate(Session(table), access, parameters=PARAMETERS).code for _ in range(200)]
        assert all(len(code) == 12 for code in codes)
        drawn = Counter("".join(codes))
        # 2,400 draws of 32: 75 each, give or take 9; six times that happens once in 100 million runs.
        assert set(drawn) == set(invite_codes.ALPHABET)
        assert all(20 < times < 130 for times in drawn.values())
        assert len(set(codes)) == 200

    def test_code_comes_from_a_cryptographic_source(
        self, table: Table, access: Access, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(secrets, "choice", lambda alphabet: alphabet[0])
        assert rotate(table, access).code == "222222222222"

    def test_code_is_never_that_of_another_space(
        self, table: Table, access: Access, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(secrets, "choice", lambda alphabet: alphabet[0])
        rotate(table, access)
        other = enrol(table, name="bob")
        with pytest.raises(StaleRead):
            rotate(table, other)
        assert leads_to(table, "222222222222") == access.space.space_id


class TestRotate:
    def test_rotate_makes_a_code_that_leads_to_the_space(self, table: Table, access: Access) -> None:
        made = rotate(table, access)
        assert leads_to(table, made.code) == access.space.space_id
        assert made.url == f"https://app.example.com/join/{made.code}"

    def test_rotate_keeps_the_path_of_the_front_end(self, table: Table, access: Access) -> None:
        below = Parameters.model_validate(PARAMETERS.model_dump() | {"web_url": "https://example.com/app/"})
        made = rotate(table, access, below)
        assert made.url == f"https://example.com/app/join/{made.code}"

    def test_rotate_invalidates_the_old_code_at_once(self, table: Table, access: Access) -> None:
        old, new = rotate(table, access), rotate(table, access)
        assert leads_to(table, old.code) is None
        assert leads_to(table, new.code) == access.space.space_id
        assert (old.version, new.version) == (1, 2)

    def test_rotate_gives_it_the_days_of_the_setting(
        self, table: Table, access: Access, clock: FrozenClock
    ) -> None:
        week = PARAMETERS.model_copy(update={"invite_code_days": 7})
        assert rotate(table, access, week).expires_at == clock.now + timedelta(days=7)

    def test_rotate_begins_again_if_the_old_code_has_expired(
        self, table: Table, access: Access, clock: FrozenClock
    ) -> None:
        old = rotate(table, access)
        clock.advance(days=30)
        assert leads_to(table, old.code) is None
        new = rotate(table, access)
        assert leads_to(table, new.code) == access.space.space_id
        assert new.created_at == clock.now

    def test_rotate_raises_stale_read_if_the_role_changes_concurrently(
        self, table: Table, access: Access
    ) -> None:
        session = Session(table)
        made = invite_codes.rotate(session, access, parameters=PARAMETERS)
        demote(table, access)
        with pytest.raises(StaleRead):
            session.commit()
        assert leads_to(table, made.code) is None


class TestGet:
    def test_get_gives_the_code(self, table: Table, access: Access) -> None:
        made = rotate(table, access)
        assert invite_codes.get(Session(table), access, parameters=PARAMETERS) == made

    def test_get_without_a_code_raises_not_found(self, table: Table, access: Access) -> None:
        with pytest.raises(NotFound):
            invite_codes.get(Session(table), access, parameters=PARAMETERS)

    def test_get_finds_none_once_it_has_expired(
        self, table: Table, access: Access, clock: FrozenClock
    ) -> None:
        rotate(table, access)
        clock.advance(days=30)
        with pytest.raises(NotFound):
            invite_codes.get(Session(table), access, parameters=PARAMETERS)


class TestDisable:
    def disable(self, table: Table, access: Access, versions: Versions = None) -> None:
        session = Session(table)
        invite_codes.disable(session, access, versions=versions)
        session.commit()

    def test_disable_takes_the_code_away(self, table: Table, access: Access) -> None:
        made = rotate(table, access)
        self.disable(table, access)
        assert leads_to(table, made.code) is None
        assert table.get(INVITE_CODE_POINTERS.key(space_id=access.space.space_id)) is None

    def test_disable_raises_stale_read_if_the_role_changes_concurrently(
        self, table: Table, access: Access
    ) -> None:
        made, session = rotate(table, access), Session(table)
        invite_codes.disable(session, access, versions=None)
        demote(table, access)
        with pytest.raises(StaleRead):
            session.commit()
        assert leads_to(table, made.code)

    def test_disable_finds_none_if_there_is_none(self, table: Table, access: Access) -> None:
        with pytest.raises(NotFound):
            self.disable(table, access)

    def test_disable_rejects_if_the_code_is_another_by_now(self, table: Table, access: Access) -> None:
        rotate(table, access)
        made = rotate(table, access)
        with pytest.raises(PreconditionFailed):
            self.disable(table, access, frozenset({VersionTag(1, "0123456789", "abcdef")}))
        assert leads_to(table, made.code)


class TestRotateIfAny:
    def rotate(self, table: Table, access: Access) -> None:
        session = Session(table)
        invite_codes.rotate_if_any(session, access, parameters=PARAMETERS)
        session.commit()

    def test_rotate_if_any_rotates_the_code(self, table: Table, access: Access) -> None:
        old = rotate(table, access)
        self.rotate(table, access)
        new = invite_codes.get(Session(table), access, parameters=PARAMETERS)
        assert new.code != old.code
        assert leads_to(table, old.code) is None

    def test_rotate_if_any_makes_none_if_there_is_none(self, table: Table, access: Access) -> None:
        self.rotate(table, access)
        with pytest.raises(NotFound):
            invite_codes.get(Session(table), access, parameters=PARAMETERS)
