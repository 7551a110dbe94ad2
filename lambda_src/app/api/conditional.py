"""ETags. One is `"<version>-<digest><check>"`: the version counts changes, the digest is of the whole answer.

`If-Match` asks whether anybody changed the resource, so only the version and the check of it count: a member
more or less is no conflict, and a resource that was deleted and made anew is. `If-None-Match` asks whether
the answer is the same, so all of it counts (docs/adr/0005).
"""

import json
import re
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from app.core.records import Versions, VersionTag

_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})-([0-9a-f]{10})([0-9a-f]{6})"')


def tag(response: Response) -> None:
    """Put the ETag on an answer whose body is a resource."""
    body = bytes(response.body)
    answer = json.loads(body)
    made = VersionTag.make(answer["version"], answer["created_at"], sha256(body).hexdigest()[:10])
    response.headers["ETag"] = str(made)


def not_modified_if_matching(request: Request, response: Response) -> Response:
    """The answer, or 304 where the caller has this very answer already."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {"*", response.headers["ETag"]}:
        return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
    return response


async def accepted_versions(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="Refuse with 412 if the resource has changed")
    ] = None,
) -> Versions:
    """The versions in `If-Match`; a tag that this API never made stands for no version at all."""
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(VersionTag(int(version), *digests) for version, *digests in _TAG.findall(if_match))


AcceptedVersions = Annotated[Versions, Depends(accepted_versions)]
