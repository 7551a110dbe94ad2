"""What is in the table when all is done, by a full scan, which the app may not do."""

import functools
import json
from typing import Any

import boto3
from mypy_boto3_dynamodb import DynamoDBClient

from tests.factories import TABLE_NAME


def rows() -> list[dict[str, Any]]:
    """All stored items."""
    pages = _client().get_paginator("scan").paginate(TableName=TABLE_NAME)
    return [dict(item) for page in pages for item in page["Items"]]


def kinds_that_name(what: str) -> set[str]:
    """The kinds of what has this text in it, be it in a key."""
    return {row["entity_type"]["S"] for row in rows() if what in json.dumps(row)}


@functools.cache
def _client() -> DynamoDBClient:
    return boto3.client("dynamodb")
