"""A user pool with people in it."""

import boto3

from tests.factories import Person


class Pool:
    """A user pool of the fake AWS."""

    def __init__(self) -> None:
        self.client = boto3.client("cognito-idp")
        self.pool_id = self.client.create_user_pool(PoolName="people")["UserPool"]["Id"]

    def add(self, person: Person) -> None:
        self.client.admin_create_user(UserPoolId=self.pool_id, Username=person.user_id)

    def names(self) -> list[str]:
        return [user["Username"] for user in self.client.list_users(UserPoolId=self.pool_id)["Users"]]
