"""One event a request, with ids and nothing else of anybody."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Api, Person

Logs = Callable[[], list[dict[str, Any]]]
ME, SPACES = "/api/v1/users/me", "/api/v1/spaces"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada Lovelace")


class TestRequestEvent:
    def test_request_event_says_who_did_what_and_how_it_went(self, ada: Person, logs: Logs) -> None:
        space = ada.make_space()
        response = ada.get(f"{SPACES}/{space['space_id']}")

        event = logs()[-1]
        assert event["message"] == "http.request"
        assert event["level"] == "INFO"
        assert event["request_id"] == response.headers["X-Request-Id"]
        assert event["method"] == "GET"
        assert event["operation"] == "get_space"
        assert event["status"] == 200
        assert event["user_id"] == ada.user_id
        assert event["path"] == {"space_id": space["space_id"]}
        assert event["duration_ms"] > 0
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event["timestamp"])

    @pytest.mark.parametrize(
        ("request_line", "operation", "status"),
        [
            ("GET /health", "get_health", 200),
            (f"GET {ME}", "get_me", 200),
            (f"PATCH {ME}", "update_me", 422),
            (f"GET {SPACES}/01ARZ3NDEKTSV4RRFFQ69G5FAV", "get_space", 404),
            ("GET /nowhere", None, 404),
        ],
    )
    def test_request_event_is_one_whatever_the_outcome(
        self, ada: Person, logs: Logs, request_line: str, operation: str | None, status: int
    ) -> None:
        ada.request(*request_line.split())

        (event,) = logs()
        assert event["status"] == status
        assert event.get("operation") == operation

    def test_request_event_of_nobody_names_nobody(self, api: Api, logs: Logs) -> None:
        api.client.get(ME)

        (event,) = logs()
        assert event["status"] == 401
        assert "user_id" not in event


class TestLogPrivacy:
    def test_log_privacy_are_emails_names_texts_tokens_and_codes(self, api: Api, logs: Logs) -> None:
        ada = api.user("ada@example.com").make_profile("Ada Lovelace")
        ada.patch(ME, {"bio": "Counts on engines"})
        space = ada.make_space("Morning runners", description="Three runs a week")
        code = ada.make_code(space["space_id"])
        bob = api.person("Bob")
        bob.join("WRNGCDE2WRNG")
        bob.post(f"{SPACES}/join", {"code": code}, idempotency_key="a-key-of-bobs")
        ada.get(f"{SPACES}/{space['space_id']}/members?cursor=a-cursor")

        logged = str(logs())
        assert len(logs()) == 8
        secrets = ["@", "Ada", "Bob", "engines", "runners", "runs", code, "WRNGCDE2WRNG", "a-key", "a-cursor"]
        assert [secret for secret in [*secrets, ada.token, bob.token] if secret in logged] == []

    @pytest.mark.parametrize("token", ["a token", None])
    @pytest.mark.parametrize("secret", ["ada@example.com", "K7QX2MPA9FTC", "Ada Lovelace", "a" * 1000])
    def test_log_privacy_is_what_stands_if_an_id_should(
        self, ada: Person, logs: Logs, secret: str, token: str | None
    ) -> None:
        ada.token = token or ada.token

        for path in (f"/api/v1/users/{secret}", f"{SPACES}/{secret}/members/{secret}"):
            ada.get(path)

        assert secret not in str(logs())
        assert [event["path"] for event in logs()] == [{}, {}]

    def test_log_privacy_is_the_query(self, ada: Person, logs: Logs) -> None:
        ada.get(f"{SPACES}?visibility=ada@example.com&token=secret")

        assert "ada@example.com" not in str(logs())
        assert "secret" not in str(logs())
