"""The SNS topic of alarms and the budget, whose subscribers are a setting."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class NotificationsProps:
    """The e-mail subscribers; each confirms its subscription once, by a link."""

    emails: Iterable[str]


class Notifications(Construct):
    """An encrypted topic that accepts messages over TLS only.

    It has a key of its own, as CloudWatch cannot use the account's `aws/sns` key.
    https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NotificationsProps) -> None:
        super().__init__(scope, construct_id)
        self._key = kms.Key(
            self,
            "Key",
            description=f"Encrypts what {Stack.of(self).stack_name} sends to its operators",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.topic = sns.Topic(self, "Topic", master_key=self._key, enforce_ssl=True)
        subscribers = Construct(self, "Subscribers")
        for email in props.emails:
            sns.Subscription(
                subscribers,
                email,
                topic=self.topic,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=email,
            )

    def admit(self, service: str) -> None:
        """Let a service of AWS publish for this account, e.g. `cloudwatch.amazonaws.com`."""
        account = Stack.of(self).account
        publisher = iam.ServicePrincipal(service)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[publisher],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": account}},
            )
        )
        # No condition on the account here: CloudWatch's calls to KMS do not contain it.
        self._key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey*"], principals=[publisher], resources=["*"]
            )
        )
