"""The Cognito user pool."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core import email

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@dataclass(frozen=True)
class PoolUser:
    """Somebody in the pool. `email` is normalized as that of a token, and None unless it is verified."""

    email: str | None


class Directory:
    """Whoever can sign in. `client` makes the AWS client, once somebody asks."""

    def __init__(self, client: "Callable[[], CognitoIdentityProviderClient]", user_pool_id: str) -> None:
        self._client = client
        self._user_pool_id = user_pool_id

    def find_user(self, user_id: str) -> PoolUser | None:
        """The user of this `sub`; None if the pool has none."""
        client = self._client()
        try:
            answer = client.admin_get_user(UserPoolId=self._user_pool_id, Username=user_id)
        except client.exceptions.UserNotFoundException:
            return None
        attributes = {attribute["Name"]: attribute.get("Value", "") for attribute in answer["UserAttributes"]}
        verified = attributes.get("email_verified") == "true"
        return PoolUser(email.normalize(attributes.get("email", "")) if verified else None)

    def delete_user(self, user_id: str) -> None:
        """Take away the user's sign-in; one who is gone already is no error."""
        client = self._client()
        try:
            # The pool knows its own users by their `sub` too.
            client.admin_delete_user(UserPoolId=self._user_pool_id, Username=user_id)
        except client.exceptions.UserNotFoundException:
            return
