"""The content of the AWS managed policies that this report knows."""

import json
from pathlib import Path
from typing import Any

from stacks.template_values import readable

MANAGED: dict[str, Any] = json.loads(
    Path(__file__).with_name("managed-policies.json").read_text(encoding="utf-8")
)


def name_of(arn: Any) -> str:
    """The last part of a policy's ARN."""
    return readable(arn).rpartition("/")[2]


def statements_of(arn: Any) -> list[dict[str, Any]] | None:
    """The statements of an AWS managed policy; None where its content is not known here."""
    if ":iam::aws:policy/" not in readable(arn):
        return None
    policy = MANAGED["policies"].get(name_of(arn))
    return None if policy is None else list(policy["statements"])
