"""What goes around every request: its id, and what a browser on the one allowed origin needs."""

import pytest

from tests.factories import Api

ME, ORIGIN = "/api/v1/users/me", "https://app.example.com"


class TestRequestId:
    def test_request_id_is_different_each_time(self, api: Api) -> None:
        ids = {api.client.get("/health").headers["X-Request-Id"] for _ in range(3)}

        assert len(ids) == 3

    def test_request_id_is_not_taken_from_the_caller(self, api: Api) -> None:
        response = api.client.get("/health", headers={"X-Request-Id": "mine"})

        assert response.headers["X-Request-Id"] != "mine"

    @pytest.mark.parametrize("path", ["/health", ME, "/nowhere"])
    def test_request_id_is_there_once(self, api: Api, path: str) -> None:
        assert len(api.client.get(path).headers.get_list("X-Request-Id")) == 1


class TestPrivacy:
    def test_answers_have_no_store_and_nosniff(self, api: Api) -> None:
        ada = api.person()
        created = ada.post("/api/v1/spaces", {"name": "Runners"})
        read = ada.get(ME)
        answers = [
            created,
            read,
            ada.get(ME, if_none_match=read.headers["ETag"]),
            ada.delete(created.headers["Location"]),
            ada.get("/nowhere"),
            ada.post("/api/v1/spaces", {}),
            api.client.get(ME),
            api.client.get("/health"),
        ]

        assert [answer.status_code for answer in answers] == [201, 200, 304, 202, 404, 422, 401, 200]
        for answer in answers:
            assert answer.headers.get_list("Cache-Control") == ["no-store"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestCors:
    def test_cors_lets_the_one_origin_read_the_answer(self, api: Api) -> None:
        headers = api.client.get("/health", headers={"Origin": ORIGIN}).headers

        assert headers["Access-Control-Allow-Origin"] == ORIGIN
        exposed = {name.strip() for name in headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed == {"ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"}
        assert "Access-Control-Allow-Credentials" not in headers
        assert headers["Vary"] == "Origin"

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example.com", "https://app.example.com.evil.org", "http://app.example.com", "null"],
    )
    def test_cors_lets_no_other_origin(self, api: Api, origin: str) -> None:
        response = api.client.get("/health", headers={"Origin": origin})

        assert "Access-Control-Allow-Origin" not in response.headers

    @pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
    def test_cors_answers_a_preflight_without_a_token(self, api: Api, method: str) -> None:
        wanted = "authorization,content-type,idempotency-key,if-match,if-none-match,x-request-id"
        headers = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": wanted,
        }

        response = api.client.options(ME, headers=headers)

        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert method in response.headers["Access-Control-Allow-Methods"]
        allowed = {
            name.strip().lower() for name in response.headers["Access-Control-Allow-Headers"].split(",")
        }
        assert set(wanted.split(",")) <= allowed
