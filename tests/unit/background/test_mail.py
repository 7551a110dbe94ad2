"""Mail through SES."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from app.background.mail import Mail, MailOutcomeUnknown, MailRefused
from app.main import Backend
from tests.client_helpers import intercepted, raising
from tests.conftest import SETTINGS

MAIL = Mail(kind="invitation", to="ben@example.com", subject="Grüße", text="Hello", html="<p>Hello</p>")


@pytest.fixture
def answer(shared_client: Callable[[Any], Any]) -> Iterator[Callable[[str], None]]:
    """`answer("MessageRejected")`: the error that SES answers the next request with."""
    with Stubber(shared_client("sesv2")) as stub:
        yield lambda code: stub.add_client_error("send_email", code, "Address rejected", http_status_code=400)


@pytest.fixture
def break_connection(
    shared_client: Callable[[Any], Any], inbox: object
) -> Iterator[Callable[[Exception], None]]:
    """`break_connection(error)`: what each request to SES raises from now on."""
    with ExitStack() as stack:
        yield lambda error: stack.enter_context(intercepted(shared_client("sesv2"), raising(error)))


class TestSend:
    def test_send_hands_both_forms_to_ses(self, backend: Backend, inbox: list[dict[str, Any]]) -> None:
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

    def test_send_says_that_another_try_is_useless(
        self, backend: Backend, inbox: list[dict[str, Any]], answer: Callable[[str], None]
    ) -> None:
        for code in ("MessageRejected", "BadRequestException"):
            answer(code)
            with pytest.raises(MailRefused):
                backend.mail.send(MAIL)

    def test_sender_or_recipient_that_is_not_verified_is_no_refusal_of_the_mail(
        self, backend: Backend, inbox: list[dict[str, Any]], shared_client: Callable[[Any], Any]
    ) -> None:
        # As SES words it: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
        message = (
            "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
            "ben@example.com"
        )
        with Stubber(shared_client("sesv2")) as stub:
            stub.add_client_error("send_email", "MessageRejected", message, http_status_code=400)
            with pytest.raises(ClientError, match="not verified"):
                backend.mail.send(MAIL)

    @pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError])
    def test_request_without_an_answer_may_have_sent_the_mail(
        self, backend: Backend, break_connection: Callable[[Exception], None], error: Any
    ) -> None:
        break_connection(error(endpoint_url="https://email.eu-west-1.amazonaws.com"))
        with pytest.raises(MailOutcomeUnknown):
            backend.mail.send(MAIL)

    def test_request_that_was_not_sent_has_sent_no_mail(
        self, backend: Backend, break_connection: Callable[[Exception], None]
    ) -> None:
        break_connection(ConnectTimeoutError(endpoint_url="https://email.eu-west-1.amazonaws.com"))
        with pytest.raises(ConnectTimeoutError):
            backend.mail.send(MAIL)

    def test_client_asks_once_and_waits_for_the_answer(self) -> None:
        # `SendEmail` is not idempotent: a request repeated after a time-out would send a second mail.
        config: Any = Backend.from_settings(SETTINGS).mail._client().meta.config
        assert config.retries == {"mode": "standard", "total_max_attempts": 1}
        assert config.read_timeout == 8

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
    def test_send_fails_if_another_try_may_succeed(
        self, backend: Backend, inbox: list[dict[str, Any]], answer: Callable[[str], None], code: str
    ) -> None:
        answer(code)
        with pytest.raises(ClientError, match=code):
            backend.mail.send(MAIL)

    def test_send_only_logs_if_mail_is_not_to_go_out(
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
