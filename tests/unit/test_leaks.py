"""The detector of leaks, which every test that speaks to the API relies on."""

import pytest
from aws_lambda_powertools import Logger
from httpx2 import Request, Response

from tests.leak_helpers import LeakDetector

URL = "https://api.example.com/api/v1/spaces"
TOKEN = "aaaa.bbbb.cccc"


@pytest.fixture
def detector() -> LeakDetector:
    return LeakDetector()


@pytest.fixture
def logger() -> Logger:
    return Logger(service="leaks")


def request(**body: object) -> Request:
    return Request("POST", URL, json=body, headers={"Authorization": f"Bearer {TOKEN}"})


def response(content: str, path: str = URL) -> Response:
    return Response(200, content=content, request=Request("GET", path))


class TestLeaks:
    @pytest.mark.parametrize("secret", ["By the river", "ada@example.com", TOKEN])
    def test_are_texts_and_tokens_in_log_lines(
        self, detector: LeakDetector, logger: Logger, secret: str
    ) -> None:
        detector.note_request(request(title="By the river", who={"email": ["ada@example.com"]}))

        with detector.reading(logger):
            logger.info("http.request", extra={"what": f"<{secret}>"})

        assert detector.leaks == [f"logged: {secret}"]

    def test_are_invite_codes_in_log_lines(self, detector: LeakDetector, logger: Logger) -> None:
        detector.note_answer(response('{"code": "ABCDEFGHJKMN"}', f"{URL}/S/invite-code"))

        with detector.reading(logger):
            logger.info("joined by ABCDEFGHJKMN")

        assert detector.leaks == ["logged: ABCDEFGHJKMN"]

    @pytest.mark.parametrize("internal", ["lifestyle-spaces-test", '"PK"', "Traceback", "-----BEGIN"])
    def test_are_internals_in_answers(self, detector: LeakDetector, internal: str) -> None:
        detector.note_answer(response(f"so {internal} it is"))

        assert detector.leaks == [f"GET /api/v1/spaces: {internal}"]

    def test_are_no_ids_and_words_of_the_api(self, detector: LeakDetector, logger: Logger) -> None:
        detector.note_request(request(role="member", space_id="01M8AJ14Q4J4WRN7KBY3MD6N78"))
        detector.note_answer(response('{"role": "member"}'))

        with detector.reading(logger):
            logger.info("http.request", extra={"space_id": "01M8AJ14Q4J4WRN7KBY3MD6N78", "role": "member"})

        assert detector.leaks == []
