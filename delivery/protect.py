"""`make protect ENV=...`: set the stack policy, which forbids to replace or delete resources with user data.

Neither CloudFormation templates nor the CDK support stack policies, so this runs after each deployment.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
import sys
from typing import TYPE_CHECKING

import boto3

from delivery import ROOT
from delivery.stack_outputs import exit_on_aws_error
from stacks.settings import load_settings, stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

POLICY = ROOT / "stacks" / "stack-policy.json"


def protect(cloudformation: "CloudFormationClient", stack: str) -> None:
    """Set the policy for all later updates of the stack."""
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=POLICY.read_text(encoding="utf-8"))


@exit_on_aws_error()
def main(environment: str) -> None:
    """Protect an environment if its settings say so, in the AWS account signed in to."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    if not load_settings(context["environments"], environment).data.protected:
        print(f"{environment} needs no stack policy: its data is not protected")
        return
    protect(boto3.client("cloudformation"), stack_name(environment))
    print(f"{environment} has its stack policy")


if __name__ == "__main__":
    main(sys.argv[1])
