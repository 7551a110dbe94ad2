"""The Cognito user pool."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class Directory:
    """Whoever can sign in. `client` makes the AWS client, once somebody asks."""

    def __init__(self, client: "Callable[[], CognitoIdentityProviderClient]", user_pool_id: str) -> None:
        self._client = client
        self._user_pool_id = user_pool_id

    def delete_user(self, user_id: str) -> None:
        """Take away the user's sign-in; one who is gone already is no error."""
        client = self._client()
        try:
            # The pool knows its own users by their `sub` too.
            client.admin_delete_user(UserPoolId=self._user_pool_id, Username=user_id)
        except client.exceptions.UserNotFoundException:
            return
