"""The dead-letter queue of background work."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class DeadLettersProps:
    """The key that encrypts the queue; None for SQS's own."""

    key: kms.Key | None


class DeadLetters(Construct):
    """A queue of message keys; the messages themselves stay in the table. See `docs/background.md`."""

    def __init__(self, scope: Construct, construct_id: str, *, props: DeadLettersProps) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED if props.key is None else sqs.QueueEncryption.KMS,
            encryption_master_key=props.key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
