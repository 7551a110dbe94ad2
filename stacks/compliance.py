"""Findings of cdk-nag and the CDK that are accepted: every acknowledgement, with its reason, in one table.

The packs run at every synth and an unacknowledged finding fails it. An acknowledgement
that no environment needs any more fails the tests.
"""

from dataclasses import dataclass

from aws_cdk import Acknowledgment, App, Stack, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from constructs import IConstruct


@dataclass(frozen=True)
class Acknowledged:
    """One finding on one resource, or on all resources below a construct.

    `rule` is prefixed with its pack: only that form is recorded in the validation report.
    `resource` is a construct path within the stack.
    """

    rule: str
    resource: str
    reason: str


_API = "Gateway/Api/Resource"
_STAGE = "Gateway/Api/DeploymentStage.live/Resource"
_HEALTH = "Gateway/Api/Default/health/GET/Resource"
_FUNCTION = "Function/Function/Resource"
_USER_POOL = "Identity/UserPool/Resource"
_DEAD_LETTERS = "DeadLetters/Queue/Resource"
_COMES_AGAIN = "The next event of the schedule does the work of a lost one."
_IS_THE_DLQ = "It is the dead-letter queue itself, filled by the app."
_OPEN_HEALTH = "Monitors call the health check without a token."
_PYTHON = "Python 3.13 is what the layer is built and tested for; it is raised with the lock file."
_TRACING = "Tracing is a setting, off only where there is no X-Ray (local)."

ACKNOWLEDGED = (
    Acknowledged(
        "AwsSolutions::AwsSolutions-APIG2",
        _API,
        "Pydantic validates every input in the function and names the faulty fields; the gateway cannot.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-APIG3",
        _STAGE,
        "The web ACL is a setting, off only where there is no public traffic (local, dev).",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-APIG6",
        _STAGE,
        "Execution logs would contain users' texts; the access log and the function's log contain none.",
    ),
    Acknowledged("Serverless::Serverless-APIGWXrayEnabled", _STAGE, _TRACING),
    Acknowledged("AwsSolutions::AwsSolutions-APIG4", _HEALTH, _OPEN_HEALTH),
    Acknowledged("AwsSolutions::AwsSolutions-COG4", _HEALTH, _OPEN_HEALTH),
    Acknowledged(
        "AwsSolutions::AwsSolutions-COG2",
        _USER_POOL,
        "MFA is optional, not required: this is a consumer product, and users decide.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-COG8",
        _USER_POOL,
        "The Plus plan is priced per active user; its risk scoring does not justify that here.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-DDB3",
        "Data/Table/Resource",
        "Point-in-time recovery is a setting, off only for throw-away data (local).",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "Function/Role/DefaultPolicy/Resource",
        "X-Ray's two write actions do not support resource-level permissions.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]",
        "Function/Role/DefaultPolicy/Resource",
        "SES authorizes the recipient's identity too, if verified; the sender's address is a condition.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/"
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
        "Gateway/Api/CloudWatchRole/Resource",
        "AWS prescribes this policy for the account-wide log role, where the stack owns that role.",
    ),
    Acknowledged("AwsSolutions::AwsSolutions-L1", _FUNCTION, _PYTHON),
    Acknowledged(
        "Serverless::Serverless-LambdaLatestVersion",
        _FUNCTION,
        _PYTHON,
    ),
    Acknowledged("Serverless::Serverless-LambdaTracing", _FUNCTION, _TRACING),
    Acknowledged(
        "Serverless::Serverless-LambdaDLQ",
        _FUNCTION,
        "Only the schedules invoke it asynchronously, and the next event does the work of a lost one.",
    ),
    Acknowledged("Serverless::Serverless-EventBusDLQ", "Background/Overdue/Resource", _COMES_AGAIN),
    Acknowledged("Serverless::Serverless-EventBusDLQ", "Background/Hourly/Resource", _COMES_AGAIN),
    Acknowledged(
        "Serverless::Serverless-LambdaEventSourceMappingDestination",
        "Background/Stream/Resource",
        "The message stays in the table: the schedule runs what the stream discards.",
    ),
    Acknowledged("AwsSolutions::AwsSolutions-SQS3", _DEAD_LETTERS, _IS_THE_DLQ),
    Acknowledged("Serverless::Serverless-SQSRedrivePolicy", _DEAD_LETTERS, _IS_THE_DLQ),
    Acknowledged(
        "Serverless::Serverless-SNSRedrivePolicy",
        "Notifications/Subscribers",
        "A notification that is not delivered is dropped; the alarm and its history stay in CloudWatch.",
    ),
    Acknowledged(
        "AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/"
        "service-role/AWSCodeDeployRoleForLambdaLimited]",
        "Release/Group/ServiceRole/Resource",
        "AWS maintains the permissions that CodeDeploy needs; only CodeDeploy can assume the role.",
    ),
    Acknowledged(
        "Annotation::@aws-cdk/aws-lambda:snapStartRequirePublish",
        "Function/Function",
        "The alias points to a published version, and every integration to the alias.",
    ),
)


def check_compliance(app: App) -> None:
    """Run both rule packs on all constructs in `app` at synthesis."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(), ServerlessChecks())


def acknowledge_findings(stack: Stack) -> None:
    """Acknowledge each accepted finding on the resource that it concerns, where that exists."""
    for finding in ACKNOWLEDGED:
        resource = _find(stack, finding.resource)
        if resource is not None:
            acknowledgment = Acknowledgment(id=finding.rule, reason=finding.reason)
            Validations.of(resource).acknowledge(acknowledgment)


def _find(stack: Stack, path: str) -> IConstruct | None:
    construct: IConstruct | None = stack
    for name in path.split("/"):
        construct = construct and construct.node.try_find_child(name)
    return construct
