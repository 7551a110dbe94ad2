"""What makes a repeated POST answer as the first one did."""

from app.core.clock import Timestamp
from app.core.records import Record


class IdempotencyRecord(Record):
    """The first 2xx answer to a request with an Idempotency-Key; gone after 24 hours.

    `fingerprint` is the SHA-256 of method, path and body in a canonical form, in hexadecimal. A long answer
    is kept without its body: `headers` say where the resource is.
    """

    user_id: str
    key: str
    fingerprint: str
    status: int
    headers: dict[str, str]
    body: str | None = None
    expires_at: Timestamp
