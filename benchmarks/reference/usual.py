"""The same two routes as most tutorials write them: FastAPI, Mangum and boto3's resource, without a token."""

import os
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel, StringConstraints

USER_ID = "bench-user"
table: Any = boto3.resource("dynamodb", region_name=os.environ["AWS_REGION"]).Table(os.environ["TABLE_NAME"])
app = FastAPI()
handler = Mangum(app)


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


def _keys(space_id: str) -> tuple[dict[str, str], dict[str, str]]:
    partition = f"SPACE#{space_id}"
    return {"PK": partition, "SK": "SPACE"}, {"PK": partition, "SK": f"MEMBER#{USER_ID}"}


@app.post("/api/v1/spaces", status_code=201)
def create_space(body: SpaceCreate) -> Space:
    """Store a space and its owner's membership."""
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
    first, second = _keys(space_id)
    items = (
        {**first, **space.model_dump(exclude_none=True)},
        {**second, "role": "owner", "joined_at": now},
    )
    condition = "attribute_not_exists(PK)"
    table.meta.client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": condition}}
            for item in items
        ]
    )
    return space


@app.get("/api/v1/spaces/{space_id}")
def get_space(space_id: str) -> Space:
    """Read a space and the caller's membership."""
    space, member = (table.get_item(Key=key).get("Item") for key in _keys(space_id))
    if not space or not member:
        raise HTTPException(404)
    return Space.model_validate(space | {"role": member["role"]})
