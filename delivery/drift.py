"""`make drift ENV=...`: whether somebody changed what is deployed by other means than a deployment."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3

from delivery.stack_outputs import refused_in_one_line
from stacks.settings import stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        DescribeStackResourceDriftsInputTypeDef,
        StackResourceDriftTypeDef,
    )

_POLL_S = 10.0
_POLLS = 90  # a quarter of an hour: AWS looks at one resource after another


class DriftError(Exception):
    """CloudFormation does not tell."""


def drift(
    cloudformation: "CloudFormationClient", stack: str, *, sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """A line for each resource that is not as the template says, and for what could not be looked at.

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
        raise DriftError(f"the drift of {stack} is not detected after a quarter of an hour")
    lines = sorted(_line(each) for each in _drifted(cloudformation, stack))
    if found["DetectionStatus"] == "DETECTION_FAILED":
        reason = found.get("DetectionStatusReason", "CloudFormation gives no reason")
        lines.append(f"not all could be looked at: {reason}")
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


@refused_in_one_line()
def main(environment: str) -> None:
    """Look at one environment, in the AWS account signed in to."""
    try:
        lines = drift(boto3.client("cloudformation"), stack_name(environment))
    except DriftError as error:
        sys.exit(f"error: {error}")
    if lines:
        print("\n".join(lines))
        sys.exit(f"error: {environment} is not, or not surely, as its template says (see above)")
    print(f"{environment} is as its template says")


if __name__ == "__main__":
    main(sys.argv[1])
