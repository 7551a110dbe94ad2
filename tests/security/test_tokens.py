"""Tokens over HTTP: who is let in, who is not, and that nothing is read for who is not."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.security import TokenKeys, TokenVerifier
from app.main import Backend, create_app
from tests.assertions import assert_problem
from tests.conftest import SETTINGS
from tests.factories import Api, SigningKey
from tests.unit.core.key_server_helpers import KeyServer, serving

ME, USER_ID, EMAIL = "/api/v1/users/me", "00000000-0000-0000-0000-000000000001", "ada@example.com"


def part(value: Any) -> str:
    """One of a token's three parts."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def hs256(key: SigningKey) -> str:
    """Signed with the pool's public key as a secret that everybody knows."""
    body = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(claims_of(key.token(USER_ID, EMAIL)))}"
    return f"{body}.{part(hmac.digest(key.public_pem, body.encode(), 'sha256'))}"


def unsigned(key: SigningKey, **header: Any) -> str:
    return f"{part({'kid': key.kid, **header})}.{part(claims_of(key.token(USER_ID, EMAIL)))}."


def tampered(key: SigningKey) -> str:
    header, _, signature = key.token(USER_ID, EMAIL).split(".")
    return f"{header}.{part(claims_of(key.token('someone else', EMAIL)))}.{signature}"


def of_another_key(key: SigningKey, kid: str) -> str:
    return SigningKey(issuer=key.issuer, audience=key.audience, kid=kid).token(USER_ID, EMAIL)


NOW = int(time.time())
CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 1},
    "expired long ago": {"exp": 0},
    "not valid yet": {"nbf": NOW + 86_400},
    "of another pool": {"iss": f"{SETTINGS.token_issuer}x"},
    "of another region": {"iss": SETTINGS.token_issuer.replace("central", "west")},
    "of an issuer by another name": {"iss": SETTINGS.user_pool_id},
    "for another client": {"aud": "another-client"},
    "for nobody": {"aud": ""},
    "an access token": {"token_use": "access"},
    "an access token as Cognito makes it": {"token_use": "access", "aud": None, "client_id": "test-client"},
    "of no kind": {"token_use": None},
    "without end": {"exp": None},
    "without beginning": {"iat": None},
    "without issuer": {"iss": None},
    "without audience": {"aud": None},
    "without subject": {"sub": None},
    "with a subject that is no text": {"sub": 7},
    "with an end that is no number": {"exp": "tomorrow"},
}
FORGED: dict[str, Callable[[SigningKey], str]] = {
    "signed with the public key": hs256,
    "unsigned, which it says": lambda key: unsigned(key, alg="none"),
    "unsigned, in capitals": lambda key: unsigned(key, alg="NONE"),
    "unsigned, and it does not say": lambda key: unsigned(key, alg="RS256"),
    "without algorithm": unsigned,
    "tampered with": tampered,
    "of a key by the same name": lambda key: of_another_key(key, key.kid),
    "of an unknown key": lambda key: of_another_key(key, "unknown"),
    "with a key of its own": lambda key: unsigned(key, alg="RS256", jwk=json.loads(key.jwks())["keys"][0]),
    "cut short": lambda key: key.token(USER_ID, EMAIL)[:-5],
    "of two parts": lambda key: key.token(USER_ID, EMAIL).rpartition(".")[0],
    "of four parts": lambda key: key.token(USER_ID, EMAIL) + ".x",
}
NONSENSE = {
    "empty parts": "..",
    "no token": "token",
    "not base64": "!.!.!",
    "not JSON": f"{part(b'x')}.{part(b'x')}.{part(b'x')}",
    "not UTF-8": part(bytes([0xFF, 0xFE])) + ".e30.e30",
    "no object": f"{part([])}.e30.e30",
    "endless": "a" * 100_000,
    "nested": f"{part(b'[' * 50_000)}.e30.e30",
    "a list as key": f"{part({'alg': 'RS256', 'kid': ['test-key']})}.e30.e30",
}


def assert_shut_out(api: Api, calls: list[str], header: str | None) -> None:
    """Whoever sends this is nobody, and nothing is looked up for them."""
    headers = {} if header is None else {"Authorization": header, "Origin": SETTINGS.cors_origin}
    calls.clear()

    response = api.client.get(ME, headers=headers)

    assert_problem(response, 401, "unauthorized")
    assert calls == []


class TestRejectedToken:
    @pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
    def test_rejected_token_for_what_it_claims(
        self, api: Api, calls: list[str], claims: dict[str, Any]
    ) -> None:
        assert_shut_out(api, calls, f"Bearer {api.signing_key.token(USER_ID, EMAIL, **claims)}")

    @pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
    def test_rejected_token_as_forged(
        self, api: Api, calls: list[str], forge: Callable[[SigningKey], str]
    ) -> None:
        assert_shut_out(api, calls, f"Bearer {forge(api.signing_key)}")

    @pytest.mark.parametrize("token", NONSENSE.values(), ids=NONSENSE)
    def test_malformed_token_is_rejected(self, api: Api, calls: list[str], token: str) -> None:
        assert_shut_out(api, calls, f"Bearer {token}")

    @pytest.mark.parametrize(
        "header", [None, "", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Token {}", "{}"]
    )
    def test_rejected_token_as_no_bearer_token(self, api: Api, calls: list[str], header: str | None) -> None:
        token = api.signing_key.token(USER_ID, EMAIL)

        assert_shut_out(api, calls, header and header.format(token))

    def test_rejected_token_if_it_stands_in_the_wrong_place(self, api: Api) -> None:
        token = api.signing_key.token(USER_ID, EMAIL)

        in_query = api.client.get(ME, params={"access_token": token})
        in_cookie = api.client.get(ME, headers={"Cookie": f"Authorization={token}"})

        assert_problem(in_query, 401, "unauthorized")
        assert_problem(in_cookie, 401, "unauthorized")

    def test_gateway_claims_without_token_are_rejected(self, api: Api) -> None:
        headers = {"X-Amzn-Oidc-Identity": USER_ID, "X-User-Id": USER_ID}

        assert_problem(api.client.get(ME, headers=headers), 401, "unauthorized")


class TestAcceptedToken:
    def test_accepted_token_is_a_token_of_the_pool_for_the_client(self, api: Api) -> None:
        ada = api.person()

        assert ada.get(ME).json()["user_id"] == ada.user_id

    @pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
    def test_accepted_token_however_the_scheme_is_written(self, api: Api, scheme: str) -> None:
        ada = api.person()

        response = api.client.get(ME, headers={"Authorization": f"{scheme} {ada.token}"})

        assert response.status_code == 200

    def test_accepted_token_with_an_email_that_has_changed_since(self, api: Api) -> None:
        ada = api.person()
        ada.token = api.signing_key.token(ada.user_id, "new@example.com")

        assert ada.get(ME).json()["email"] == "new@example.com"

    @pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": None}, {"email_verified": None}])
    def test_accepted_token_without_a_verified_email_for_all_but_an_email(
        self, api: Api, claims: dict[str, Any]
    ) -> None:
        ada = api.person()
        ada.token = api.signing_key.token(ada.user_id, **{"email": "new@example.com", **claims})

        assert ada.get(ME).status_code == 200
        assert ada.patch(ME, {"name": "Ada King"}).status_code == 200
        assert_problem(ada.patch(ME, {"email": "new@example.com"}), 403, "email_not_verified")

    def test_accepted_token_with_an_email_that_no_key_can_hold_for_all_but_an_email(self, api: Api) -> None:
        ada = api.person()
        ada.token = api.signing_key.token(ada.user_id, "ada#1@example.com")

        assert ada.get(f"{ME}/invitations").json()["items"] == []
        assert ada.get(f"{ME}/export").status_code == 200


class TestRotation:
    @pytest.fixture
    def pool(self, signing_key: SigningKey) -> Iterator[KeyServer]:
        with serving(KeyServer(signing_key)) as server:
            yield server

    @pytest.fixture
    def seconds(self) -> list[float]:
        """What a monotonic clock shows."""
        return [0.0]

    @pytest.fixture
    def api(
        self, backend: Backend, signing_key: SigningKey, pool: KeyServer, seconds: list[float], clock: Any
    ) -> Iterator[Api]:
        """The app with the keys of a pool of its own."""
        keys = TokenKeys(pool.url, monotonic=lambda: seconds[0])
        tokens = TokenVerifier(keys=keys, issuer=SETTINGS.token_issuer, audience=SETTINGS.user_pool_client_id)
        with TestClient(create_app(replace(backend, tokens=tokens))) as client:
            yield Api(client, signing_key, clock)

    def test_rotation_is_noticed_once_in_five_minutes(
        self, api: Api, pool: KeyServer, seconds: list[float]
    ) -> None:
        ada = api.person()
        new = SigningKey(issuer=SETTINGS.token_issuer, audience=SETTINGS.user_pool_client_id, kid="new")
        pool.publish(api.signing_key, new)
        ada.token, old = new.token(ada.user_id, ada.email), ada.token

        seconds[0] = 299
        assert_problem(ada.get(ME), 401, "unauthorized")
        assert pool.asked == 1

        seconds[0] = 300
        assert ada.get(ME).status_code == 200
        assert pool.asked == 2

        ada.token = old
        assert ada.get(ME).status_code == 200
        assert pool.asked == 2

    def test_rotation_with_made_up_key_ids_asks_the_pool_once(self, api: Api, pool: KeyServer) -> None:
        ada = api.person()
        ada.token = of_another_key(api.signing_key, "feigned")

        for _ in range(5):
            assert_problem(ada.get(ME), 401, "unauthorized")

        assert pool.asked == 1

    def test_unreadable_keys_return_503(self, api: Api, pool: KeyServer) -> None:
        pool.status = 500

        response = api.user().get(ME)

        assert_problem(response, 503, "service_unavailable")
        assert response.headers["Retry-After"] == "1"
