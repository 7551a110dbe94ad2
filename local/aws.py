"""Clients of the embedded AWS, and the deployment in it."""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

ACCOUNT = "000000000000"
REGION = "us-east-1"
STACK_NAME = "LifestyleSpaces-local"
_KEYS = ("test", "test")  # the emulator's own administrator


def tool_environment(environ: Mapping[str, str], endpoint_url: str, root: Path) -> dict[str, str]:
    """An environment in which the AWS tools reach the emulator and nothing else.

    Credentials, profiles and settings of real accounts are removed. Proxies are kept, because building
    the layer may need them, but are not used for this machine. The project's own Node and CDK CLI
    come first on the path.
    """
    env = {name: value for name, value in environ.items() if not name.startswith(("AWS_", "CDK_"))}
    no_proxy = ",".join(filter(None, [env.get("NO_PROXY") or env.get("no_proxy"), "127.0.0.1", "localhost"]))
    tools = (Path(sys.executable).parent, root / "node_modules" / ".bin")
    return env | {
        "PATH": os.pathsep.join([*map(str, tools), env.get("PATH", os.defpath)]),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": _KEYS[0],
        "AWS_SECRET_ACCESS_KEY": _KEYS[1],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "1",
    }


class Clients:
    """boto3 clients of the emulator, independent of accounts and proxies in the environment."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        nothing = (None, None, None, None)
        no_file = (None, None, os.devnull, None)
        self._session = boto3.Session(
            *_KEYS,
            region_name=REGION,
            botocore_session=botocore.session.Session(
                {"profile": nothing, "config_file": no_file, "credentials_file": no_file}
            ),
        )
        self._direct = Config(proxies={})

    def client(self, service: str) -> Any:
        """A client of any service."""
        return self._session.client(service, endpoint_url=self.endpoint_url, config=self._direct)  # type: ignore[call-overload]  # by a name that is not literal

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """The stacks."""
        return self._session.client("cloudformation", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        """The user pools."""
        return self._session.client("cognito-idp", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The tables."""
        return self._session.client("dynamodb", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def functions(self) -> "LambdaClient":
        """The functions."""
        return self._session.client("lambda", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def iam(self) -> "IAMClient":
        """The roles and their policies."""
        return self._session.client("iam", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """The logs."""
        return self._session.client("logs", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def ses(self) -> "SESV2Client":
        """Mail."""
        return self._session.client("sesv2", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def sqs(self) -> "SQSClient":
        """The queues."""
        return self._session.client("sqs", endpoint_url=self.endpoint_url, config=self._direct)

    @cached_property
    def ssm(self) -> "SSMClient":
        """The parameters."""
        return self._session.client("ssm", endpoint_url=self.endpoint_url, config=self._direct)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The content of `.local/env.json`: what a client of the local stack needs."""

    api_url: str
    endpoint_url: str
    region: str
    user_pool_id: str
    user_pool_client_id: str
    table_name: str
    function_name: str

    @classmethod
    def of(cls, outputs: Mapping[str, str], endpoint_url: str) -> "Deployment":
        """From the stack's outputs, with the API's URL rewritten to the emulator's.

        Raises:
            ValueError: the output `ApiUrl` is not the address of a stage of a REST API.
        """
        address = re.match(r"https://([^.]+)\.execute-api\.[^/]+/([^/]+)", outputs["ApiUrl"])
        if not address:
            raise ValueError(f"the stack's output ApiUrl is not a stage's address: {outputs['ApiUrl']}")
        api_id, stage = address.groups()
        return cls(
            api_url=f"{endpoint_url}/restapis/{api_id}/{stage}/_user_request_",
            endpoint_url=endpoint_url,
            region=REGION,
            user_pool_id=outputs["UserPoolId"],
            user_pool_client_id=outputs["UserPoolClientId"],
            table_name=outputs["TableName"],
            function_name=outputs["FunctionName"],
        )

    @classmethod
    def read(cls, path: Path) -> "Deployment":
        """From the file that `write` wrote.

        Raises:
            FileNotFoundError: nothing is deployed.
        """
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        """Write it as JSON for other programs."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
