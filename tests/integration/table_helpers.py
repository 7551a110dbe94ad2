"""What is in the table when all is done, as moto keeps it: the product itself never scans."""

import json
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.factories import TABLE_NAME


def rows() -> list[dict[str, Any]]:
    """All stored items."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].tables[TABLE_NAME]
    return [item.to_json()["Attributes"] for item in table.all_items()]


def kinds_that_name(what: str) -> set[str]:
    """The kinds of what has this text in it, be it in a key."""
    return {row["entity_type"]["S"] for row in rows() if what in json.dumps(row)}
