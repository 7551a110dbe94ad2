"""`make drift ENV=...`: find resources that were changed outside of a deployment."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3

from delivery.stack_outputs import exit_on_aws_error
from stacks.settings import stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        DescribeStackResourceDriftsInputTypeDef,
        StackResourceDriftTypeDef,
    )

_POLL_S = 10.0
_POLLS = 90  # 15 minutes: AWS checks the resources sequentially


class DriftError(Exception):
    """Drift detection did not finish in time."""


def drift(
    cloudformation: "CloudFormationClient", stack: str, *, sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """Return a line for each resource that differs from the template, and one if some were not checked.

    Raises:
        DriftError: CloudFormation takes too long.
    """
    detection = cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
    for _ in range(_POLLS):
        found = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        sleep(_POLL_S)
    else:
        raise DriftError(f"the drift of {stack} is not detected after 15 minutes")
    lines = sorted(_line(each) for each in _drifted(cloudformation, stack))
    if found["DetectionStatus"] == "DETECTION_FAILED":
        reason = found.get("DetectionStatusReason", "CloudFormation gives no reason")
        lines.append(f"not all resources were checked: {reason}")
    return lines


def _drifted(cloudformation: "CloudFormationClient", stack: str) -> "Iterator[StackResourceDriftTypeDef]":
    asked: DescribeStackResourceDriftsInputTypeDef = {
        "StackName": stack,
        "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"],
    }
    while True:
        page = cloudformation.describe_stack_resource_drifts(**asked)
        yield from page["StackResourceDrifts"]
        if "NextToken" not in page:
            return
        asked["NextToken"] = page["NextToken"]


def _line(resource: "StackResourceDriftTypeDef") -> str:
    name = f"{resource['LogicalResourceId']} ({resource['ResourceType']})"
    if resource["StackResourceDriftStatus"] == "DELETED":
        return f"{name}: deleted"
    differences = (
        f"{each['PropertyPath']} is {each['ActualValue']}, not {each['ExpectedValue']}"
        for each in resource.get("PropertyDifferences", [])
    )
    return f"{name}: {'; '.join(differences)}"


@exit_on_aws_error()
def main(environment: str) -> None:
    """Check one environment, in the AWS account signed in to."""
    try:
        lines = drift(boto3.client("cloudformation"), stack_name(environment))
    except DriftError as error:
        sys.exit(f"error: {error}")
    if lines:
        print("\n".join(lines))
        sys.exit(f"error: {environment} differs from its template, or was not fully checked (see above)")
    print(f"{environment} matches its template")


if __name__ == "__main__":
    main(sys.argv[1])
