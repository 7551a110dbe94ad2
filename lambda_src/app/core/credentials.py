"""The function's AWS credentials: environment variables, or under SnapStart the container endpoint.

boto3's chain looks in six more places (files, SSO, instance metadata), none of which Lambda has.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    from botocore.credentials import ContainerProvider, RefreshableCredentials


class Credentials(NamedTuple):
    """An access key; `token` is None unless a role issued it."""

    access_key: str
    secret_key: str
    token: str | None


class CredentialSource:
    """Reads the environment variables at each call, or fetches credentials from the endpoint.

    Fetched credentials are kept, and fetched again 10 to 15 minutes before they expire.
    """

    def __init__(self) -> None:
        # Read at the first call only: a SnapStart snapshot must contain no credentials.
        self._fetched: RefreshableCredentials | None = None
        self._provider = None if "AWS_ACCESS_KEY_ID" in os.environ else _container_provider()

    def get(self) -> Credentials:
        """The credentials to sign with now.

        Raises:
            NoCredentialsError: there are none.
            CredentialRetrievalError: the endpoint does not answer.
        """
        if self._provider is None:
            try:
                return Credentials(
                    os.environ["AWS_ACCESS_KEY_ID"],
                    os.environ["AWS_SECRET_ACCESS_KEY"],
                    os.environ.get("AWS_SESSION_TOKEN"),
                )
            except KeyError as error:
                raise NoCredentialsError from error
        if self._fetched is None:
            self._fetched = self._provider.load()
            if self._fetched is None:
                raise NoCredentialsError
        access_key, secret_key, token, *_ = self._fetched.get_frozen_credentials()
        return Credentials(str(access_key), str(secret_key), token)

    def renew(self) -> bool:
        """Fetch the credentials again; return whether they differ from the last ones."""
        before, self._fetched = self.get(), None
        return self.get() != before


def _container_provider() -> "ContainerProvider":
    # The import is a tenth of a bare handler's cold start: it is made only where it is needed, and then
    # while the function loads.
    from botocore.credentials import ContainerProvider  # noqa: PLC0415

    return ContainerProvider()
