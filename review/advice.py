"""Where a setting costs more than another one that gives the same result."""

from collections.abc import Iterator
from dataclasses import dataclass

from review.alarms import reads_single_methods
from review.prices import METHOD_METRICS, Line
from review.stack import Resource, Stack

# What the dearer plans of a user pool are paid for: https://aws.amazon.com/cognito/pricing/
_ESSENTIALS = ("EmailMfaConfiguration", "WebAuthnRelyingPartyID", "WebAuthnUserVerification")


@dataclass(frozen=True)
class Advice:
    """A cheaper setting: what it is, what stays the same, and dollars a month at list price."""

    about: str
    setting: str
    same: str
    dollars: float


def advice(stack: Stack, bill: list[Line]) -> list[Advice]:
    """Everything that could be cheaper, the largest first."""
    found = [*_method_metrics(stack, bill), *_user_pool_plan(stack, bill), *_processor(stack, bill)]
    return sorted(found, key=lambda each: -each.dollars)


def _line(bill: list[Line], what: str) -> Line | None:
    return next((line for line in bill if line.what == what), None)


def _method_metrics(stack: Stack, bill: list[Line]) -> Iterator[Advice]:
    """Metrics of every method are paid for one by one; those of the whole stage are free."""
    line = _line(bill, METHOD_METRICS)
    readers = [
        resource.title
        for resource in stack.all("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard")
        if reads_single_methods(resource)
    ]
    if line is not None and not readers:
        yield Advice(
            line.what,
            "`MetricsEnabled: false` for `/*` of the API stage",
            "no alarm or dashboard reads them: all use the stage's own metrics, which are free; "
            "the access log has route, status and latency of every request",
            line.dollars,
        )


def _user_pool_plan(stack: Stack, bill: list[Line]) -> Iterator[Advice]:
    for pool in stack.all("AWS::Cognito::UserPool"):
        properties = pool.properties
        features = [name for name in _ESSENTIALS if name in properties]
        policy = properties.get("Policies", {})
        choice = "SignInPolicy" in policy or "PasswordHistorySize" in policy.get("PasswordPolicy", {})
        line = _line(bill, f"{pool.title}: essentials plan")
        if line is not None and not features and not choice and not _customises_access_tokens(pool):
            lite = Line(line.what, line.how, line.quantity, "user_lite")
            yield Advice(
                line.what,
                "`UserPoolTier: LITE`",
                "it uses nothing of the Essentials plan (choice of sign-in, passkeys, e-mail codes as a "
                "second factor, access tokens of its own)",
                line.dollars - lite.dollars,
            )


def _customises_access_tokens(pool: Resource) -> bool:
    trigger = pool.properties.get("LambdaConfig", {}).get("PreTokenGenerationConfig", {})
    return str(trigger.get("LambdaVersion", "V1_0")) != "V1_0"


def _processor(stack: Stack, bill: list[Line]) -> Iterator[Advice]:
    for function in stack.all("AWS::Lambda::Function"):
        line = _line(bill, f"{function.title}: running time")
        if line is not None and line.price == "lambda_x86_64":
            arm = Line(line.what, line.how, line.quantity, "lambda_arm64")
            yield Advice(
                line.what,
                "`Architectures: [arm64]`",
                "the same code in Python; compiled packages have to be built for it",
                line.dollars - arm.dollars,
            )
