"""The requests that are measured, as API Gateway hands them to the function, and the tokens in them."""

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt

SPACE = '{"name": "Our kitchen", "description": "Plans and lists for the refit.", "category": "home"}'


class UserPool:
    """Signs ID tokens. `keys` is the document with its public key."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
        self.keys = {"keys": [{**jwk.construct(self._key, "RS256").public_key().to_dict(), "kid": "bench"}]}

    def token(self, number: int = 1) -> str:
        """The token of a user, for a day."""
        now = int(time.time())
        claims = {
            "sub": f"00000000-0000-4000-8000-{number:012}",
            "email": f"user-{number}@example.com",
            "email_verified": True,
            "token_use": "id",
            "aud": "bench",
            "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_bench",
            "iat": now,
            "exp": now + 86400,
        }
        return str(jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "bench"}))


def profile(number: int = 1) -> str:
    """The body that makes a user's profile."""
    return f'{{"email": "user-{number}@example.com", "name": "Ann"}}'


def event(method: str, path: str, token: str, body: str | None = None) -> dict[str, Any]:
    """A request as the event of API Gateway's proxy integration."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"requestId": "bench", "identity": {"sourceIp": "192.0.2.1"}, "path": path},
        "body": body,
        "isBase64Encoded": False,
    }
