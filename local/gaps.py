"""Workarounds after a deployment for what the emulator omits or handles differently than AWS."""

import contextlib
import json

from botocore.awsrequest import AWSRequest

from local.aws import Clients, Deployment


def close_gaps(clients: Clients, deployment: Deployment) -> None:
    """Make a deployment to the emulator match the template."""
    _enable_ttl(clients, deployment)
    _allow_actions_on_any_resource(clients, deployment)
    _verify_mail_sender(clients, deployment)
    _allow_queue_access_without_tls(clients, deployment)


def function_log(clients: Clients, deployment: Deployment) -> str:
    """The function's log messages, oldest first."""
    settings = clients.functions.get_function_configuration(FunctionName=deployment.function_name)
    pages = clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName=settings["LoggingConfig"]["LogGroup"]
    )
    return "\n".join(event["message"] for page in pages for event in page["events"])


def _enable_ttl(clients: Clients, deployment: Deployment) -> None:
    """The emulator ignores CloudFormation's TimeToLiveSpecification."""
    found = clients.dynamodb.describe_time_to_live(TableName=deployment.table_name)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") != "ENABLED":
        clients.dynamodb.update_time_to_live(
            TableName=deployment.table_name, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True}
        )


def _allow_actions_on_any_resource(clients: Clients, deployment: Deployment) -> None:
    """The emulator's IAM evaluates these actions on `*`, so a policy for a resource never matches."""
    settings = clients.functions.get_function_configuration(FunctionName=deployment.function_name)
    actions = ["ses:SendEmail", "ssm:GetParametersByPath"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    clients.iam.put_role_policy(
        RoleName=settings["Role"].rpartition("/")[2],
        PolicyName="emulator-names-no-resource",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def _verify_mail_sender(clients: Clients, deployment: Deployment) -> None:
    """Verify the sender's domain, as is done in an AWS account before the deployment."""
    prefix = _variables(clients, deployment)["PARAMETER_PREFIX"]
    sender = clients.ssm.get_parameter(Name=f"{prefix}/app/mail_sender")["Parameter"]["Value"]
    with contextlib.suppress(clients.ses.exceptions.AlreadyExistsException):
        clients.ses.create_email_identity(EmailIdentity=sender.partition("@")[2])


def _allow_queue_access_without_tls(clients: Clients, deployment: Deployment) -> None:
    """Remove the queue's policy, which denies plain HTTP, the only protocol of the emulator."""

    def mark_as_tls(request: AWSRequest, **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = "https"

    clients.sqs.meta.events.register("before-sign.sqs.SetQueueAttributes", mark_as_tls)
    queue_url = _variables(clients, deployment)["DEAD_LETTER_QUEUE_URL"]
    clients.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": ""})


def _variables(clients: Clients, deployment: Deployment) -> dict[str, str]:
    settings = clients.functions.get_function_configuration(FunctionName=deployment.function_name)
    return settings["Environment"]["Variables"]
