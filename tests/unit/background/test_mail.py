"""Mail through SES."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from app.background.mail import Mail, MailRefused
from app.main import Backend

MAIL = Mail(kind="invitation", to="ben@example.com", subject="Grüße", text="Hello", html="<p>Hello</p>")


@pytest.fixture
def answer(outside: Callable[[Any], Any]) -> Iterator[Callable[[str], None]]:
    """`answer("MessageRejected")`: the error that SES answers with from now on."""
    codes: list[str] = []

    def instead(request: Any, **_: Any) -> AWSResponse | None:
        if not codes:
            return None
        body = json.dumps({"message": "Address ben@example.com is not to my taste"}).encode()
        headers = HTTPHeaders.from_pairs([("x-amzn-ErrorType", codes[-1])])
        raw = io.BytesIO(body)
        raw.stream = lambda **_: iter([body])  # type: ignore[attr-defined]
        return AWSResponse(request.url, 400, headers, raw)

    events = outside("sesv2").meta.events
    events.register("before-send.sesv2.SendEmail", instead)
    yield codes.append
    events.unregister("before-send.sesv2.SendEmail", instead)


class TestSend:
    def test_hands_both_forms_to_ses(self, backend: Backend, inbox: list[dict[str, Any]]) -> None:
        backend.mail.send(MAIL)

        assert inbox == [
            {
                "FromEmailAddress": "no-reply@example.com",
                "Destination": {"ToAddresses": ["ben@example.com"]},
                "Content": {
                    "Simple": {
                        "Subject": {"Data": "Grüße", "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": "Hello", "Charset": "UTF-8"},
                            "Html": {"Data": "<p>Hello</p>", "Charset": "UTF-8"},
                        },
                    }
                },
            }
        ]

    def test_says_that_another_try_is_useless(
        self, backend: Backend, inbox: list[dict[str, Any]], answer: Callable[[str], None]
    ) -> None:
        for code in ("MessageRejected", "BadRequestException"):
            answer(code)
            with pytest.raises(MailRefused):
                backend.mail.send(MAIL)

    @pytest.mark.parametrize(
        "code",
        [
            "AccountSuspendedException",
            "LimitExceededException",
            "MailFromDomainNotVerifiedException",
            "NotFoundException",
            "SendingPausedException",
        ],
    )
    def test_fails_where_another_try_may_succeed(
        self, backend: Backend, inbox: list[dict[str, Any]], answer: Callable[[str], None], code: str
    ) -> None:
        answer(code)
        with pytest.raises(ClientError, match=code):
            backend.mail.send(MAIL)

    def test_only_logs_where_mail_is_not_to_go_out(
        self,
        backend: Backend,
        inbox: list[dict[str, Any]],
        set_parameter: Callable[[str, str], None],
        logs: Callable[[], list[dict[str, Any]]],
    ) -> None:
        set_parameter("mail_delivery", "log")

        backend.mail.send(MAIL)

        assert inbox == []
        (event,) = logs()
        assert (event["message"], event["mail_kind"]) == ("mail.not_sent", "invitation")
        assert "ben@" not in json.dumps(event)
        assert "Hello" not in json.dumps(event)
