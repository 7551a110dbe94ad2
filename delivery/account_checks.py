"""The checks of `make preflight`, each a generator of findings. They only read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from delivery import ROOT
from delivery.deploy import NEVER_COMPLETE
from stacks.routes import load_routes
from stacks.settings import Settings, stack_name, stack_tags

# As `requiresBootstrapStackVersion` in the CDK's assembly.
BOOTSTRAP_PARAMETER, BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version", 6
# Lambda keeps this much of the account's concurrency for functions that reserve none.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
UNRESERVED_CONCURRENCY = 100
# Service Quotas takes no request below the default, though a new account may have less.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
DEFAULT_CONCURRENCY = 1000
# https://docs.aws.amazon.com/general/latest/gr/apigateway.html
RESOURCES_QUOTA = "Resources/Routes per REST/WebSocket API"

_VERIFY = "aws sesv2 create-email-identity --email-identity {identity}   # then its DKIM records in DNS"

ClientOf = Callable[[str], Any]


@dataclass(frozen=True)
class Account:
    """The account to check, and the environment to be deployed there."""

    client: ClientOf
    settings: Settings
    region: str

    @property
    def stack(self) -> str:
        """The name of the environment's stack."""
        return stack_name(self.settings.name)


@dataclass(frozen=True)
class Finding:
    """A result of a check. Without `advice` it is ok."""

    subject: str
    advice: str | None = None

    def __str__(self) -> str:
        return (
            f"ok     {self.subject}"
            if self.advice is None
            else f"TO DO  {self.subject}\n       {self.advice}"
        )


Check = Callable[[Account], Iterator[Finding]]


def credentials(account: Account) -> Iterator[Finding]:
    """The account, region and identity signed in to."""
    caller = account.client("sts").get_caller_identity()
    yield Finding(f"signed in to account {caller['Account']}, region {account.region}, as {caller['Arn']}")


def bootstrap(account: Account) -> Iterator[Finding]:
    """The account is bootstrapped, in a version that the assembly accepts."""
    # With an environment: the CLI runs the app wherever there is a cdk.json, and the app requires one.
    advice = f"npx cdk bootstrap -c env={account.settings.name}   # in this account and region, once"
    ssm = account.client("ssm")
    try:
        version = int(ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        yield Finding("the account is not bootstrapped", advice)
        return
    old = version < BOOTSTRAP_VERSION
    yield Finding(f"bootstrapped, version {version}", f"{advice}: needs {BOOTSTRAP_VERSION}" if old else None)


def stack_state(account: Account) -> Iterator[Finding]:
    """No failed stack blocks the deployment."""
    name = account.stack
    try:
        (stack,) = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        yield Finding(f"no stack {name} yet")
        return
    status = stack["StackStatus"]
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        advice: str | None = "wait until it ends"
    elif status == "UPDATE_ROLLBACK_FAILED":
        command = f"aws cloudformation continue-update-rollback --stack-name {name}"
        advice = f"see docs/runbook/release-errors.md: {command}"
    elif status in {"ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"}:
        advice = f"aws cloudformation delete-stack --stack-name {name}   # nothing in it is protected yet"
    else:
        advice = None  # the CDK CLI itself deletes a stack in ROLLBACK_COMPLETE
    if status in NEVER_COMPLETE and stack.get("EnableTerminationProtection"):
        advice = (
            f"aws cloudformation update-termination-protection --stack-name {name} "
            "--no-enable-termination-protection   # it was never complete"
        )
    yield Finding(f"stack {name} is {status}", advice)


def leftovers(account: Account) -> Iterator[Finding]:
    """No resources are retained from an earlier attempt while there is no stack."""
    try:
        account.client("cloudformation").describe_stacks(StackName=account.stack)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
    else:
        return
    # The first two are protected against deletion, which has to be taken off before.
    found = [
        *(
            f"aws dynamodb update-table --table-name {name} --no-deletion-protection-enabled"
            f" && aws dynamodb delete-table --table-name {name}"
            for name in _tables(account)
        ),
        *(
            f"aws cognito-idp update-user-pool --user-pool-id {name} --deletion-protection INACTIVE"
            f" && aws cognito-idp delete-user-pool --user-pool-id {name}"
            for name in _user_pools(account)
        ),
        *(f"aws logs delete-log-group --log-group-name {name}" for name in _log_groups(account)),
        *(f"aws ssm delete-parameter --name {name}" for name in _parameters(account)),
    ]
    for command in found:
        yield Finding("left by an earlier attempt; check its content, then", command)
    if not found:
        yield Finding("nothing is left of an earlier attempt")


def mail(account: Account) -> Iterator[Finding]:
    """SES may send from the sender to any address; the pool may send from its identity."""
    app, identity = account.settings.app, account.settings.identity.ses_identity
    if app.mail_delivery == "log" and identity is None:
        yield Finding("no mail is sent (app.mail_delivery is `log`); sign-up mail is Cognito's, 50 a day")
        return
    domain = app.mail_sender.partition("@")[2].split(".")
    above = (".".join(domain[start:]) for start in range(len(domain) - 1))
    verified = [each for each in (app.mail_sender, *above) if _is_verified(account, each)]
    advice = _VERIFY.format(identity=".".join(domain))
    yield Finding(f"SES has verified the sender {app.mail_sender}", None if verified else advice)
    if identity is None:
        yield Finding("sign-up mail is Cognito's own, 50 a day (identity.ses_identity)")
    else:
        known = _is_verified(account, identity)
        advice = _VERIFY.format(identity=identity)
        yield Finding(f"SES has verified identity.ses_identity {identity}", None if known else advice)
    state = account.client("sesv2").get_account()
    yield Finding(
        "SES sends to any address (production access)",
        None
        if state.get("ProductionAccessEnabled")
        else "aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL "
        f"--website-url {app.web_url}   # a day; until then verified recipients only, 200 mails a day",
    )
    if not state.get("SendingEnabled", True):
        yield Finding("SES has paused sending", "see the SES console: bounces, complaints or a review")


def concurrency(account: Account) -> Iterator[Finding]:
    """The account's quota covers the function's reservation and Lambda's unreserved minimum."""
    wanted = account.settings.function.reserved_concurrency or 0
    limit = account.client("lambda").get_account_settings()["AccountLimit"]
    quota, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    missing = wanted + UNRESERVED_CONCURRENCY - free if wanted else 0
    wanted_quota = max(DEFAULT_CONCURRENCY, quota + missing)
    advice = (
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
        f"--desired-value {wanted_quota}   # or lower function.reserved_concurrency"
    )
    yield Finding(
        f"concurrency: {free} of {quota} not reserved, {wanted} to be reserved",
        advice if missing > 0 else None,
    )


def log_role(account: Account) -> Iterator[Finding]:
    """API Gateway has an account-wide role to write logs, or the stack creates it."""
    if account.settings.gateway.owns_account_log_role:
        yield Finding("API Gateway's log role is created by the stack")
        return
    known = account.client("apigateway").get_account().get("cloudwatchRoleArn")
    advice = (
        "aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE_ARN"
        "   # or gateway.owns_account_log_role; docs/first-deployment.md"
    )
    yield Finding("API Gateway has a role to write logs", None if known else advice)


def linked_roles(account: Account) -> Iterator[Finding]:
    """The service-linked roles, which the services would otherwise create themselves."""
    wanted = {}
    if account.settings.identity.ses_identity is not None:
        wanted["AWSServiceRoleForAmazonCognitoIdpEmailService"] = "email.cognito-idp.amazonaws.com"
    if account.settings.gateway.domain is not None:
        wanted["AWSServiceRoleForAPIGateway"] = "ops.apigateway.amazonaws.com"
    iam = account.client("iam")
    for role, service in wanted.items():
        try:
            iam.get_role(RoleName=role)
        except iam.exceptions.NoSuchEntityException:
            advice: str | None = f"aws iam create-service-linked-role --aws-service-name {service}"
        else:
            advice = None
        yield Finding(f"service-linked role {role}", advice)


def certificate(account: Account) -> Iterator[Finding]:
    """The domain's certificate is issued, in this region, and covers the name."""
    domain = account.settings.gateway.domain
    if domain is None:
        return
    region = domain.certificate_arn.split(":")[3]
    if region != account.region:
        yield Finding(
            f"the certificate of {domain.name} is in {region}",
            f"aws acm request-certificate --domain-name {domain.name} --validation-method DNS "
            f"--region {account.region}   # then gateway.domain.certificate_arn",
        )
        return
    found = account.client("acm").describe_certificate(CertificateArn=domain.certificate_arn)["Certificate"]
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    covered = {domain.name, f"*.{domain.name.partition('.')[2]}"} & names
    faults = [
        *(["is not issued: its CNAME record in DNS is missing"] if found["Status"] != "ISSUED" else []),
        *([f"is for {', '.join(sorted(names))}"] if not covered else []),
    ]
    show = f"aws acm describe-certificate --certificate-arn {domain.certificate_arn}"
    advice = f"it {' and '.join(faults)}: {show}"
    yield Finding(f"certificate of {domain.name}: {found['Status']}", advice if faults else None)


def quotas(account: Account) -> Iterator[Finding]:
    """The API's resources fit into the account's quota."""
    routes = load_routes(ROOT / "contract" / "openapi.json")
    parts = [route.path.strip("/").split("/") for route in routes]
    resources = {tuple(each[:end]) for each in parts for end in range(len(each) + 1)}
    pages = (
        account.client("service-quotas")
        .get_paginator("list_service_quotas")
        .paginate(ServiceCode="apigateway")
    )
    limits = {quota["QuotaName"].lower(): quota for page in pages for quota in page["Quotas"]}
    quota = limits.get(RESOURCES_QUOTA.lower())
    if quota is None:
        yield Finding(f"API Gateway: {len(resources)} resources; no quota of the account found")
        return
    fits = len(resources) <= quota["Value"]
    advice = (
        "aws service-quotas request-service-quota-increase --service-code apigateway "
        f"--quota-code {quota['QuotaCode']} --desired-value {len(resources)}"
    )
    yield Finding(
        f"API Gateway: {len(resources)} resources of {quota['Value']:.0f} an API", None if fits else advice
    )


def _is_verified(account: Account, identity: str) -> bool:
    ses = account.client("sesv2")
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity).get("VerifiedForSendingStatus"))
    except ses.exceptions.NotFoundException:
        return False


def _tables(account: Account) -> list[str]:
    pages = account.client("dynamodb").get_paginator("list_tables").paginate()
    return [name for page in pages for name in page["TableNames"] if name.startswith(f"{account.stack}-")]


def _user_pools(account: Account) -> list[str]:
    # CloudFormation builds a pool's name from its logical id: `UserPool-Ab12Cd34Ef56`; see its tags.
    client = account.client("cognito-idp")
    pages = client.get_paginator("list_user_pools").paginate(MaxResults=60)
    pools = [pool for page in pages for pool in page["UserPools"]]
    named = [pool["Id"] for pool in pools if pool["Name"].startswith("UserPool-")]
    tags = stack_tags(account.settings.name).items()
    return [
        pool
        for pool in named
        if tags <= client.describe_user_pool(UserPoolId=pool)["UserPool"].get("UserPoolTags", {}).items()
    ]


def _log_groups(account: Account) -> list[str]:
    pages = account.client("logs").get_paginator("describe_log_groups")
    found = pages.paginate(logGroupNamePrefix=f"{account.stack}-")
    return [group["logGroupName"] for page in found for group in page["logGroups"]]


def _parameters(account: Account) -> list[str]:
    pages = account.client("ssm").get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=account.settings.parameter_prefix, Recursive=True)
    return [parameter["Name"] for page in found for parameter in page["Parameters"]]
