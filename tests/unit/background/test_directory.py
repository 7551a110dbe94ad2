"""The Cognito user pool, played by moto."""

from collections.abc import Callable
from typing import Any

import pytest

from app.background.directory import Directory


@pytest.fixture
def cognito(aws: None, shared_client: Callable[[Any], Any]) -> Any:
    return shared_client("cognito-idp")


@pytest.fixture
def pool_id(cognito: Any) -> str:
    pool: str = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    return pool


class TestDeleteUser:
    def test_delete_user_deletes_the_user_of_that_sub(self, cognito: Any, pool_id: str) -> None:
        for email in ("ada@example.com", "ben@example.com"):
            cognito.admin_create_user(UserPoolId=pool_id, Username=email)
        ada, ben = sorted(
            cognito.list_users(UserPoolId=pool_id)["Users"], key=lambda user: str(user["Attributes"])
        )
        (sub,) = (item["Value"] for item in ada["Attributes"] if item["Name"] == "sub")

        Directory(lambda: cognito, pool_id).delete_user(sub)

        left = cognito.list_users(UserPoolId=pool_id)["Users"]
        assert [user["Username"] for user in left] == [ben["Username"]]

    def test_delete_user_accepts_a_missing_user(self, cognito: Any, pool_id: str) -> None:
        Directory(lambda: cognito, pool_id).delete_user("00000000-0000-0000-0000-000000000001")

    def test_delete_user_fails_if_the_pool_cannot_be_asked(self, cognito: Any) -> None:
        with pytest.raises(cognito.exceptions.ResourceNotFoundException):
            Directory(lambda: cognito, "eu-central-1_other").delete_user("x")
