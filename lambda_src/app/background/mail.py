"""Mail through Amazon SES."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from app.core.config import ParameterSource
from app.core.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_CHARSET = "UTF-8"
# SES rejects a message with these words while the sender is not verified, or the recipient of an account in
# the sandbox: the account is at fault, not this mail, which can be sent once that is mended.
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
_NOT_VERIFIED = "not verified"


class MailRefused(Exception):  # noqa: N818 - it is SES's answer
    """SES will not take this mail, however often it is asked."""


class MailOutcomeUnknown(Exception):  # noqa: N818 - it may have been sent
    """SES has not answered and may have sent the mail. `SendEmail` is not idempotent: it is not repeated."""


@dataclass(frozen=True)
class Mail:
    """One mail to one person. `kind` names its template: the only part of it that is ever logged."""

    kind: str
    to: str
    subject: str
    text: str
    html: str


class Mailer:
    """Sends mail from the parameter `mail_sender`, if the parameter `mail_delivery` says so.

    `client` makes the AWS client, once somebody asks.
    """

    def __init__(self, client: "Callable[[], SESV2Client]", parameters: ParameterSource) -> None:
        self._client = client
        self._parameters = parameters

    def send(self, mail: Mail) -> None:
        """Hand the mail to SES, or only log that there is one.

        Raises:
            MailRefused: the address or the mail itself is not acceptable.
            MailOutcomeUnknown: the request was sent and no answer came.
            botocore.exceptions.ClientError: SES refuses for now, or until the account is set up.
        """
        parameters = self._parameters()
        if parameters.mail_delivery == "log":
            logger.info("mail.not_sent", mail_kind=mail.kind)
            return
        client = self._client()
        try:
            client.send_email(
                FromEmailAddress=parameters.mail_sender,
                Destination={"ToAddresses": [mail.to]},
                Content={
                    "Simple": {
                        "Subject": _content(mail.subject),
                        "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
                    }
                },
            )
        except client.exceptions.MessageRejected as error:
            if _NOT_VERIFIED in error.response["Error"]["Message"]:
                raise
            raise MailRefused from error
        except client.exceptions.BadRequestException as error:
            raise MailRefused from error
        except (ReadTimeoutError, ConnectionClosedError) as error:
            raise MailOutcomeUnknown from error


def _content(data: str) -> Any:
    return {"Data": data, "Charset": _CHARSET}
