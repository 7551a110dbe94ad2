"""AWS Signature Version 4 for one kind of request: POST of a body to `/`, without a query string.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. botocore's
`SigV4Auth` signs any request and takes four times as long; a test compares the two (docs/adr/0029).
"""

import hmac
import time
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from app.core.credentials import Credentials


def sign(
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    region: str,
    service: str,
    at: float,
) -> dict[str, str]:
    """Add date, session token and signature to the headers, all of which are signed.

    `headers` have lower-case names, printable ASCII values without double spaces, and include `host`.
    `at` is the time of signing in epoch seconds; AWS accepts it within 5 minutes of its own clock.
    """
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    signed = {**headers, "x-amz-date": timestamp}
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names = sorted(signed)
    canonical_headers = "".join(f"{name}:{signed[name]}\n" for name in names)
    signed_names = ";".join(names)
    canonical = f"POST\n/\n\n{canonical_headers}\n{signed_names}\n{sha256(body).hexdigest()}"
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_signing_key(credentials.secret_key, scope), text.encode(), "sha256").hex()
    signed["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={signed_names}, Signature={signature}"
    )
    return signed


@lru_cache(maxsize=1)
def _signing_key(secret_key: str, scope: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
