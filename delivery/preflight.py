"""`make preflight ENV=...`: check an AWS account before the first deployment. It only reads.

Each finding is ok, or a problem with the command that fixes it.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from delivery import ROOT
from delivery import account_checks as checks
from delivery.account_checks import Account, Check, Finding
from delivery.stack_outputs import running_emulator
from local.aws import REGION
from stacks.settings import load_settings

_DENIED = ("AccessDenied", "UnauthorizedOperation", "NotAuthorized")
CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        checks.credentials,
        checks.bootstrap,
        checks.stack_state,
        checks.leftovers,
        checks.mail,
        checks.concurrency,
        checks.log_role,
        checks.linked_roles,
        checks.certificate,
        checks.quotas,
    )
}


def preflight(account: Account, checks: Mapping[str, Check] = CHECKS) -> bool:
    """Print each finding, and return whether all are ok.

    Raises:
        botocore.exceptions.BotoCoreError: there are no credentials, or AWS cannot be reached.
    """
    findings = []
    for name, check in checks.items():
        try:
            found = list(check(account))
        except ClientError as error:
            code, operation = error.response["Error"]["Code"], error.operation_name
            advice = (
                f"ask for the permission of {operation}"
                if code.startswith(_DENIED)
                else f"{operation}: {code}: {error.response['Error']['Message']}"
            )
            found = [Finding(f"{name} could not be checked", advice)]
        for finding in found:
            print(finding, flush=True)
        findings += found
    return all(finding.advice is None for finding in findings)


def main(environment: str) -> None:
    """Check the account signed in to, or the embedded one for `local`."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    settings = load_settings(context["environments"], environment)
    try:
        if environment == "local":
            account = Account(running_emulator().client, settings, REGION)
        else:
            session: Any = boto3.Session()  # clients are created by name
            if not session.region_name:
                sys.exit("error: no region; set AWS_REGION")
            account = Account(session.client, settings, session.region_name)
        ready = preflight(account)
    except BotoCoreError as error:
        sys.exit(f"error: {' '.join(str(error).split())}; sign in first: aws sso login, or AWS_PROFILE")
    if not ready:
        sys.exit(f"error: {environment} cannot be deployed yet (see above)")
    print(f"{environment} can be deployed: make deploy ENV={environment}")


if __name__ == "__main__":
    main(sys.argv[1])
