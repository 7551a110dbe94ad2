"""Rules for functions, what calls them, how releases are rolled out, and their settings."""

from review.changes import Change
from review.rules.kinds import (
    Rule,
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    is_literal,
    leads_elsewhere,
    names,
    number,
    of_elements,
    unless_removed,
)
from review.rules.settings import environment_variable, log_level
from review.verdicts import (
    Verdict,
    cannot_tell,
    changes,
    disrupts,
    exposes,
    opens,
    reduces_monitoring,
    weakens,
)
from stacks.template_values import readable

_DROPPED = weakens("work that fails is dropped, not kept for later")


def _layers(change: Change) -> Verdict | None:
    """Code that runs in the function; a layer by its literal ARN is another account's, or another stack's."""
    foreign = [layer for layer in change.after or [] if is_literal(layer)]
    if foreign:
        return opens(f"code from outside this stack runs in the function: `{foreign[0]}`")
    if change.old is None:
        return None
    if change.after is None:
        return disrupts("a layer that the function may need is gone")
    return cannot_tell("other layers, or in another order")


def _bucket(change: Change) -> Verdict | None:
    """Where code comes from: the bucket of the CDK is written with references to account and region."""
    if change.old is None and not is_literal(change.after):
        return None
    return opens("the code comes from another bucket, and runs with the function's permissions")


def _code(change: Change) -> Verdict | None:
    if change.old is None and change.path[-1] == "S3Key":
        return None
    return cannot_tell("code that no build of this repository made")


def _role(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if is_literal(change.after):
        return opens("the function acts by a role outside this stack: its permissions are unknown")
    return opens("the function acts by another role")


def _concurrency(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after is not None and str(change.after) == "0":
        return disrupts("the function does not run at all")
    if change.after is None:
        return disrupts("other functions of the account may use up all concurrency")
    if change.before is None:
        return changes("as many executions are reserved, and no more run at once")
    return number(
        lower=disrupts("fewer requests are served at once; the others are refused"),
        absent=float("inf"),
    )(change)


def _snapshots(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after == "PublishedVersions":
        return changes("new environments start from a snapshot")
    return disrupts("new environments start slowly, without a snapshot")


def _new_function(change: Change) -> Verdict:
    role = readable(change.resource.properties.get("Role"))
    return opens(f"more code runs, with the permissions of the role `{role}`")


_FUNCTION: dict[str, Rule] = {
    "Code.S3Bucket": _bucket,
    "Code.*": _code,
    "Environment.Variables.*": environment_variable,
    "Handler": always(cannot_tell("other code answers")),
    "Layers": _layers,
    "LoggingConfig.ApplicationLogLevel": log_level,
    "LoggingConfig.SystemLogLevel": log_level,
    "LoggingConfig.LogGroup": unless_removed(
        reduces_monitoring("logs go to another group"),
        removed=reduces_monitoring("logs go to a group without a retention or filters"),
    ),
    "LoggingConfig.LogFormat": always(reduces_monitoring("what reads the log may not understand it")),
    "MemorySize": number(lower=disrupts("less memory and processor: slower, or it fails"), absent=128),
    "ReservedConcurrentExecutions": _concurrency,
    "Role": _role,
    "Runtime": always(cannot_tell("another runtime; the code was built for the one before")),
    "Architectures": always(cannot_tell("another processor; the code was built for the one before")),
    "SnapStart.ApplyOn": _snapshots,
    "Timeout": number(lower=disrupts("what takes longer is cut off"), absent=3),
    "TracingConfig.Mode": flag(off=reduces_monitoring("calls are no longer traced")),
    "DeadLetterConfig.TargetArn": unless_removed(opens("failed events go elsewhere"), removed=_DROPPED),
    "KmsKeyArn": unless_removed(
        weakens("variables are encrypted with another key"),
        removed=weakens("variables are encrypted with a key that AWS owns"),
    ),
    "CodeSigningConfigArn": unless_removed(
        cannot_tell("whose code may run"), removed=weakens("unsigned code may run")
    ),
    "FileSystemConfigs": always(opens("the function reads and writes another file system")),
    "VpcConfig": always(cannot_tell("which network the function reaches")),
    "RecursiveLoop": always(disrupts("whether Lambda stops a function that calls itself")),
}

_MAPPING: dict[str, Rule] = {
    "Enabled": flag(off=disrupts("the stream no longer calls the function"), default=True),
    "FunctionName": leads_elsewhere("what changes in the table is sent to"),
    "EventSourceArn": always(disrupts("the function is called for another source")),
    "FilterCriteria": always(cannot_tell("which changes call the function")),
    "MaximumRecordAgeInSeconds": number(lower=weakens("work that waits is dropped sooner"), absent=-1),
    "MaximumRetryAttempts": number(lower=weakens("work that fails is dropped sooner"), absent=-1),
    "BisectBatchOnFunctionError": flag(off=weakens("one bad change holds up or drops its batch")),
    "FunctionResponseTypes": elements(removed=weakens("one bad change holds up or drops its batch")),
    "DestinationConfig": of_elements(added=harmless("work that fails is kept"), removed=lambda _: _DROPPED),
    "DestinationConfig.*": always(cannot_tell("where work that fails is kept")),
    "StartingPosition": always(disrupts("what changed before may be skipped or done again")),
    "ParallelizationFactor": number(lower=disrupts("the stream may fall behind"), absent=1),
    "BatchSize": harmless("how much is done in one call"),
    "MaximumBatchingWindowInSeconds": number(higher=disrupts("background work starts later"), absent=0),
}

RULES: dict[str, TypeRules] = {
    "AWS::Lambda::Function": TypeRules(
        added=_new_function,
        removed=disrupts("the function is gone"),
        properties=_FUNCTION,
        harmless=names("Description Tags EphemeralStorage RuntimeManagementConfig"),
    ),
    "AWS::Lambda::Version": TypeRules(
        properties={"ProvisionedConcurrencyConfig": harmless("environments that are kept ready")},
        harmless=names("Description"),
    ),
    "AWS::Lambda::Alias": TypeRules(
        removed=disrupts("what calls the function by this alias fails"),
        properties={
            "FunctionVersion": always(cannot_tell("another version of the code answers")),
            "FunctionName": always(cannot_tell("another function answers")),
            "RoutingConfig": always(cannot_tell("part of the traffic meets another version")),
            "ProvisionedConcurrencyConfig": harmless("environments that are kept ready"),
            "Name": always(disrupts("what calls the function by this alias fails")),
        },
        harmless=names("Description"),
    ),
    "AWS::Lambda::LayerVersion": TypeRules(
        properties={"Content.S3Bucket": _bucket, "Content.*": _code},
        harmless=names("Description LayerName CompatibleRuntimes CompatibleArchitectures LicenseInfo"),
    ),
    "AWS::Lambda::LayerVersionPermission": TypeRules(
        added=exposes("another account may read the code of the layer")
    ),
    "AWS::Lambda::Permission": TypeRules(
        removed=disrupts("the caller may no longer call the function"),
        policies=names(
            "Action EventSourceToken FunctionName FunctionUrlAuthType Principal PrincipalOrgID SourceAccount "
            "SourceArn"
        ),
    ),
    "AWS::Lambda::Url": TypeRules(
        added=opens("the function gets an address on the internet, past the API's throttles"),
        properties={
            "AuthType": lambda change: (
                opens("anyone on the internet may call the function")
                if change.after == "NONE"
                else changes("callers sign with credentials of AWS")
            ),
            "Cors": always(opens("which web pages may call it (CORS)")),
            "TargetFunctionArn": leads_elsewhere("callers reach"),
        },
        harmless=names("InvokeMode"),
    ),
    "AWS::Lambda::EventInvokeConfig": TypeRules(
        removed=_DROPPED,
        properties={
            "DestinationConfig": of_elements(
                added=leads_elsewhere("results go to"), removed=lambda _: _DROPPED
            ),
            "DestinationConfig.*": leads_elsewhere("results go to"),
            "MaximumRetryAttempts": number(lower=_DROPPED, absent=2),
            "MaximumEventAgeInSeconds": number(lower=_DROPPED, absent=21_600),
        },
    ),
    "AWS::Lambda::EventSourceMapping": TypeRules(
        added=opens("what changes in the source is sent to one more function"),
        removed=disrupts("the source no longer calls the function"),
        properties=_MAPPING,
        harmless=names("Tags"),
    ),
}
