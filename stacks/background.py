"""Background work: the stream and the schedules that invoke the function, and the permissions it needs."""

from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.function import AUDIT_KEYS
from stacks.settings import BackgroundSettings

STREAM_ACTIONS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
# The app's side of these is `app.background.events`.
MESSAGES = {
    "eventName": lambda_.FilterRule.is_equal("INSERT"),
    "dynamodb": {"NewImage": {"entity_type": {"S": lambda_.FilterRule.is_equal("OutboxMessage")}}},
}


# Only the time to live may remove an audit event. The function reports any other change.
AUDIT_CHANGES = {
    "eventName": lambda_.FilterRule.or_("MODIFY", "REMOVE"),
    "dynamodb": {"Keys": {"PK": {"S": lambda_.FilterRule.begins_with(AUDIT_KEYS.removesuffix("*"))}}},
}


@dataclass(frozen=True, kw_only=True)
class BackgroundProps:
    """What background work reads and writes, and the role that runs it.

    The domain of `mail_sender`, or one above it, is verified with SES in this account and region.
    """

    settings: BackgroundSettings
    mail_sender: str
    table: dynamodb.Table
    user_pool: cognito.UserPool
    dead_letters: sqs.Queue
    role: iam.Role
    alias: lambda_.Alias


class Background(Construct):
    """The stream runs the outbox's messages at once; a schedule runs those that the stream has missed."""

    def __init__(self, scope: Construct, construct_id: str, *, props: BackgroundProps) -> None:
        super().__init__(scope, construct_id)
        self._grant(props)
        self._stream(props)
        self._schedule("Overdue", events.Schedule.rate(Duration.minutes(5)), props.alias)
        self._schedule("Hourly", events.Schedule.cron(minute="0"), props.alias)

    def _grant(self, props: BackgroundProps) -> None:
        # Not CDK's grant methods: they allow more actions, and every stream of the account.
        for actions, resource in (
            (STREAM_ACTIONS, props.table.table_stream_arn),
            (("sqs:SendMessage",), props.dead_letters.queue_arn),
            (("cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser"), props.user_pool.user_pool_arn),
        ):
            assert resource is not None  # noqa: S101 - the table has a stream
            props.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
        self._grant_mail(props)

    def _grant_mail(self, props: BackgroundProps) -> None:
        """Allow mail from any address of the sender's domain, regardless of the verified identity.

        SES authorizes every identity that a mail involves: the sender's address, its domain or a parent
        domain, and in the sandbox the recipient's too. So the condition is on the address, not the resource.
        https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
        """
        identities = Stack.of(self).format_arn(service="ses", resource="identity", resource_name="*")
        domain = props.mail_sender.partition("@")[2]
        props.role.add_to_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[identities],
                conditions={"StringLike": {"ses:FromAddress": f"*@{domain}"}},
            )
        )

    def _stream(self, props: BackgroundProps) -> None:
        settings = props.settings
        mapping = lambda_.EventSourceMapping(
            self,
            "Stream",
            target=props.alias,
            event_source_arn=props.table.table_stream_arn,
            filters=[lambda_.FilterCriteria.filter(each) for each in (MESSAGES, AUDIT_CHANGES)],
            # A newly created mapping must also read messages that were enqueued before it.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=settings.batch_size,
            max_batching_window=Duration.seconds(settings.window_seconds),
            parallelization_factor=settings.parallelization,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            # The message stays in the table: the schedule runs what the stream discards.
            retry_attempts=3,
            max_record_age=Duration.hours(1),
        )
        mapping.node.add_dependency(props.role)  # and its policy: the mapping is rejected without it

    def _schedule(self, name: str, schedule: events.Schedule, alias: lambda_.Alias) -> None:
        event = {"schedule": name.lower(), "time": events.EventField.time}
        target = targets.LambdaFunction(alias, event=events.RuleTargetInput.from_object(event))
        events.Rule(self, name, schedule=schedule, targets=[target])
