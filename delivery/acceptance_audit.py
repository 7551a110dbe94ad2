"""How AWS authorizes writes of audit events, which AWS does not document (see docs/adr).

A temporary role gets the function's policies. Every request has a condition that fails, so nothing is
written where AWS allows it.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError

from delivery.acceptance_users import Environment

AUDIT, SPACE = "AUDIT#acceptance", "SPACE#acceptance"
# The denial without the exception for transactions.
_DENIED = {
    "Effect": "Deny",
    "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
    "Resource": "*",
    "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT#*"]}},
}
_NEVER = "attribute_exists(PK) AND attribute_not_exists(PK)"
_PROPAGATION_S = 15


class AuditWritable(Exception):  # noqa: N818 - a failed check, not a program error
    """An unexpected decision of AWS; the message has all decisions."""


def try_audit(environment: Environment) -> str:
    """Return AWS's decisions on writes of audit events, inside and outside of transactions.

    Raises:
        AuditWritable: a change outside of a transaction was allowed, or an audited change was denied.
    """
    table = environment.outputs["TableName"]
    with _role(environment) as (dynamodb, add_policy):
        update = {"TableName": table, "Key": _key(AUDIT), **_never_update()}
        delete = {"TableName": table, "Key": _key(AUDIT), "ConditionExpression": _NEVER}
        audited = [
            {"Put": {"TableName": table, "Item": _key(AUDIT), "ConditionExpression": _NEVER}},
            {"Update": {"TableName": table, "Key": _key(SPACE), **_never_update()}},
        ]
        found = {
            "update": _decision(lambda: dynamodb.update_item(**update)),
            "delete": _decision(lambda: dynamodb.delete_item(**delete)),
            # A batch takes no condition; nothing has this key.
            "batch": _decision(
                lambda: dynamodb.batch_write_item(
                    RequestItems={table: [{"DeleteRequest": {"Key": _key(AUDIT)}}]}
                )
            ),
            "audited transaction": _decision(lambda: dynamodb.transact_write_items(TransactItems=audited)),
            "update in a transaction": _decision(
                lambda: dynamodb.transact_write_items(TransactItems=[{"Update": update}])
            ),
        }
        add_policy("audit-in-transactions", _DENIED)
        time.sleep(_PROPAGATION_S)
        found["audited transaction, denial in transactions too"] = _decision(
            lambda: dynamodb.transact_write_items(TransactItems=audited)
        )
    told = "; ".join(f"{what}: {decision}" for what, decision in found.items())
    outside = {found["update"], found["delete"], found["batch"]}
    if outside != {"denied"} or found["audited transaction"] != "allowed":
        raise AuditWritable(told)
    return told


def _key(partition: str) -> dict[str, Any]:
    return {"PK": {"S": partition}, "SK": {"S": "acceptance"}}


def _never_update() -> dict[str, Any]:
    return {
        "UpdateExpression": "SET note = :note",
        "ExpressionAttributeValues": {":note": {"S": "acceptance"}},
        "ConditionExpression": _NEVER,
    }


def _decision(send: Callable[[], object]) -> str:
    try:
        send()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"ConditionalCheckFailedException", "TransactionCanceledException"}:
            return "allowed"
        return "denied" if code == "AccessDeniedException" else code
    return "written"


@contextmanager
def _role(environment: Environment) -> Iterator[tuple[Any, Callable[[str, dict[str, Any]], None]]]:
    """Yield a DynamoDB client with the function's permissions, and a function that adds a policy to them."""
    iam, sts = environment.client("iam"), environment.client("sts")
    caller = sts.get_caller_identity()["Account"]
    settings = environment.client("lambda").get_function_configuration(
        FunctionName=environment.outputs["FunctionName"]
    )
    function_role = settings["Role"].rpartition("/")[2]
    name = f"lifestyle-spaces-acceptance-{secrets.token_hex(4)}"
    trust = {"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]

    def add_policy(policy: str, statement: dict[str, Any]) -> None:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_document(statement))

    try:
        for policy in iam.list_role_policies(RoleName=function_role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=function_role, PolicyName=policy)["PolicyDocument"]
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        time.sleep(_PROPAGATION_S)
        key = sts.assume_role(RoleArn=role, RoleSessionName="acceptance")["Credentials"]
        yield (
            boto3.client(
                "dynamodb",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
                aws_session_token=key["SessionToken"],
            ),
            add_policy,
        )
    finally:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
