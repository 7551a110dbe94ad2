"""A bare handler with botocore and Pydantic for `GET` and `POST` of spaces: no token, log, ETag or audit."""

import os
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from botocore.session import get_session
from pydantic import BaseModel, StringConstraints

TABLE = os.environ["TABLE_NAME"]
USER_ID = "bench-user"
_client: Any = get_session().create_client("dynamodb", region_name=os.environ["AWS_REGION"])


class SpaceCreate(BaseModel):
    """What it takes to make a space."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    description: Annotated[str, StringConstraints(max_length=500)] | None = None
    visibility: Literal["private", "public"] = "private"
    category: str | None = None


class Space(SpaceCreate):
    """A space as it is answered."""

    space_id: str
    owner_id: str
    role: Literal["owner", "admin", "member"]
    member_count: int
    created_at: str
    updated_at: str


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    if event["httpMethod"] == "POST":
        return _answer(201, _create(SpaceCreate.model_validate_json(event["body"])))
    space = _read(event["path"].rpartition("/")[2])
    return _answer(200, space) if space else {"statusCode": 404, "body": "{}"}


def _answer(status: int, space: Space) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": space.model_dump_json()}


def _keys(space_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    partition = {"S": f"SPACE#{space_id}"}
    return {"PK": partition, "SK": {"S": "SPACE"}}, {"PK": partition, "SK": {"S": f"MEMBER#{USER_ID}"}}


def _create(body: SpaceCreate) -> Space:
    now, space_id = datetime.now(UTC).isoformat(), str(uuid4())
    space = Space(
        **body.model_dump(),
        space_id=space_id,
        owner_id=USER_ID,
        role="owner",
        member_count=1,
        created_at=now,
        updated_at=now,
    )
    stored = {k: {"N": str(v)} if isinstance(v, int) else {"S": v} for k, v in space if v is not None}
    first, second = _keys(space_id)
    items = ({**first, **stored}, {**second, "role": {"S": "owner"}, "joined_at": {"S": now}})
    condition = "attribute_not_exists(PK)"
    _client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": condition}} for item in items
        ]
    )
    return space


def _read(space_id: str) -> Space | None:
    space, member = (_client.get_item(TableName=TABLE, Key=key).get("Item") for key in _keys(space_id))
    if not space or not member:
        return None
    plain = {k: int(v["N"]) if "N" in v else v["S"] for k, v in space.items() if k not in ("PK", "SK")}
    return Space.model_validate(plain | {"role": member["role"]["S"]})
