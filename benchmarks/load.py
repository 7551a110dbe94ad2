"""Load at the handler: 32 threads in one process, DynamoDB Local behind it, nothing lost."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

from benchmarks.assets import HOST, Assets, application, reference
from benchmarks.events import SPACE, UserPool, event, profile
from benchmarks.measure import environment
from benchmarks.stub import ADDRESS, serve
from local.dynamodb import dynamodb_local
from tests.factories import create_table
from tests.unit.core.certificate_helpers import Authority

CHILD = Path(__file__).with_name("load_child.py")
THREADS, USERS, EDITS = 32, 8, 5
PATH = "/api/v1/spaces/{space_id}"


class LoadError(Exception):
    """A request failed, or a change was lost."""


def at_handler(seconds: float) -> dict[str, dict[str, Any]]:
    """The figures of the application and of the reference, each under the same load, by name.

    Raises:
        LoadError: a request failed, or a change was lost.
    """
    pool = UserPool()
    figures = {}
    with tempfile.TemporaryDirectory() as name, dynamodb_local() as database:
        folder = Path(name)
        with serve(pool.keys, Authority(folder).server_context(ADDRESS)) as (stub, _):
            for assets in (reference(HOST), application(HOST)):
                variables = environment(stub) | {
                    "AWS_ENDPOINT_URL_DYNAMODB": database,
                    "AWS_ACCESS_KEY_ID": assets.name,  # a database of its own
                    "BENCH_MODULE": assets.module,
                }
                figures[assets.name] = _run(assets, variables, _plan(assets, pool, seconds), folder)
    return figures


def _plan(assets: Assets, pool: UserPool, seconds: float) -> dict[str, Any]:
    tokens = [pool.token(number) for number in range(USERS)]
    is_ours = assets.name == "application"
    return {
        "setup": [event("POST", "/api/v1/users", token, profile(n)) for n, token in enumerate(tokens)]
        if is_ours
        else [],
        "users": [
            {"get": event("GET", PATH, token), "post": event("POST", "/api/v1/spaces", token, SPACE)}
            for token in tokens
        ],
        "threads": THREADS,
        "seconds": seconds,
        "edits": EDITS if is_ours else 0,
    }


def _run(assets: Assets, variables: dict[str, str], plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    client = boto3.client(
        "dynamodb",
        region_name=variables["AWS_REGION"],
        endpoint_url=variables["AWS_ENDPOINT_URL_DYNAMODB"],
        aws_access_key_id=assets.name,
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    create_table(client, variables["TABLE_NAME"])
    file = folder / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-P", "-S", str(CHILD), assets.path, str(file)],
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=assets.function,
        timeout=plan["seconds"] + 120,
    )
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    faults = result.pop("failures")
    if plan["edits"]:
        faults += _lost(client, variables["TABLE_NAME"], result)
    if faults:
        raise LoadError(f"{assets.name}: {len(faults)} faults, the first: {faults[0]}")
    return result


def _lost(client: Any, table: str, result: dict[str, Any]) -> list[str]:
    """What was accepted and is not in the table: counts of the users' spaces, and changes of one space."""
    items = [
        item
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        for item in page["Items"]
    ]
    kinds = [item["entity_type"]["S"] for item in items]
    spaces = kinds.count("Space")
    profiles = [item["data"]["M"] for item, kind in zip(items, kinds, strict=True) if kind == "UserProfile"]
    counted = sum(int(each["space_count"]["N"]) for each in profiles)
    faults = []
    if not result["created"] == counted == spaces:
        faults.append(f"{result['created']} spaces created, {spaces} stored, {counted} counted")
    if result["version"] != 1 + result["edits"]:
        faults.append(f"version {result['version']} after {result['edits']} changes")
    return faults
