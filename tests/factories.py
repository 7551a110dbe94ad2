"""Makers of what tests need: tables, tokens, people and spaces."""

import base64
import itertools
import json
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from httpx2 import Client, Response
from jose import jwk, jwt
from mypy_boto3_dynamodb import DynamoDBClient
from starlette.testclient import TestClient

TABLE_NAME = "lifestyle-spaces-test"


def create_table(client: DynamoDBClient, name: str = TABLE_NAME) -> None:
    """The table as `stacks/data.py` has it; a contract test holds the two together."""
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in ("PK", "SK", "GSI1PK", "GSI1SK")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


class FrozenClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, 15, 9, 26, 535000, UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Go on by `timedelta(**by)`."""
        self.now += timedelta(**by)


class SigningKey:
    """A user pool's signing key: makes ID tokens as Cognito does."""

    def __init__(self, *, issuer: str, audience: str, kid: str = "test-key") -> None:
        self.issuer = issuer
        self.audience = audience
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        self._signing = jwk.construct(self.pem, "RS256")  # once: reading a private key takes long

    def jwks(self) -> str:
        """The public half, as the pool publishes it."""
        numbers = self._private.public_key().public_numbers()

        def text(number: int) -> str:
            raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")

        key = {"kid": self.kid, "kty": "RSA", "alg": "RS256", "use": "sig"}
        return json.dumps({"keys": [key | {"n": text(numbers.n), "e": text(numbers.e)}]})

    @property
    def public_pem(self) -> bytes:
        """The public half as text, which anybody can have."""
        return self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(self, user_id: str, email: str, **claims: Any) -> str:
        """An ID token that is good for an hour; `claims` override, and None leaves a claim out."""
        now = int(time.time())
        everything = {
            "sub": user_id,
            "iss": self.issuer,
            "aud": self.audience,
            "token_use": "id",
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        } | claims
        present = {name: value for name, value in everything.items() if value is not None}
        return jwt.encode(present, self._signing, algorithm="RS256", headers={"kid": self.kid})


@dataclass
class Person:
    """Somebody with a token, and the HTTP methods in their name."""

    client: Client
    user_id: str
    email: str
    token: str

    def request(self, method: str, path: str, *, json: Any = None, **headers: str) -> Response:
        """Call the API; `if_match="..."` becomes the header `If-Match`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(
            method, path, json=json, headers={"Authorization": f"Bearer {self.token}", **named}
        )

    def elsewhere(self) -> "Person":
        """The same person on a connection of its own, for what they do while another request runs."""
        assert isinstance(self.client, TestClient)
        return replace(self, client=TestClient(self.client.app))

    def get(self, path: str, **headers: str) -> Response:
        return self.request("GET", path, **headers)

    def post(self, path: str, json: Any = None, **headers: str) -> Response:
        return self.request("POST", path, json=json, **headers)

    def patch(self, path: str, json: Any = None, **headers: str) -> Response:
        return self.request("PATCH", path, json=json, **headers)

    def delete(self, path: str, **headers: str) -> Response:
        return self.request("DELETE", path, **headers)

    # What most tests need first

    def make_profile(self, name: str = "Somebody") -> "Person":
        response = self.post("/api/v1/users", {"email": self.email, "name": name})
        assert response.status_code == 201, response.text
        return self

    def make_space(self, name: str = "Morning runners", **fields: Any) -> dict[str, Any]:
        response = self.post("/api/v1/spaces", {"name": name, **fields})
        assert response.status_code == 201, response.text
        space: dict[str, Any] = response.json()
        return space

    def make_code(self, space_id: str) -> str:
        response = self.post(f"/api/v1/spaces/{space_id}/invite-code")
        assert response.status_code == 201, response.text
        code: str = response.json()["code"]
        return code

    def join(self, code: str) -> Response:
        return self.post("/api/v1/spaces/join", {"code": code})

    def make_organization(self, name: str = "Analytical Engines") -> dict[str, Any]:
        response = self.post("/api/v1/organizations", {"name": name})
        assert response.status_code == 201, response.text
        organization: dict[str, Any] = response.json()
        return organization

    def accept(self, invitation: dict[str, Any]) -> Response:
        return self.post(f"/api/v1/invitations/{invitation['invitation_id']}/accept")


@dataclass
class Api:
    """The app over HTTP. `user()` signs in, `person()` has a profile too."""

    client: TestClient
    signing_key: SigningKey
    clock: FrozenClock
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def user(self, email: str | None = None, **claims: Any) -> Person:
        number = next(self._numbers)
        user_id = str(uuid.UUID(int=number))
        email = email or f"person{number}@example.com"
        return Person(self.client, user_id, email, self.signing_key.token(user_id, email, **claims))

    def person(self, name: str = "Somebody") -> Person:
        return self.user().make_profile(name)

    def member_of(self, space: dict[str, Any], owner: Person, role: str) -> Person:
        """A new person who is in the space with this role (not owner)."""
        person = self.person()
        assert person.join(owner.make_code(space["space_id"])).status_code == 200
        if role != "member":
            path = f"/api/v1/spaces/{space['space_id']}/members/{person.user_id}"
            assert owner.patch(path, {"role": role}).status_code == 200
        return person

    def user_of(self, organization: dict[str, Any], admin: Person, role: str = "member") -> Person:
        """A new person who is in the organization with this role."""
        person = self.person()
        path = f"/api/v1/organizations/{organization['org_id']}/invitations"
        invitation = admin.post(path, {"email": person.email, "role": role}).json()
        assert person.accept(invitation).status_code == 200
        return person
