"""Deploys the real stack to the embedded AWS with the real CDK CLI."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local import aws
from local.errors import LocalError
from local.gaps import close_gaps
from local.process import run

if TYPE_CHECKING:
    from local.console import Step

_INPUTS = (
    "app.py",
    "cdk.json",
    "contract/openapi.json",
    "package-lock.json",
    "requirements.txt",
    "stacks",
    "lambda_src",
)
_FINGERPRINT = "/local/fingerprint"
_QUIET = ("--no-notices", "--no-version-reporting", "--no-color")


def fingerprint(root: Path) -> str:
    """A digest of the inputs of a deployment: sources, settings, locks, the Python version."""
    digest = hashlib.sha256(sys.version.encode())
    for path in _input_files(root):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def deployed(clients: aws.Clients, root: Path) -> aws.Deployment | None:
    """The deployment in the emulator, if it was made from the same inputs.

    The fingerprint is stored in the emulator, so it is kept or lost together with the stack.
    """
    try:
        kept = clients.ssm.get_parameter(Name=_FINGERPRINT)["Parameter"]["Value"]
        outputs = _outputs(clients)
    except ClientError:
        return None
    return aws.Deployment.of(outputs, clients.endpoint_url) if kept == fingerprint(root) else None


def bootstrap(clients: aws.Clients, *, work: Path, root: Path) -> None:
    """Creates the bucket and roles that the CDK CLI deploys with; does nothing if they exist.

    The template is the CLI's own, without the bucket policy, which denies plain HTTP.
    """
    if _stack_exists(clients, "CDKToolkit"):
        return
    empty = work / "bootstrap"  # away from cdk.json, so that the CLI does not run the app
    empty.mkdir(parents=True, exist_ok=True)
    cdk, env = _cdk(root), aws.tool_environment(os.environ, clients.endpoint_url, root)
    log = work / "bootstrap.log"
    own = run([cdk, "bootstrap", "--show-template", "--json", *_QUIET], cwd=empty, env=env, log=log)
    template = json.loads(own)
    del template["Resources"]["StagingBucketPolicy"]
    (empty / "template.json").write_text(json.dumps(template))
    where = f"aws://{aws.ACCOUNT}/{aws.REGION}"
    run([cdk, "bootstrap", where, "--template", "template.json", *_QUIET], cwd=empty, env=env, log=log)


def deploy(clients: aws.Clients, *, work: Path, root: Path, step: "Step | None" = None) -> aws.Deployment:
    """Deploys the environment `local`, and works around gaps of the emulator.

    `work` is a folder for the assembly and the logs.

    Raises:
        LocalError: the deployment failed.
    """
    now = fingerprint(root)
    env = aws.tool_environment(os.environ, clients.endpoint_url, root)

    def show(line: str) -> None:
        if step and (done := re.search(r"\| +(\d+)/\d+ \|", line)):
            step.detail = f"{done[1]} resources"

    context = ["-c", "env=local", "--require-approval", "never", "--output", str(work / "cdk.out")]
    run([_cdk(root), "deploy", *context, *_QUIET], cwd=root, env=env, log=work / "deploy.log", on_line=show)
    deployment = aws.Deployment.of(_outputs(clients), clients.endpoint_url)
    close_gaps(clients, deployment)
    clients.ssm.put_parameter(Name=_FINGERPRINT, Value=now, Type="String", Overwrite=True)
    return deployment


def _input_files(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        path = root / name
        if path.is_dir():
            yield from (
                file
                for file in sorted(path.rglob("*"))
                if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
            )
        elif path.exists():
            yield path


def _cdk(root: Path) -> Path:
    cdk = root / "node_modules" / ".bin" / "cdk"
    if not cdk.exists():
        raise LocalError("the CDK CLI is missing; `make install` installs it")
    return cdk


def _outputs(clients: aws.Clients) -> dict[str, str]:
    stack = clients.cloudformation.describe_stacks(StackName=aws.STACK_NAME)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _stack_exists(clients: aws.Clients, name: str) -> bool:
    try:
        clients.cloudformation.describe_stacks(StackName=name)
    except ClientError:
        return False
    return True
