"""What people do with the product, over HTTP, against the stack deployed to the embedded AWS."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from httpx2 import Response

from local.aws import Clients, Deployment
from tests.e2e.conftest import PASSWORD
from tests.e2e.response_helpers import assert_refused
from tests.factories import Person

ME, MINE, SPACES = "/api/v1/users/me", "/api/v1/users/me/spaces", "/api/v1/spaces"
WRONG_CODE = "ZZZZZZZZZZZZ"  # well-formed, so that it is looked up
# Whatever runs beside another request gets a worker of its own in the emulator, which unpacks the layer
# and starts Python anew: seconds each on two cores, so that twenty at once time out. Three senders share
# the twenty requests, and do collide.
REPEATS, SENDERS = 20, 3

SignUp = Callable[[], Person]


@pytest.fixture
def ada(sign_up: SignUp) -> Person:
    """The owner."""
    return sign_up().make_profile("Ada")


@pytest.fixture
def ben(sign_up: SignUp) -> Person:
    """Who comes in later."""
    return sign_up().make_profile("Ben")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    """Ada's own, which is private."""
    return ada.make_space()


@pytest.fixture
def path(space: dict[str, Any]) -> str:
    return f"{SPACES}/{space['space_id']}"


@pytest.fixture
def code(ada: Person, space: dict[str, Any]) -> str:
    """Lets people into Ada's space."""
    return ada.make_code(space["space_id"])


class TestJoinStory:
    def test_join_story_leads_from_sign_up_to_a_space_with_a_second_member(self, sign_up: SignUp) -> None:
        ada, ben = sign_up(), sign_up()
        assert_refused(ada.get(ME), 403, "profile_required")
        ada.make_profile("Ada")
        ben.make_profile("Ben")

        made = ada.post(SPACES, {"name": "Morning runners", "category": "fitness"})
        assert made.status_code == 201, made.text
        path = made.headers["Location"]
        assert ada.get(path).json() == made.json()
        assert_refused(ben.get(path), 404, "not_found")

        invited = ada.post(f"{path}/invite-code")
        assert invited.status_code == 201, invited.text
        assert invited.json()["url"].endswith(f"/join/{invited.json()['code']}")
        joined = ben.join(invited.json()["code"].lower())
        assert joined.status_code == 200, joined.text
        assert joined.json() == made.json() | {"role": "member", "member_count": 2}

        assert ben.get(MINE).json()["items"] == [joined.json()]
        members = ben.get(f"{path}/members").json()["items"]
        shown = {(member["user_id"], member["name"], member["role"]) for member in members}
        assert shown == {(ada.user_id, "Ada", "owner"), (ben.user_id, "Ben", "member")}
        seen = ada.get(f"/api/v1/users/{ben.user_id}")
        assert seen.status_code == 200, seen.text
        assert ben.email not in seen.text


class TestRefusals:
    def test_401_for_an_access_token_if_an_id_token_is_due(
        self, api: httpx2.Client, ada: Person, embedded_aws: Clients, deployment: Deployment
    ) -> None:
        signed_in = embedded_aws.cognito.initiate_auth(
            ClientId=deployment.user_pool_client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": ada.email, "PASSWORD": PASSWORD},
        )
        access_token = signed_in["AuthenticationResult"]["AccessToken"]

        response = api.get(ME, headers={"Authorization": f"Bearer {access_token}"})

        assert_refused(response, 401, "unauthorized")

    def test_403_for_the_email_of_somebody_else(self, sign_up: SignUp, ada: Person) -> None:
        response = sign_up().post("/api/v1/users", {"email": ada.email, "name": "Not Ada"})

        assert_refused(response, 403, "email_not_verified")

    def test_404_for_a_private_space_just_as_for_none(self, ben: Person, path: str) -> None:
        for hidden in (path, f"{SPACES}/01ARZ3NDEKTSV4RRFFQ69G5FAV"):
            assert_refused(ben.get(hidden), 404, "not_found")

    def test_409_for_what_is_so_already(self, ada: Person, path: str, code: str) -> None:
        assert_refused(ada.post("/api/v1/users", {"email": ada.email, "name": "A"}), 409, "profile_exists")
        assert_refused(ada.join(code), 409, "already_member")
        assert_refused(ada.delete(f"{path}/members/{ada.user_id}"), 409, "owner_is_fixed")

    def test_413_for_more_than_a_megabyte(self, ada: Person) -> None:
        response = ada.post(SPACES, {"name": "Runners", "description": "x" * 1_000_000})

        assert_refused(response, 413, "payload_too_large")
        assert ada.get(MINE).json()["items"] == []

    def test_422_with_every_field_that_is_wrong(self, ada: Person) -> None:
        response = ada.post(SPACES, {"name": " ", "colour": "blue"})

        problem = assert_refused(response, 422, "validation_failed")
        assert {error["field"] for error in problem["errors"]} == {"body.name", "body.colour"}

    def test_429_for_the_eleventh_code_in_a_minute_even_a_good_one(self, ben: Person, code: str) -> None:
        for _ in range(10):
            assert_refused(ben.join(WRONG_CODE), 404, "invite_code_invalid")

        for tried in (WRONG_CODE, code):
            response = ben.join(tried)
            assert_refused(response, 429, "too_many_requests")
            assert 1 <= int(response.headers["Retry-After"]) <= 60

        assert ben.get(MINE).json()["items"] == []


class TestPages:
    def test_pages_give_every_space_once_and_then_end(self, ada: Person) -> None:
        made = [ada.make_space(f"Space {number}")["space_id"] for number in range(5)]

        sizes, seen, cursor = [], [], ""
        for _ in made:  # bounded: a list that never ended would fail below
            page = ada.get(f"{MINE}?limit=2{cursor}").json()
            sizes.append(len(page["items"]))
            seen += [space["space_id"] for space in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
            if page["next_cursor"] is None:
                break

        assert page["next_cursor"] is None
        assert sizes == [2, 2, 1]
        assert sorted(seen) == sorted(made)

    def test_pages_are_continued_by_a_cursor_of_the_same_list_only(self, ada: Person, ben: Person) -> None:
        for person in (ada, ben):
            person.make_space("First")
            person.make_space("Second")
        cursor = ada.get(f"{MINE}?limit=1").json()["next_cursor"]

        assert ada.get(f"{MINE}?limit=1&cursor={cursor}").status_code == 200
        assert_refused(ben.get(f"{MINE}?limit=1&cursor={cursor}"), 400, "invalid_cursor")
        assert_refused(ada.get(f"{SPACES}?visibility=public&cursor={cursor}"), 400, "invalid_cursor")


class TestVersions:
    def test_versions_save_an_answer_that_is_known(self, ada: Person, path: str) -> None:
        etag = ada.get(path).headers["ETag"]

        response = ada.get(path, if_none_match=etag)

        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["ETag"] == etag

    def test_versions_keep_two_editors_from_overwriting_each_other(self, ada: Person, path: str) -> None:
        read = ada.get(path).headers["ETag"]

        first = ada.patch(path, {"name": "Evening runners"}, if_match=read)
        second = ada.patch(path, {"name": "Night runners"}, if_match=read)

        assert first.status_code == 200, first.text
        assert first.headers["ETag"] != read
        assert_refused(second, 412, "precondition_failed")
        assert ada.get(path).json()["name"] == "Evening runners"
        third = ada.patch(path, {"name": "Night runners"}, if_match=first.headers["ETag"])
        assert third.json()["name"] == "Night runners"
        assert ada.get(path, if_none_match=read).status_code == 200


class TestDeleteSpace:
    def test_delete_space_says_where_to_follow_the_work(self, ada: Person, ben: Person, path: str) -> None:
        response = ada.delete(path)

        assert response.status_code == 202, response.text
        operation = response.headers["Location"]
        followed = ada.get(operation)
        assert followed.status_code == 200, followed.text
        assert followed.json()["operation_id"] == response.json()["operation_id"]
        assert_refused(ben.get(operation), 404, "not_found")

    def test_delete_space_hides_it_at_once_from_everybody(
        self, ada: Person, ben: Person, path: str, code: str
    ) -> None:
        ben.join(code)

        ada.delete(path)

        for person in (ada, ben):
            assert_refused(person.get(path), 404, "not_found")
            assert_refused(person.get(f"{path}/members"), 404, "not_found")
            assert person.get(MINE).json()["items"] == []

    def test_delete_space_lets_nobody_in_by_its_code(
        self, ada: Person, ben: Person, path: str, code: str
    ) -> None:
        ada.delete(path)

        assert_refused(ben.join(code), 404, "invite_code_invalid")


class TestRepeatedRequest:
    def test_repeated_request_makes_one_space_however_many_are_sent_at_once(self, ada: Person) -> None:
        def send(_: int) -> Response:
            return ada.post(SPACES, {"name": "Runners"}, idempotency_key="one and the same")

        with ThreadPoolExecutor(SENDERS) as at_once:
            # First wake the workers: a cold one would come when all is over, and collide with nothing.
            list(at_once.map(lambda _: ada.get(ME), range(SENDERS)))
            answers = list(at_once.map(send, range(REPEATS)))

        made = [answer for answer in answers if answer.status_code == 201]
        for answer in answers:
            if answer not in made:  # who met the others too often is told to come again
                assert_refused(answer, 409, "request_in_progress")
                assert answer.headers["Retry-After"] == "1"
        spaces = ada.get(MINE).json()["items"]
        assert len(spaces) == 1
        assert [answer.json() for answer in [*made, send(0)]] == spaces * (len(made) + 1)
        assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1

    def test_repeated_request_is_rejected_if_it_is_not_the_same(self, ada: Person) -> None:
        ada.post(SPACES, {"name": "Runners"}, idempotency_key="mine")

        response = ada.post(SPACES, {"name": "Walkers"}, idempotency_key="mine")

        assert_refused(response, 422, "idempotency_key_reused")


class TestRoles:
    def test_count_from_the_next_request_on(self, ada: Person, ben: Person, path: str, code: str) -> None:
        ben.join(code)
        place = f"{path}/members/{ben.user_id}"

        for role, status in (("admin", 200), ("viewer", 403), ("admin", 200), ("member", 403)):
            assert ada.patch(place, {"role": role}).json()["role"] == role
            assert ben.get(path).json()["role"] == role
            assert ben.patch(path, {"name": f"Named by an {role}"}).status_code == status

        assert_refused(ben.post(f"{path}/invite-code"), 403, "forbidden")


class TestRemoveMember:
    def test_remove_member_ends_access_and_rotates_the_code(
        self, ada: Person, ben: Person, path: str, code: str
    ) -> None:
        ben.join(code)

        removed = ada.delete(f"{path}/members/{ben.user_id}")

        assert removed.status_code == 204, removed.text
        assert_refused(ben.get(path), 404, "not_found")
        assert_refused(ben.join(code), 404, "invite_code_invalid")
        new_code = ada.get(f"{path}/invite-code").json()["code"]
        assert new_code != code
        assert ben.join(new_code).status_code == 200
