"""The temporary users of `make acceptance`."""

import base64
import contextlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from stacks.settings import Settings

ClientOf = Callable[[str], Any]


@dataclass(frozen=True)
class User:
    """A signed-in user."""

    name: str
    email: str
    id_token: str
    access_token: str

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the ID token."""
        payload = self.id_token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims


@dataclass
class Environment:
    """The deployment under test, its clients, and what earlier checks have created."""

    settings: Settings
    outputs: Mapping[str, str]
    client: ClientOf
    http: httpx2.Client
    on_emulator: bool
    users: list[User] = field(default_factory=list)
    space: str = ""

    def call(self, user: User, method: str, path: str, **request: Any) -> httpx2.Response:
        """Send a request as a user."""
        headers = {"Authorization": f"Bearer {user.id_token}", **request.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **request)


def make_user(environment: Environment, name: str) -> User:
    """Create and sign in a user with a verified address that gets no mail."""
    pool = environment.client("cognito-idp")
    email = f"success+{secrets.token_hex(6)}@simulator.amazonses.com"
    password = f"Aa1!{secrets.token_urlsafe(18)}"
    pool_id = environment.outputs["UserPoolId"]
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    pool.admin_create_user(
        UserPoolId=pool_id, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS"
    )
    pool.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=password, Permanent=True)
    tokens = pool.initiate_auth(
        ClientId=environment.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )["AuthenticationResult"]
    return User(name, email, tokens["IdToken"], tokens["AccessToken"])


def remove_user(environment: Environment, user: User) -> None:
    """Delete what a failed run has left: the space, the account, then the Cognito user."""
    pool = environment.client("cognito-idp")
    with contextlib.suppress(httpx2.HTTPError):
        if environment.space:
            environment.call(user, "DELETE", environment.space)
        environment.call(user, "DELETE", "/api/v1/users/me")
    with contextlib.suppress(pool.exceptions.UserNotFoundException):
        pool.admin_delete_user(UserPoolId=environment.outputs["UserPoolId"], Username=user.email)
