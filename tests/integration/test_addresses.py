"""The e-mail address of a profile: it is Cognito's verified one, and nobody keeps it who has it no more."""

import dataclasses
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from app.background.directory import Directory
from app.core.database import Session, Table
from app.main import Backend
from app.models.access_patterns import EMAIL_CLAIMS, MEMBERSHIPS, USER_PROFILES
from app.services import addresses, ownership
from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.invitation_helpers import Inbox, recipients

USERS, ME = "/api/v1/users", "/api/v1/users/me"
RunBackground = Callable[..., None]


class UserPool:
    """A user pool whose users are named by their `sub`."""

    def __init__(self) -> None:
        self.client = boto3.client("cognito-idp")
        self.pool_id = self.client.create_user_pool(PoolName="people")["UserPool"]["Id"]

    def put(self, person: Person, email: str, *, verified: bool = True) -> None:
        attributes: Any = [
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": str(verified).lower()},
        ]
        try:
            self.client.admin_create_user(
                UserPoolId=self.pool_id, Username=person.user_id, UserAttributes=attributes
            )
        except self.client.exceptions.UsernameExistsException:
            self.client.admin_update_user_attributes(
                UserPoolId=self.pool_id, Username=person.user_id, UserAttributes=attributes
            )

    def delete(self, person: Person) -> None:
        self.client.admin_delete_user(UserPoolId=self.pool_id, Username=person.user_id)


@pytest.fixture
def pool(aws: None) -> UserPool:
    return UserPool()


@pytest.fixture
def backend(backend: Backend, pool: UserPool) -> Backend:
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


@pytest.fixture
def ben(api: Api, pool: UserPool) -> Person:
    ben = api.person("Ben")
    pool.put(ben, ben.email)
    return ben


def sign_up(person: Person) -> Any:
    return person.post(USERS, {"email": person.email, "name": "Somebody"})


def claimant(table: Table, email: str) -> str | None:
    claim = table.get(EMAIL_CLAIMS.key(email=email))
    return claim.user_id if claim else None


class TestErasedUser:
    def test_erased_user_cannot_create_profile(
        self, api: Api, ben: Person, run_background: RunBackground
    ) -> None:
        assert ben.delete(ME).status_code == 202
        run_background()

        assert_problem(sign_up(ben), 403, "account_erased")
        assert sign_up(api.user(ben.email)).status_code == 201

    def test_erased_user_is_forgotten_after_30_days(
        self, api: Api, ben: Person, run_background: RunBackground
    ) -> None:
        ben.delete(ME)
        run_background()
        api.clock.advance(days=30)

        assert sign_up(ben).status_code == 201


class TestContestedAddress:
    def test_profile_of_deleted_pool_user_is_erased_and_its_address_free(
        self, api: Api, table: Table, pool: UserPool, ben: Person, run_background: RunBackground
    ) -> None:
        pool.delete(ben)
        anew = api.user(ben.email)
        refused = sign_up(anew)
        assert_problem(refused, 409, "email_taken")
        assert refused.headers["Retry-After"] == "5"

        run_background("address.checked")
        assert sign_up(anew).status_code == 201
        run_background()
        assert table.get(USER_PROFILES.key(user_id=ben.user_id)) is None
        assert claimant(table, ben.email) == anew.user_id
        assert anew.get(ME).status_code == 200
        assert_problem(sign_up(ben), 409, "email_taken")

    def test_profile_that_has_another_address_follows_it(
        self, api: Api, pool: UserPool, ben: Person, run_background: RunBackground, inbox: Inbox
    ) -> None:
        pool.put(ben, "new@example.com")
        other = api.user(ben.email)
        assert_problem(sign_up(other), 409, "email_taken")
        run_background()

        assert sign_up(other).status_code == 201
        assert ben.get(ME).json()["email"] == "new@example.com"
        owner = api.person("Olga")
        space = owner.make_space()
        member = api.member_of(space, owner, "member")
        assert ben.join(owner.make_code(space["space_id"])).status_code == 200
        entry = member.post(
            f"/api/v1/spaces/{space['space_id']}/journals", {"title": "t", "content": "c"}
        ).json()
        path = f"/api/v1/spaces/{space['space_id']}/journals/{entry['entry_id']}/comments"
        assert member.post(path, {"text": "Ben!", "mentions": [ben.user_id]}).status_code == 201
        run_background()
        assert recipients(inbox) == ["new@example.com"]

    @pytest.mark.parametrize("verified", [True, False])
    def test_address_stays_with_whom_cognito_has_it_for(
        self, api: Api, pool: UserPool, ben: Person, run_background: RunBackground, *, verified: bool
    ) -> None:
        pool.put(ben, ben.email if verified else "unverified@example.com", verified=verified)
        other = api.user(ben.email)
        sign_up(other)
        run_background()

        assert_problem(sign_up(other), 409, "email_taken")
        assert ben.get(ME).json()["email"] == ben.email

    def test_swapped_addresses_are_put_right(
        self, api: Api, table: Table, pool: UserPool, ben: Person, run_background: RunBackground
    ) -> None:
        amy = api.person("Amy")
        pool.put(ben, amy.email)
        pool.put(amy, ben.email)
        sign_up(api.user(ben.email))
        run_background()

        assert claimant(table, amy.email) == ben.user_id
        assert claimant(table, ben.email) == amy.user_id
        assert (ben.get(ME).json()["email"], amy.get(ME).json()["email"]) == (amy.email, ben.email)

    def test_address_that_two_have_is_not_moved_for_ever(
        self, api: Api, pool: UserPool, ben: Person, run_background: RunBackground
    ) -> None:
        amy = api.person("Amy")
        pool.put(ben, amy.email)
        pool.put(amy, amy.email)
        sign_up(api.user(ben.email))
        run_background()

        assert {ben.get(ME).status_code, amy.get(ME).status_code} == {200}

    def test_profile_that_already_claims_its_new_address_follows_it(
        self, api: Api, pool: UserPool, table: Table, ben: Person, run_background: RunBackground
    ) -> None:
        own = table.get(EMAIL_CLAIMS.key(email=ben.email))
        assert own is not None
        table.write([EMAIL_CLAIMS.create(own.model_copy(update={"email": "ben.new@example.com"}))])
        pool.put(ben, "ben.new@example.com")
        sign_up(api.user(ben.email))
        run_background()

        assert claimant(table, ben.email) is None
        assert claimant(table, "ben.new@example.com") == ben.user_id

    def test_check_is_asked_for_once_a_minute(
        self, api: Api, pool: UserPool, ben: Person, calls: list[str]
    ) -> None:
        other = api.user(ben.email)
        sign_up(other)
        calls.clear()
        sign_up(other)
        assert calls == ["GetItem"]

        api.clock.advance(minutes=1)
        sign_up(other)
        assert calls == ["GetItem", "GetItem", "TransactWriteItems"]

    def test_check_that_another_request_asked_for_is_not_asked_for_again(
        self, api: Api, table: Table, ben: Person
    ) -> None:
        claim = table.get(EMAIL_CLAIMS.key(email=ben.email))
        assert claim is not None
        for _ in range(2):
            addresses.request_check(Session(table), claim)

        assert_problem(sign_up(api.user(ben.email)), 409, "email_taken")

    def test_check_of_closed_account_does_nothing(
        self, api: Api, pool: UserPool, ben: Person, run_background: RunBackground
    ) -> None:
        sign_up(api.user(ben.email))
        ben.delete(ME)
        run_background("address.checked")
        pool.delete(ben)
        run_background()

        assert sign_up(api.user(ben.email)).status_code == 201


class TestAccountWithoutPoolUser:
    def gone(self, api: Api, pool: UserPool, person: Person, run_background: RunBackground) -> None:
        pool.put(person, person.email)
        pool.delete(person)
        sign_up(api.user(person.email))
        run_background()
        assert_problem(person.get(ME), 403, "profile_required")

    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_space_is_passed_on_to_member(
        self, api: Api, pool: UserPool, run_background: RunBackground, role: str
    ) -> None:
        owner = api.person("Olga")
        space = owner.make_space()
        heir = api.member_of(space, owner, role)
        self.gone(api, pool, owner, run_background)

        found = heir.get(f"/api/v1/spaces/{space['space_id']}").json()
        assert (found["owner_id"], found["role"], found["member_count"]) == (heir.user_id, "owner", 1)

    def test_space_without_other_members_is_deleted(
        self, api: Api, table: Table, pool: UserPool, run_background: RunBackground
    ) -> None:
        owner = api.person("Olga")
        space = owner.make_space(visibility="public")
        leaving = api.member_of(space, owner, "member")
        profile = table.get(USER_PROFILES.key(user_id=leaving.user_id))
        assert profile is not None
        table.write([USER_PROFILES.update(profile, profile.patched(table.clock(), {"status": "deleting"}))])
        self.gone(api, pool, owner, run_background)

        assert api.person().get(f"/api/v1/spaces/{space['space_id']}").status_code == 404

    def test_space_that_is_being_deleted_is_not_passed_on(self, api: Api, table: Table) -> None:
        owner = api.person("Olga")
        space_id = owner.make_space()["space_id"]
        key = MEMBERSHIPS.key(space_id=space_id, user_id=owner.user_id)
        membership = table.get(key)
        assert membership is not None
        owner.delete(f"/api/v1/spaces/{space_id}")

        session = Session(table)
        ownership.pass_on(session, membership)
        session.commit()

        assert table.get(key) == membership

    @pytest.mark.parametrize("alone", [True, False])
    def test_organization_gets_another_admin_or_is_dissolved(
        self, api: Api, pool: UserPool, run_background: RunBackground, *, alone: bool
    ) -> None:
        admin = api.person("Olga")
        organization = admin.make_organization()
        path = f"/api/v1/organizations/{organization['org_id']}"
        other = api.person() if alone else api.user_of(organization, admin)
        self.gone(api, pool, admin, run_background)

        found = other.get(path)
        if alone:
            assert found.status_code == 404
        else:
            assert (found.json()["role"], found.json()["member_count"]) == ("admin", 1)

    def test_organization_with_another_admin_stays_as_it_is(
        self, api: Api, pool: UserPool, run_background: RunBackground
    ) -> None:
        admin = api.person("Olga")
        organization = admin.make_organization()
        other = api.user_of(organization, admin, "admin")
        self.gone(api, pool, admin, run_background)

        assert other.get(f"/api/v1/organizations/{organization['org_id']}").json()["member_count"] == 1


class TestProfileFollowsToken:
    def test_profile_has_the_verified_address_of_the_newest_token(
        self, api: Api, table: Table, ben: Person
    ) -> None:
        now = table.get(USER_PROFILES.key(user_id=ben.user_id))
        assert now is not None
        assert now.email_as_of is not None
        older, newer = now.email_as_of, now.email_as_of + 1
        ben.token = api.signing_key.token(ben.user_id, "new@example.com", iat=newer)
        assert ben.get(ME).json()["email"] == "new@example.com"
        assert sign_up(api.user(ben.email)).status_code == 201

        ben.token = api.signing_key.token(ben.user_id, ben.email, iat=older)
        assert ben.get(ME).json()["email"] == "new@example.com"

    @pytest.mark.parametrize("place", ["space", "organization"])
    def test_profile_follows_in_any_request(self, api: Api, ben: Person, place: str) -> None:
        path = (
            f"/api/v1/spaces/{ben.make_space()['space_id']}"
            if place == "space"
            else f"/api/v1/organizations/{ben.make_organization()['org_id']}"
        )
        ben.token = api.signing_key.token(ben.user_id, "new@example.com")
        assert ben.get(path).status_code == 200

        assert sign_up(api.user(ben.email)).status_code == 201

    def test_profile_keeps_its_address_while_another_claims_the_new_one(
        self, api: Api, ben: Person, pool: UserPool, run_background: RunBackground
    ) -> None:
        amy = api.person("Amy")
        pool.put(amy, "amy@example.com")
        ben.token = api.signing_key.token(ben.user_id, amy.email)
        assert ben.get(ME).json()["email"] == ben.email

        run_background()
        assert ben.get(ME).json()["email"] == amy.email
        assert amy.get(ME).json()["email"] == "amy@example.com"

    def test_profile_without_claim_takes_back_its_own(self, api: Api, table: Table, ben: Person) -> None:
        profile = table.get(USER_PROFILES.key(user_id=ben.user_id))
        assert profile is not None
        claim = addresses.new_claim(Session(table), profile.model_copy(update={"email": "new@example.com"}))
        table.write([EMAIL_CLAIMS.create(claim)])
        ben.token = api.signing_key.token(ben.user_id, "new@example.com")

        assert ben.get(ME).json()["email"] == "new@example.com"
        assert claimant(table, ben.email) is None
