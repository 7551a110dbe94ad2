"""`Idempotency-Key`: a POST that is sent twice happens once."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from tests.assertions import assert_problem
from tests.factories import Api, FrozenClock, Person

SPACES, MINE = "/api/v1/spaces", "/api/v1/users/me/spaces"
KEEPS = ("Content-Type", "ETag", "Location")


def seen(response: Response) -> tuple[int, Any, dict[str, str | None]]:
    """What must be the same each time."""
    return response.status_code, response.content, {name: response.headers.get(name) for name in KEEPS}


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


def count_spaces(person: Person) -> int:
    return len(person.get(MINE).json()["items"])


class TestReplay:
    def test_replay_answers_as_the_first_time_and_does_nothing(self, ada: Person) -> None:
        first = ada.post(SPACES, {"name": "Runners"}, idempotency_key="a key")

        second = ada.post(SPACES, {"name": "Runners"}, idempotency_key="a key")

        assert seen(second) == seen(first)
        assert all(second.headers[name] for name in KEEPS)
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert count_spaces(ada) == 1

    def test_replay_has_a_request_id_of_its_own(self, ada: Person) -> None:
        first, second = (ada.post(SPACES, {"name": "R"}, idempotency_key="k") for _ in range(2))

        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]

    def test_replay_works_for_every_post(self, api: Api, ada: Person) -> None:
        new, bob, carol = api.user(), api.person(), api.person()
        space = ada.make_space(visibility="public")
        path, code = f"{SPACES}/{space['space_id']}", ada.make_code(space["space_id"])
        requests: list[tuple[Person, str, Any]] = [
            (new, "/api/v1/users", {"email": new.email, "name": "New"}),
            (ada, SPACES, {"name": "Runners"}),
            (bob, f"{SPACES}/join", {"code": code}),
            (carol, f"{path}/members", None),
            (ada, f"{path}/invite-code", None),
        ]

        for person, target, body in requests:
            first = person.post(target, body, idempotency_key=target)
            assert first.status_code in {200, 201}
            assert seen(person.post(target, body, idempotency_key=target)) == seen(first)

        assert ada.get(path).json()["member_count"] == 3

    def test_replay_shows_the_first_answer(self, ada: Person) -> None:
        first = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")
        ada.patch(first.headers["Location"], {"name": "Walkers"})

        assert seen(ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")) == seen(first)

    def test_replay_is_not_counted_as_a_try_of_an_invite_code(self, api: Api, ada: Person) -> None:
        bob, code = api.person(), ada.make_code(ada.make_space()["space_id"])

        statuses = [
            bob.post(f"{SPACES}/join", {"code": code}, idempotency_key="k").status_code for _ in range(12)
        ]

        assert statuses == [200] * 12

    def test_replay_lasts_24_hours(self, ada: Person, clock: FrozenClock) -> None:
        first = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")
        clock.advance(hours=24, seconds=-1)
        assert seen(ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")) == seen(first)

        clock.advance(seconds=1)
        again = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")

        assert again.status_code == 201
        assert again.json()["space_id"] != first.json()["space_id"]
        assert seen(ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")) == seen(again)

    def test_replay_applies_to_post_only(self, ada: Person) -> None:
        path = f"{SPACES}/{ada.make_space()['space_id']}"

        for name in ("First", "Second"):
            assert ada.patch(path, {"name": name}, idempotency_key="k").json()["name"] == name


class TestLongReplay:
    """It is not kept: the resource is read again."""

    @pytest.fixture
    def path(self, ada: Person) -> str:
        return f"{SPACES}/{ada.make_space()['space_id']}/journals"

    @pytest.fixture
    def body(self) -> dict[str, Any]:
        return {"title": "Long", "content": "a" * 120_000}

    def test_long_replay_answers_as_the_first_time_and_does_nothing(
        self, ada: Person, path: str, body: dict[str, Any]
    ) -> None:
        first = ada.post(path, body, idempotency_key="k")

        second = ada.post(path, body, idempotency_key="k", if_none_match=first.headers["ETag"])

        assert seen(second) == seen(first)
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.headers["Content-Length"] == str(len(second.content))
        assert len(ada.get(path).json()["items"]) == 1

    def test_long_replay_shows_the_resource_as_it_is_now(
        self, ada: Person, path: str, body: dict[str, Any]
    ) -> None:
        first = ada.post(path, body, idempotency_key="k")
        ada.patch(first.headers["Location"], {"title": "Longer"})

        second = ada.post(path, body, idempotency_key="k")

        assert second.status_code == 201
        assert second.json()["title"] == "Longer"
        assert second.headers["ETag"] == ada.get(first.headers["Location"]).headers["ETag"]

    def test_long_replay_returns_404_if_the_resource_is_gone(
        self, ada: Person, path: str, body: dict[str, Any]
    ) -> None:
        ada.delete(ada.post(path, body, idempotency_key="k").headers["Location"])

        second = ada.post(path, body, idempotency_key="k")

        assert_problem(second, 404, "not_found")
        assert "Idempotency-Replayed" not in second.headers

    def test_long_replay_is_bound_to_the_body(self, ada: Person, path: str, body: dict[str, Any]) -> None:
        ada.post(path, body, idempotency_key="k")

        response = ada.post(path, body | {"title": "Other"}, idempotency_key="k")

        assert_problem(response, 422, "idempotency_key_reused")

    def test_long_replay_comes_after_authorization(
        self, api: Api, ada: Person, path: str, body: dict[str, Any]
    ) -> None:
        space = ada.get(path.removesuffix("/journals")).json()
        bob = api.member_of(space, ada, "member")
        bob.post(path, body, idempotency_key="k")
        ada.patch(f"{SPACES}/{space['space_id']}/members/{bob.user_id}", {"role": "viewer"})

        assert_problem(bob.post(path, body, idempotency_key="k"), 403, "forbidden")


class TestKey:
    def test_key_is_bound_to_the_body(self, ada: Person) -> None:
        ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")

        response = ada.post(SPACES, {"name": "Walkers"}, idempotency_key="k")

        assert_problem(response, 422, "idempotency_key_reused")
        assert count_spaces(ada) == 1

    def test_key_is_bound_to_the_path(self, ada: Person) -> None:
        first, second = (f"{SPACES}/{ada.make_space()['space_id']}/invite-code" for _ in range(2))
        ada.post(first, idempotency_key="k")

        assert_problem(ada.post(second, idempotency_key="k"), 422, "idempotency_key_reused")
        assert_problem(ada.get(second), 404, "not_found")

    def test_key_is_bound_to_the_user(self, api: Api, ada: Person) -> None:
        first = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")

        second = api.person().post(SPACES, {"name": "Runners"}, idempotency_key="k")

        assert second.json()["space_id"] != first.json()["space_id"]

    @pytest.mark.parametrize("key", ["k", "#", "k" * 255, "!~ a b", '"quoted"', "%00"])
    def test_key_is_any_printable_text(self, ada: Person, key: str) -> None:
        first, second = (ada.post(SPACES, {"name": "Runners"}, idempotency_key=key) for _ in range(2))

        assert first.status_code == 201
        assert seen(second) == seen(first)

    @pytest.mark.parametrize("key", ["", "k" * 256, "k\x7f", "k\tk", "clé", "k\x00k"])
    def test_key_rejects_anything_else(self, ada: Person, key: str) -> None:
        headers = {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": key}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

        response = ada.client.post(SPACES, json={"name": "Runners"}, headers=raw)

        assert_problem(response, 422, "validation_failed", field="header.Idempotency-Key")
        assert count_spaces(ada) == 0

    def test_key_differs_from_every_other(self, ada: Person) -> None:
        for key in ("a", "A", "aa"):
            ada.post(SPACES, {"name": "Runners"}, idempotency_key=key)

        assert count_spaces(ada) == 3


class TestRefusal:
    def test_refusal_is_not_remembered(self, ada: Person) -> None:
        assert_problem(ada.post(SPACES, {"name": ""}, idempotency_key="k"), 422, "validation_failed")

        assert ada.post(SPACES, {"name": "Runners"}, idempotency_key="k").status_code == 201

    def test_refusal_by_a_rule_is_not_remembered(self, api: Api, ada: Person) -> None:
        space = ada.make_space()
        bob, code = api.member_of(space, ada, "viewer"), ada.make_code(space["space_id"])
        body = {"code": code}
        assert_problem(bob.post(f"{SPACES}/join", body, idempotency_key="k"), 409, "already_member")
        bob.delete(f"{SPACES}/{space['space_id']}/members/{bob.user_id}")

        assert bob.post(f"{SPACES}/join", body, idempotency_key="k").status_code == 200

    def test_refusal_for_want_of_a_profile_is_not_remembered(self, api: Api) -> None:
        someone = api.user()
        response = someone.post(SPACES, {"name": "Runners"}, idempotency_key="k")
        assert_problem(response, 403, "profile_required")

        someone.make_profile()
        assert someone.post(SPACES, {"name": "Runners"}, idempotency_key="k").status_code == 201


class TestAuthorization:
    def test_authorization_comes_before_a_replay(self, api: Api, ada: Person) -> None:
        space = ada.make_space()
        admin = api.member_of(space, ada, "admin")
        path = f"{SPACES}/{space['space_id']}"
        made = admin.post(f"{path}/invite-code", idempotency_key="k")

        ada.patch(f"{path}/members/{admin.user_id}", {"role": "member"})
        refused = admin.post(f"{path}/invite-code", idempotency_key="k")
        assert_problem(refused, 403, "forbidden")
        assert made.json()["code"] not in refused.text

        ada.delete(f"{path}/members/{admin.user_id}")
        assert_problem(admin.post(f"{path}/invite-code", idempotency_key="k"), 404, "not_found")

    def test_authorization_comes_before_the_key_is_looked_at(self, api: Api, ada: Person) -> None:
        path = f"{SPACES}/{ada.make_space()['space_id']}"
        ada.post(f"{path}/invite-code", idempotency_key="k")
        ada.delete(path)

        assert_problem(ada.post(f"{path}/invite-code", idempotency_key="k"), 404, "not_found")

    def test_authorization_of_nobody_is_rejected(self, api: Api, ada: Person) -> None:
        ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")
        ada.token = "nonsense"

        response = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")

        assert_problem(response, 401, "unauthorized")


class TestSameBody:
    @pytest.mark.parametrize(
        "content",
        [
            '{"description": "D\u00e9j\u00e0", "name": "Runners"}',
            '{"name":"Runners","description":"D\u00e9j\u00e0"}',
            '{\n\t"name" : "Runners",\n\t"description" : "D\\u00e9j\\u00e0"\n}',
        ],
    )
    def test_same_body_is_the_same_in_any_order_and_spacing(self, ada: Person, content: str) -> None:
        first = ada.post(SPACES, {"name": "Runners", "description": "D\u00e9j\u00e0"}, idempotency_key="k")

        headers = {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": "k"}
        headers["Content-Type"] = "application/json"
        again = ada.client.post(SPACES, content=content.encode(), headers=headers)

        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        assert count_spaces(ada) == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "Runners", "description": ""},
            {"name": "Runners", "description": None},
            {"name": "Runners ", "description": "D\u00e9j\u00e0"},
            {"name": "D\u00e9j\u00e0", "description": "Runners"},
        ],
    )
    def test_same_body_is_another_with_another_value(self, ada: Person, body: dict[str, Any]) -> None:
        ada.post(SPACES, {"name": "Runners", "description": "D\u00e9j\u00e0"}, idempotency_key="k")

        assert_problem(ada.post(SPACES, body, idempotency_key="k"), 422, "idempotency_key_reused")


class TestConcurrentRequests:
    def test_two_make_one_and_answer_alike(self, ada: Person, before_commit: Callable[..., None]) -> None:
        first: list[Response] = []
        other = ada.elsewhere()
        before_commit(lambda: first.append(other.post(SPACES, {"name": "Runners"}, idempotency_key="k")))

        second = ada.post(SPACES, {"name": "Runners"}, idempotency_key="k")

        assert seen(second) == seen(first[0])
        assert count_spaces(ada) == 1

    def test_two_of_different_bodies_make_one(self, ada: Person, before_commit: Callable[..., None]) -> None:
        other = ada.elsewhere()
        before_commit(lambda: other.post(SPACES, {"name": "Runners"}, idempotency_key="k"))

        second = ada.post(SPACES, {"name": "Walkers"}, idempotency_key="k")

        assert_problem(second, 422, "idempotency_key_reused")
        assert count_spaces(ada) == 1

    def test_concurrent_contradicting_requests_get_one_answer(
        self, api: Api, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        new, bob, carol = api.user(), api.person(), api.person()
        space = ada.make_space(visibility="public")
        path, code = f"{SPACES}/{space['space_id']}", ada.make_code(space["space_id"])
        requests: list[tuple[Person, str, Any]] = [
            (new, "/api/v1/users", {"email": new.email, "name": "New"}),
            (bob, f"{SPACES}/join", {"code": code}),
            (carol, f"{path}/members", None),
        ]

        for person, target, body in requests:
            first: list[Response] = []
            again = (person.elsewhere(), target, body)
            before_commit(lambda a=again, f=first: f.append(a[0].post(a[1], a[2], idempotency_key="k")))

            second = person.post(target, body, idempotency_key="k")

            assert first[0].status_code in {200, 201}
            assert seen(second) == seen(first[0])

    def test_concurrent_requests_return_409_after_all_tries(
        self, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        path = f"{SPACES}/{ada.make_space()['space_id']}/invite-code"
        other = ada.elsewhere()
        before_commit(lambda: other.post(path), times=5)

        response = ada.post(path, idempotency_key="k")

        assert_problem(response, 409, "request_in_progress")
        assert response.headers["Retry-After"] == "1"
        assert ada.post(path, idempotency_key="k").status_code == 201
