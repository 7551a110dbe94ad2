"""ID tokens by Amazon Cognito, kept fresh with the refresh token."""

import base64
import json
import threading
import time
from typing import Any

import httpx

_MARGIN = 60


class SignInError(Exception):
    """Cognito refused. `code` is its exception, such as `NotAuthorizedException`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class CognitoTokens:
    """A token source for `connect`. It may be shared between threads.

    Args:
        client_id: The stack's output `UserPoolClientId`.
        endpoint: Where Cognito answers: `https://cognito-idp.<region>.amazonaws.com/`.
        refresh_token: That of an earlier sign-in; without it, call `sign_in`.
        httpx_args: For the `httpx.post` that calls Cognito.
    """

    def __init__(
        self, *, client_id: str, endpoint: str, refresh_token: str | None = None, **httpx_args: Any
    ) -> None:
        self._client_id = client_id
        self._endpoint = endpoint
        self._httpx_args = httpx_args
        self._lock = threading.Lock()
        self._id_token: str | None = None
        self.refresh_token = refresh_token

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by `USER_PASSWORD_AUTH`, which only some environments allow; others need SRP.

        Raises:
            SignInError: Cognito refused.
        """
        with self._lock:
            self._authenticate("USER_PASSWORD_AUTH", USERNAME=email, PASSWORD=password)

    def __call__(self, *, fresh: bool = False) -> str:
        """Return the ID token, renewed if it expires within a minute or is `fresh`.

        Raises:
            SignInError: nobody is signed in, or Cognito refused the refresh token.
        """
        with self._lock:
            if self._id_token is None or fresh or _expiry(self._id_token) - time.time() < _MARGIN:
                if self.refresh_token is None:
                    raise SignInError("NotSignedIn", "call sign_in first")
                return self._authenticate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self.refresh_token)
            return self._id_token

    def _authenticate(self, flow: str, **parameters: str) -> str:
        response = httpx.post(
            self._endpoint,
            json={"ClientId": self._client_id, "AuthFlow": flow, "AuthParameters": parameters},
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            },
            **self._httpx_args,
        )
        body: dict[str, Any] = response.json()
        if response.is_error:
            raise SignInError(body.get("__type", "Unknown").rpartition("#")[2], body.get("message", ""))
        if "AuthenticationResult" not in body:
            raise SignInError(body["ChallengeName"], "this sign-in needs another step")
        tokens: dict[str, str] = body["AuthenticationResult"]
        self.refresh_token = tokens.get("RefreshToken", self.refresh_token)
        self._id_token = tokens["IdToken"]
        return self._id_token


def _expiry(token: str) -> float:
    """Seconds since the epoch at which a token expires. The API verifies the token, not this client."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return float(claims["exp"])
