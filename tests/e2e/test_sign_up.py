"""Signing up as the front end does it: no administrator confirms anybody here."""

import re

import httpx2
import pytest
from jose import jwt

from local.aws import Clients, Deployment
from tests.e2e.conftest import PASSWORD
from tests.factories import Person

EMAIL = "newcomer@example.com"


def code_in_the_mail(deployment: Deployment) -> str:
    """The emulator keeps every mail it would have sent."""
    mails = httpx2.get(f"{deployment.endpoint_url}/_ministack/ses/messages", timeout=30, trust_env=False)
    (sent,) = mails.json()["messages"].values()  # one account's
    (text,) = (mail["BodyText"] for mail in sent if mail["To"] == [EMAIL])
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found[0]


class TestSignUp:
    def test_sign_up_takes_the_code_in_the_mail_and_leads_to_a_profile(
        self, api: httpx2.Client, embedded_aws: Clients, deployment: Deployment
    ) -> None:
        pool, client_id = embedded_aws.cognito, deployment.user_pool_client_id
        credentials = {"USERNAME": EMAIL, "PASSWORD": PASSWORD}

        pool.sign_up(
            ClientId=client_id,
            Username=EMAIL,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": EMAIL}],
        )
        mailed = code_in_the_mail(deployment)
        wrong = f"{(int(mailed) + 1) % 1_000_000:06}"
        with pytest.raises(pool.exceptions.CodeMismatchException):
            pool.confirm_sign_up(ClientId=client_id, Username=EMAIL, ConfirmationCode=wrong)
        with pytest.raises(pool.exceptions.UserNotConfirmedException):
            pool.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
        pool.confirm_sign_up(ClientId=client_id, Username=EMAIL, ConfirmationCode=mailed)
        signed_in = pool.initiate_auth(
            ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials
        )

        token = signed_in["AuthenticationResult"]["IdToken"]
        newcomer = Person(api, jwt.get_unverified_claims(token)["sub"], EMAIL, token).make_profile("New")
        assert newcomer.get("/api/v1/users/me").json()["email"] == EMAIL
