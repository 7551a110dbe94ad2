"""What every caller meets first: health, refusals at the edge, preflight, a token from the pool."""

from collections.abc import Callable

import httpx2

from tests.e2e.response_helpers import CORS_ORIGIN, assert_refused
from tests.factories import Person


class TestHealth:
    def test_health_answers_without_a_token(self, api: httpx2.Client) -> None:
        response = api.get("/health")

        assert response.status_code == 200
        assert response.json()["status"] == "ok"
        assert response.json()["environment"] == "local"
        assert response.headers["X-Request-Id"]


class TestRefusals:
    def test_refusals_without_a_token(self, api: httpx2.Client) -> None:
        assert_refused(api.get("/api/v1/users/me"), 401, "unauthorized")

    def test_refusals_with_a_token_that_is_none(self, api: httpx2.Client) -> None:
        headers = {"Authorization": "Bearer nonsense"}

        assert_refused(api.get("/api/v1/users/me", headers=headers), 401, "unauthorized")

    def test_an_unknown_path(self, api: httpx2.Client) -> None:
        assert_refused(api.get("/api/v1/nowhere"), 404, "not_found")

    def test_an_unknown_method(self, api: httpx2.Client) -> None:
        assert_refused(api.put("/api/v1/spaces"), 404, "not_found")


class TestPreflight:
    def test_preflight_needs_no_token(self, api: httpx2.Client) -> None:
        asked = {
            "Origin": CORS_ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        }

        response = api.options("/api/v1/spaces", headers=asked)

        assert response.status_code in {200, 204}
        assert response.headers["Access-Control-Allow-Origin"] == CORS_ORIGIN
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        allowed = response.headers["Access-Control-Allow-Headers"].lower()
        assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(allowed.split(","))


class TestToken:
    def test_token_is_accepted(self, sign_up: Callable[[], Person]) -> None:
        person = sign_up()

        made = person.post("/api/v1/users", {"email": person.email, "name": "Somebody New"})
        read = person.get("/api/v1/users/me")

        assert made.status_code == 201, made.text
        assert read.status_code == 200, read.text
        assert read.json()["user_id"] == person.user_id
