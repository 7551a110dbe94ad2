"""Outputs and clients of a deployment: `local`, or one in the AWS account signed in to."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from delivery import ROOT
from local import aws, emulator
from stacks.settings import stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_HOME = ROOT / ".local"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One environment: the outputs of its stack, and clients of its account."""

    api_url: str  # before `/api/v1`
    outputs: Mapping[str, str]
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"


def deployed(environment: str) -> Deployed:
    """The environment, by its name. Exits with one line if it is `local` and not running."""
    if environment != "local":
        outputs = _outputs(boto3.client("cloudformation"), environment)
        return Deployed(
            api_url=outputs["ApiUrl"],
            outputs=outputs,
            dynamodb=boto3.client("dynamodb"),
            sqs=boto3.client("sqs"),
        )
    here = running_emulator()
    outputs = _outputs(here.cloudformation, environment)
    return Deployed(
        api_url=aws.Deployment.of(outputs, here.endpoint_url).api_url,
        outputs=outputs,
        dynamodb=here.dynamodb,
        sqs=here.sqs,
    )


def running_emulator() -> aws.Clients:
    """The embedded AWS of `make local`. Exits with one line if it is not running."""
    found = emulator.running(_HOME)
    if not found:
        sys.exit("error: the local stack is not running; start it with `make local`")
    return aws.Clients(found.url)


@contextmanager
def exit_on_aws_error() -> Iterator[None]:
    """Exit with a one-line error if AWS refuses a request or cannot be reached."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")


def _outputs(cloudformation: "CloudFormationClient", environment: str) -> dict[str, str]:
    (stack,) = cloudformation.describe_stacks(StackName=stack_name(environment))["Stacks"]
    if "Outputs" not in stack:
        sys.exit(f"error: {environment} is not deployed: its stack is {stack['StackStatus']}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
