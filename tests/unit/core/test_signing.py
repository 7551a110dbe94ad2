"""The signature against AWS's published example and against botocore's signer."""

from datetime import UTC, datetime
from unittest import mock

import hypothesis.strategies as st
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given

from app.core.credentials import Credentials
from app.core.signing import sign

AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
ascii_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


class TestSign:
    def test_sign_matches_example_of_aws(self) -> None:
        """`post-vanilla` of the Signature Version 4 test suite."""
        signed = sign(
            {"host": "example.amazonaws.com"},
            b"",
            credentials=Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None),
            region="us-east-1",
            service="service",
            at=AT.timestamp(),
        )
        assert signed == {
            "host": "example.amazonaws.com",
            "x-amz-date": "20150830T123600Z",
            "authorization": (
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                "SignedHeaders=host;x-amz-date, "
                "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
            ),
        }

    @given(
        body=st.binary(min_size=1, max_size=2_000),
        credentials=st.builds(Credentials, ascii_text, ascii_text, st.none() | ascii_text),
        region=st.sampled_from(["eu-central-1", "us-east-1"]),
        at=st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 - hypothesis takes no zone
    )
    def test_sign_matches_botocore(
        self, body: bytes, credentials: Credentials, region: str, at: datetime
    ) -> None:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": f"dynamodb.{region}.amazonaws.com",
            "x-amz-target": "DynamoDB_20120810.GetItem",
        }
        request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
        with mock.patch("botocore.auth.get_current_datetime", return_value=at):
            SigV4Auth(BotocoreCredentials(*credentials), "dynamodb", region).add_auth(request)

        signed = sign(
            headers,
            body,
            credentials=credentials,
            region=region,
            service="dynamodb",
            at=at.replace(tzinfo=UTC).timestamp(),
        )

        assert signed == {name.lower(): value for name, value in request.headers.items()}
