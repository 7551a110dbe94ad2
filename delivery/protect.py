"""`make protect ENV=...`: no deployment may replace or delete what holds people's data.

Neither CloudFormation's templates nor the CDK know stack policies, so this follows each deployment.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
import sys
from typing import TYPE_CHECKING

import boto3

from delivery import ROOT
from delivery.stack_outputs import refused_in_one_line
from stacks.settings import load_settings, stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

POLICY = ROOT / "stacks" / "stack-policy.json"


def protect(cloudformation: "CloudFormationClient", stack: str) -> None:
    """Put the policy in force for every update from now on."""
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=POLICY.read_text(encoding="utf-8"))


@refused_in_one_line()
def main(environment: str) -> None:
    """Protect an environment whose settings say so, in the AWS account signed in to."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    if not load_settings(context["environments"], environment).data.protected:
        print(f"{environment} needs no stack policy: its data is not protected")
        return
    protect(boto3.client("cloudformation"), stack_name(environment))
    print(f"{environment} is under its stack policy")


if __name__ == "__main__":
    main(sys.argv[1])
