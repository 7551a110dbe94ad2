"""`make deploy ENV=...`: `cdk deploy`, twice for a first deployment, and then the stack policy.

The rollback of a failed first deployment must delete its resources, and the CDK CLI the failed stack at the
next attempt. So a first deployment is made without protection, and a second one at once adds it.
See docs/adr/0033-a-first-deployment-is-unprotected.md.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from delivery import ROOT
from delivery.protect import protect
from delivery.stack_outputs import exit_on_aws_error
from stacks.settings import Settings, load_settings, stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Run = Callable[[Sequence[str]], None]
# A stack in one of these states was never complete: the CDK CLI deletes and recreates it.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
NEVER_COMPLETE = frozenset({"CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
_CDK = ("cdk", "deploy", "--no-notices", "--no-version-reporting")


def deploy(
    cloudformation: "CloudFormationClient",
    settings: Settings,
    run: Run,
    *,
    skip_canary_reason: str | None = None,
) -> None:
    """Deploy an environment with `run`, which runs the CDK CLI; protect its data if the settings say so."""
    stack, context = stack_name(settings.name), ["-c", f"env={settings.name}"]
    if settings.data.protected and is_first_deployment(cloudformation, stack):
        run([*_CDK, *context, "-c", "first_deployment=true"])
    run(
        [*_CDK, *context, *(["-c", f"skip_canary_reason={skip_canary_reason}"] if skip_canary_reason else [])]
    )
    if settings.data.protected:
        protect(cloudformation, stack)


def is_first_deployment(cloudformation: "CloudFormationClient", stack: str) -> bool:
    """Whether no deployment of the stack was ever complete."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return True
    return found["StackStatus"] in NEVER_COMPLETE


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


@exit_on_aws_error()
def main(environment: str) -> None:
    """Deploy to the AWS account signed in to; without a canary if SKIP_CANARY_REASON is set."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    settings = load_settings(context["environments"], environment)
    deploy(
        boto3.client("cloudformation"),
        settings,
        _run,
        skip_canary_reason=os.environ.get("SKIP_CANARY_REASON"),
    )


if __name__ == "__main__":
    main(sys.argv[1])
