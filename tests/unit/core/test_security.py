import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jwt

from app.core import security
from app.core.errors import ServiceUnavailable, Unauthorized
from app.core.security import Identity, TokenKeys, TokenVerifier
from tests.factories import SigningKey
from tests.unit.core.key_server_helpers import KeyServer, serving

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_test"
CLIENT = "test-client"
UNKNOWN = "no-such-key"


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey(issuer=ISSUER, audience=CLIENT)


@pytest.fixture(scope="module")
def new_key() -> SigningKey:
    """What the pool signs with after a rotation."""
    return SigningKey(issuer=ISSUER, audience=CLIENT, kid="new-key")


@pytest.fixture
def pool(key: SigningKey) -> Iterator[KeyServer]:
    with serving(KeyServer(key)) as server:
        yield server


class Watch:
    """Seconds, as they are made to pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keys(pool: KeyServer, watch: Watch) -> TokenKeys:
    return TokenKeys(pool.url, monotonic=watch)


@pytest.fixture
def verifier(keys: TokenKeys) -> TokenVerifier:
    return TokenVerifier(keys=keys, issuer=ISSUER, audience=CLIENT)


class TestGetKey:
    def test_get_key_finds_it_by_its_name(self, keys: TokenKeys, key: SigningKey) -> None:
        found = keys.get(key.kid)
        assert found is not None
        assert found.to_dict()["n"] == json.loads(key.jwks())["keys"][0]["n"]

    def test_get_key_asks_nobody_before_it_must(self, keys: TokenKeys, pool: KeyServer) -> None:
        assert pool.asked == 0

    def test_get_key_asks_once_for_all_tokens(self, keys: TokenKeys, pool: KeyServer, watch: Watch) -> None:
        for _ in range(5):
            assert keys.get("test-key")
            watch.now += 100_000
        assert pool.asked == 1

    def test_get_key_finds_a_new_key_after_a_rotation(
        self, keys: TokenKeys, pool: KeyServer, watch: Watch, new_key: SigningKey
    ) -> None:
        keys.get("test-key")
        pool.publish(new_key)
        watch.now += 300
        assert keys.get("new-key")
        assert keys.get("test-key") is None

    def test_get_key_asks_for_unknown_keys_once_in_five_minutes(
        self, keys: TokenKeys, pool: KeyServer, watch: Watch
    ) -> None:
        for _ in range(5):
            assert keys.get(UNKNOWN) is None
        assert pool.asked == 1
        watch.now += 299.9
        assert keys.get(UNKNOWN) is None
        assert pool.asked == 1
        watch.now += 0.1
        assert keys.get(UNKNOWN) is None
        assert pool.asked == 2


BROKEN = [
    (500, b"{}"),
    (404, b""),
    (302, b""),
    (200, b""),
    (200, b"<html>Bad gateway</html>"),
    (200, b"\xff\xfe"),
    (200, b"[]"),
    (200, b"{}"),
    (200, b'{"keys": null}'),
    (200, b'{"keys": ["key"]}'),
    (200, b'{"keys": [{"kid": "test-key"}]}'),
    (200, b'{"keys": [{"kid": "test-key", "kty": "RSA", "alg": "RS256", "n": "AQAB"}]}'),
    (200, b'{"keys": [{"kid": "test-key", "kty": "RSA", "alg": "RS256", "n": 5, "e": "AQAB"}]}'),
    (200, b'{"keys": [{"kid": "test-key", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}'),
]


class TestGetKeyFromBrokenPool:
    @pytest.mark.parametrize(("status", "body"), BROKEN)
    def test_get_key_from_broken_pool_says_that_the_service_is_away(
        self, keys: TokenKeys, pool: KeyServer, status: int, body: bytes
    ) -> None:
        pool.status, pool.body = status, body
        with pytest.raises(ServiceUnavailable) as raised:
            keys.get("test-key")
        assert raised.value.retry_after_s

    def test_get_key_from_broken_pool_says_that_the_service_is_away_where_nobody_answers(self) -> None:
        with serving(KeyServer()) as gone:
            pass
        with pytest.raises(ServiceUnavailable):
            TokenKeys(gone.url).get("test-key")

    def test_get_key_from_broken_pool_waits_two_seconds_and_no_longer(self, pool: KeyServer) -> None:
        assert security.KEYS_TIMEOUT_S == 2
        pool.hangs = True
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            TokenKeys(pool.url).get("test-key")
        assert 1.9 < time.monotonic() - began < 3.5

    def test_get_key_from_broken_pool_asks_again_at_the_next_token(
        self, keys: TokenKeys, pool: KeyServer
    ) -> None:
        pool.status = 500
        with pytest.raises(ServiceUnavailable):
            keys.get("test-key")
        pool.status = 200
        assert keys.get("test-key")

    def test_get_key_from_broken_pool_goes_on_with_the_keys_it_has(
        self, keys: TokenKeys, pool: KeyServer, watch: Watch
    ) -> None:
        keys.get("test-key")
        pool.status = 500
        watch.now += 300
        with pytest.raises(ServiceUnavailable):
            keys.get(UNKNOWN)
        assert keys.get("test-key")


class TestIdentify:
    def test_identify_says_who_it_is(self, verifier: TokenVerifier, key: SigningKey) -> None:
        identity = verifier.identify(key.token("user-1", "ada@example.com"))
        assert identity == Identity(user_id="user-1", email="ada@example.com")

    def test_identify_gives_the_email_as_profiles_have_it(
        self, verifier: TokenVerifier, key: SigningKey
    ) -> None:
        assert verifier.identify(key.token("user-1", " Ada@Example.COM")).email == "ada@example.com"

    @pytest.mark.parametrize("email", ["mar\u212a@example.com", "ada#1@example.com", "a<b@example.com>", ""])
    def test_identify_gives_no_email_that_is_no_address(
        self, verifier: TokenVerifier, key: SigningKey, email: str
    ) -> None:
        assert verifier.identify(key.token("user-1", email)).email is None

    @pytest.mark.parametrize("verified", [True, "true"])
    def test_identify_gives_an_email_that_cognito_verified(
        self, verifier: TokenVerifier, key: SigningKey, verified: object
    ) -> None:
        token = key.token("user-1", "ada@example.com", email_verified=verified)
        assert verifier.identify(token).email == "ada@example.com"

    @pytest.mark.parametrize("verified", [False, "false", "True", None, 0, "", [True], {}])
    def test_identify_gives_no_email_that_nobody_verified(
        self, verifier: TokenVerifier, key: SigningKey, verified: object
    ) -> None:
        token = key.token("user-1", "ada@example.com", email_verified=verified)
        assert verifier.identify(token).email is None

    def test_identify_gives_no_email_if_the_token_has_none(
        self, verifier: TokenVerifier, key: SigningKey
    ) -> None:
        claims = jwt.get_unverified_claims(key.token("user-1", "ada@example.com"))
        del claims["email"]
        token = jwt.encode(claims, key.pem, algorithm="RS256", headers={"kid": key.kid})
        assert verifier.identify(token) == Identity(user_id="user-1", email=None)

    @pytest.mark.parametrize(
        "claims",
        [
            {"token_use": "access"},
            {"token_use": None},
            {"token_use": ["id"]},
            {"aud": "another-client"},
            {"aud": None},
            {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_other"},
            {"iss": None},
            {"exp": 1},
            {"exp": int(time.time()) - 1},
            {"exp": None},
            {"exp": "soon"},
            {"iat": None},
            {"nbf": int(time.time()) + 86_400},
            {"sub": None},
            {"sub": 7},
        ],
        # Not by the values: some are of the moment, and every worker must name a test alike.
        ids=" ".join,
    )
    def test_identify_rejects_a_token_that_claims_something_else(
        self, verifier: TokenVerifier, key: SigningKey, claims: dict[str, Any]
    ) -> None:
        with pytest.raises(Unauthorized):
            verifier.identify(key.token("user-1", "ada@example.com", **claims))

    def test_identify_does_not_need_the_access_token_that_a_hash_belongs_to(
        self, verifier: TokenVerifier, key: SigningKey
    ) -> None:
        assert verifier.identify(key.token("user-1", "ada@example.com", at_hash="abc")).user_id == "user-1"

    def test_identify_rejects_a_key_that_the_pool_does_not_have(
        self, verifier: TokenVerifier, new_key: SigningKey
    ) -> None:
        with pytest.raises(Unauthorized, match="unknown key"):
            verifier.identify(new_key.token("user-1", "ada@example.com"))

    def test_identify_rejects_another_key_by_the_same_name(self, verifier: TokenVerifier) -> None:
        forger = SigningKey(issuer=ISSUER, audience=CLIENT)
        with pytest.raises(Unauthorized):
            verifier.identify(forger.token("user-1", "ada@example.com"))

    @pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
    def test_identify_rejects_another_algorithm_of_the_same_key(
        self, verifier: TokenVerifier, key: SigningKey, algorithm: str
    ) -> None:
        claims = jwt.get_unverified_claims(key.token("user-1", "ada@example.com"))
        with pytest.raises(Unauthorized):
            verifier.identify(jwt.encode(claims, key.pem, algorithm=algorithm, headers={"kid": key.kid}))

    @pytest.mark.parametrize("secret", ["", "secret", "the public key"])
    def test_identify_rejects_a_token_signed_by_a_shared_secret(
        self, verifier: TokenVerifier, keys: TokenKeys, key: SigningKey, secret: str
    ) -> None:
        if secret == "the public key":
            public = keys.get(key.kid)
            assert public is not None
            secret = json.dumps({name: str(value) for name, value in public.to_dict().items()})
        claims = jwt.get_unverified_claims(key.token("user-1", "ada@example.com"))
        with pytest.raises(Unauthorized):
            verifier.identify(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key.kid}))

    def test_identify_rejects_a_token_without_a_signature(
        self, verifier: TokenVerifier, key: SigningKey
    ) -> None:
        _, claims, _ = key.token("user-1", "ada@example.com").split(".")
        header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.kid}).encode()).decode()
        for signature in ("", "AAAA"):
            with pytest.raises(Unauthorized):
                verifier.identify(f"{header.rstrip('=')}.{claims}.{signature}")

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda header, claims, signature: f"{header}.{claims}",
            lambda header, claims, signature: f"{header}.{claims}.{signature}.{signature}",
            lambda header, claims, signature: f"{header}.{claims[:-4]}.{signature}",
            lambda header, claims, signature: f"{header}..{signature}",
            lambda header, claims, signature: f"{header}.{claims}.{signature[:-4]}",
            lambda header, claims, signature: f".{claims}.{signature}",
            lambda header, claims, signature: f"W10.{claims}.{signature}",
            lambda header, claims, signature: f"{'W1tb' * 3000}.{claims}.{signature}",
        ],
        ids=[
            "two parts",
            "four parts",
            "claims cut",
            "no claims",
            "signature cut",
            "no header",
            "list",
            "nested",
        ],
    )
    def test_identify_rejects_a_spoilt_token(
        self, verifier: TokenVerifier, key: SigningKey, spoil: Callable[[str, str, str], str]
    ) -> None:
        header, claims, signature = key.token("user-1", "ada@example.com").split(".")
        with pytest.raises(Unauthorized):
            verifier.identify(spoil(header, claims, signature))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(token=st.text() | st.text("abcdefABCDEF012.-_="))
    def test_identify_rejects_any_text(self, verifier: TokenVerifier, token: str) -> None:
        with pytest.raises(Unauthorized):
            verifier.identify(token)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(data=st.data())
    def test_identify_rejects_a_token_with_any_other_claims(
        self, verifier: TokenVerifier, key: SigningKey, data: st.DataObject
    ) -> None:
        header, claims, signature = key.token("user-1", "ada@example.com").split(".")
        content = bytearray(base64.urlsafe_b64decode(claims + "=="))
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        forged = base64.urlsafe_b64encode(content).decode().rstrip("=")
        with pytest.raises(Unauthorized):
            verifier.identify(f"{header}.{forged}.{signature}")

    def test_identify_says_that_the_service_is_away_if_the_keys_are(
        self, verifier: TokenVerifier, key: SigningKey, pool: KeyServer
    ) -> None:
        pool.status = 500
        with pytest.raises(ServiceUnavailable):
            verifier.identify(key.token("user-1", "ada@example.com"))
