"""Authentication: verification of the Cognito ID token (docs/adr/0003).

API Gateway's authorizer rejects invalid tokens first; this verifies again, so that the function is safe
however it is invoked. The pool's public keys are fetched at the first token, kept for the life of the
environment, and fetched again when a token names an unknown key, at most once in 5 minutes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from jose import JOSEError, JWTError, jwk, jwt
from jose.backends.base import Key
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from app.core import email
from app.core.errors import ServiceUnavailable, Unauthorized
from app.core.observability import logger
from app.core.tls import client_context

KEYS_TIMEOUT_S = 2.0
KEYS_MIN_AGE_S = 300.0


@dataclass(frozen=True)
class Identity:
    """The user of a verified token, which was issued at `issued_at` (epoch seconds).

    `email` is lower-case, and None unless Cognito verified it.
    """

    user_id: str
    email: str | None
    issued_at: int = field(default=0, compare=False)


class TokenKeys:
    """The user pool's public signing keys by their `kid`."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._http = PoolManager(
            timeout=Timeout(total=KEYS_TIMEOUT_S),
            retries=False,
            ssl_context=client_context() if url.startswith("https:") else None,
        )
        self._keys: dict[str, Key] = {}
        self._fetched_at: float | None = None

    def get(self, kid: str) -> Key | None:
        """The key, or None if the pool does not have it.

        Raises:
            ServiceUnavailable: the keys are needed and cannot be fetched within 2 seconds.
        """
        if kid not in self._keys and self._may_fetch():
            self._keys = self._fetch()
            self._fetched_at = self._monotonic()
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        return self._fetched_at is None or self._monotonic() - self._fetched_at >= KEYS_MIN_AGE_S

    def _fetch(self) -> dict[str, Key]:
        try:
            return _read_keys(self._http.request("GET", self._url))
        except (HTTPError, JOSEError, AttributeError, LookupError, TypeError, ValueError) as error:
            logger.warning("token_keys.unreadable", error=repr(error))
            raise ServiceUnavailable("The user pool's keys cannot be read", retry_after_s=1) from error


def _read_keys(response: BaseHTTPResponse) -> dict[str, Key]:
    if response.status != HTTPStatus.OK:
        raise ValueError(f"status {response.status}")
    return {key["kid"]: jwk.construct(key, "RS256") for key in response.json()["keys"]}


class TokenVerifier:
    """Accepts RS256 ID tokens of one user pool for one app client."""

    def __init__(self, *, keys: TokenKeys, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def identify(self, token: str) -> Identity:
        """The user of the token.

        Raises:
            Unauthorized: the token is malformed, forged, expired, an access token, or for another pool
                or client.
            ServiceUnavailable: the pool's keys cannot be fetched.
        """
        try:
            claims = self._claims(token)
        except JWTError as error:
            raise Unauthorized from error
        if claims.get("token_use") != "id":
            raise Unauthorized("An ID token is needed, not an access token")
        # Cognito sends a boolean; a claim mapped from a SAML or OIDC provider is text.
        verified = claims.get("email_verified") in (True, "true")
        return Identity(
            user_id=claims["sub"],
            email=email.normalize(str(claims.get("email"))) if verified else None,
            issued_at=int(claims["iat"]),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise Unauthorized("The token is signed by an unknown key")
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=self._audience,
            issuer=self._issuer,
            # `at_hash` needs the access token, which callers do not send.
            options={"verify_at_hash": False}
            | {f"require_{claim}": True for claim in ("aud", "iat", "exp", "iss", "sub")},
        )
