"""Rules for what holds data: the table, keys, queues, logs, buckets and secrets."""

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
from review.verdicts import (
    Verdict,
    cannot_tell,
    changes,
    disrupts,
    exposes,
    fails,
    loses_data,
    opens,
    reduces_monitoring,
    weakens,
)

_BACKUP = weakens("there is no backup to restore from")
_OTHER_KEY = "encrypted with another key: who may use it decides who may read"
_PUBLIC = opens("the bucket may be made public")
# What each view of a table's stream holds of an item.
_VIEWS = {
    "KEYS_ONLY": frozenset(),
    "NEW_IMAGE": frozenset({"new"}),
    "OLD_IMAGE": frozenset({"old"}),
    "NEW_AND_OLD_IMAGES": frozenset({"new", "old"}),
}


def _key(removed: str) -> Rule:
    """A key of one's own, or another; without one, a key that AWS owns."""

    def rule(change: Change) -> Verdict | None:
        if change.old is None:
            return None
        if change.after is None:
            return weakens(removed)
        if change.before is None:
            return changes("encrypted with a customer managed key")
        return weakens(_OTHER_KEY)

    return rule


def _view(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    before, after = (_VIEWS.get(str(value)) for value in (change.before, change.after))
    if change.after is None:
        return disrupts("the table has no stream: background work is no longer started")
    if before is None or after is None:
        return cannot_tell("what the stream tells")
    if before - after:
        return disrupts("the stream no longer holds the items that filters and readers look at")
    return changes("the stream holds more of each item")


def _expiry(change: Change) -> Verdict | None:
    """Whether items are deleted by their time to live."""
    if change.old is None:
        return None
    if str(change.after).lower() == "true":
        return loses_data("items whose time is past are deleted from now on")
    return disrupts("items are no longer deleted when their time is past")


def _expiry_attribute(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after is None:
        return disrupts("items are no longer deleted when their time is past")
    return loses_data("items are deleted by another attribute")


def _billing(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after == "PROVISIONED":
        return disrupts("requests beyond a fixed capacity are refused")
    return changes("paid by the request, without a fixed capacity")


_TABLE: dict[str, Rule] = {
    "DeletionProtectionEnabled": flag(off=weakens("the table can be deleted in one step")),
    "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": flag(off=_BACKUP),
    "PointInTimeRecoverySpecification.RecoveryPeriodInDays": number(
        lower=weakens("backups reach less far back"), absent=35
    ),
    "SSESpecification.SSEEnabled": flag(off=weakens("encrypted with a key that DynamoDB owns")),
    "SSESpecification.KMSMasterKeyId": _key("no longer encrypted with a customer managed key"),
    "SSESpecification.SSEType": always(weakens("another way of encrypting")),
    "TimeToLiveSpecification.Enabled": _expiry,
    "TimeToLiveSpecification.AttributeName": _expiry_attribute,
    "StreamSpecification.StreamViewType": _view,
    "GlobalSecondaryIndexes.*": of_elements(
        added=harmless("one more index, filled from the table"),
        removed=always(disrupts("queries by the index fail")),
    ),
    "GlobalSecondaryIndexes.*.Projection": always(fails("DynamoDB does not change an index in place")),
    "GlobalSecondaryIndexes.*.KeySchema": always(fails("DynamoDB does not change an index in place")),
    "GlobalSecondaryIndexes.*.*": always(cannot_tell("how much the index takes")),
    "AttributeDefinitions.*": harmless("which attributes keys may use"),
    "BillingMode": _billing,
    "ProvisionedThroughput": always(cannot_tell("how many requests the table takes")),
    "OnDemandThroughput": number(
        lower=disrupts("requests beyond a lower limit are refused"), absent=float("inf")
    ),
    "KinesisStreamSpecification": leads_elsewhere("every change of the table is copied to"),
    "ImportSourceSpecification": always(cannot_tell("what the table is filled with")),
    "TableClass": harmless("another price for storage and requests"),
    "ContributorInsightsSpecification": harmless("which keys are used most is counted"),
}

_BUCKET: dict[str, Rule] = {
    "PublicAccessBlockConfiguration": of_elements(
        added=None, removed=always(changes("what S3 blocks for new buckets is blocked"))
    ),
    "PublicAccessBlockConfiguration.*": flag(off=_PUBLIC, default=True),
    "AccessControl": lambda change: (
        opens(f"everyone is let in by the ACL `{change.after}`")
        if "Public" in str(change.after) or "Authenticated" in str(change.after)
        else changes("another ACL")
    ),
    "OwnershipControls": always(cannot_tell("whether ACLs count")),
    "WebsiteConfiguration": lambda _: opens("the bucket is served as a web site"),
    "CorsConfiguration": lambda change: opens(
        f"web pages of {'every' if '*' in str(change.after) else 'another'} origin may read (CORS)",
    ),
    "ReplicationConfiguration": lambda _: opens("every object is copied to another bucket"),
    "VersioningConfiguration": flag(off=weakens("overwritten and deleted objects are gone")),
    "LifecycleConfiguration": lambda _: loses_data("when objects are deleted or moved"),
    "BucketEncryption": _key("encrypted with a key that S3 owns"),
    "LoggingConfiguration": always(reduces_monitoring("where access is logged")),
    "ObjectLockEnabled": flag(off=weakens("objects can be deleted before their time")),
}

_LOG_GROUP: dict[str, Rule] = {
    "RetentionInDays": number(lower=weakens("logs are deleted sooner"), absent=float("inf"), unit=" time"),
    "KmsKeyId": _key("encrypted with a key that CloudWatch owns"),
    "LogGroupClass": always(reduces_monitoring("another class: without metric filters and live tail")),
    "DataProtectionPolicy": unless_removed(
        cannot_tell("what is masked in logs"),
        removed=exposes("logs are no longer masked"),
    ),
    "DeletionProtectionEnabled": flag(off=weakens("the log can be deleted in one step")),
}

RULES: dict[str, TypeRules] = {
    "AWS::DynamoDB::Table": TypeRules(
        properties=_TABLE, harmless=names("Tags WarmThroughput"), policies=names("ResourcePolicy")
    ),
    "AWS::DynamoDB::GlobalTable": TypeRules(
        added=opens("data is copied to other regions"),
        properties={
            "Replicas.*": of_elements(
                added=always(opens("data is copied to another region")),
                removed=always(loses_data("a copy of the data goes")),
            )
        },
    ),
    "AWS::KMS::Key": TypeRules(
        properties={
            "EnableKeyRotation": flag(off=weakens("the key is never rotated")),
            "RotationPeriodInDays": number(higher=weakens("the key is rotated less often"), absent=365),
            "PendingWindowInDays": number(lower=weakens("less time to take a deletion back"), absent=30),
            "Enabled": flag(off=disrupts("nothing that it encrypts can be read or written"), default=True),
            "BypassPolicyLockoutSafetyCheck": flag(on=weakens("the policy may lock everyone out of the key")),
            "Origin": always(cannot_tell("where the key comes from")),
        },
        harmless=names("Description Tags"),
        policies=names("KeyPolicy"),
    ),
    "AWS::KMS::Alias": TypeRules(
        properties={"TargetKeyId": always(weakens(_OTHER_KEY))},
        removed=disrupts("what names the key by its alias fails"),
    ),
    "AWS::SQS::Queue": TypeRules(
        properties={
            "MessageRetentionPeriod": number(lower=weakens("messages are deleted sooner"), absent=345_600),
            "SqsManagedSseEnabled": flag(off=weakens("messages are not encrypted"), default=True),
            "KmsMasterKeyId": _key("no longer encrypted with a customer managed key"),
            "RedrivePolicy": unless_removed(
                cannot_tell("where messages that fail go"),
                removed=weakens("messages that fail are not set aside"),
            ),
            "RedriveAllowPolicy": always(opens("which queues may send their failed messages here")),
            "VisibilityTimeout": harmless("how long a reader has for a message"),
            "DelaySeconds": harmless("when a message can first be read"),
            "ReceiveMessageWaitTimeSeconds": harmless("how long a reader waits"),
            "MaximumMessageSize": number(lower=disrupts("larger messages are refused"), absent=1_048_576),
        },
        harmless=names("Tags KmsDataKeyReusePeriodSeconds"),
    ),
    "AWS::SQS::QueuePolicy": TypeRules(
        properties={"Queues": always(opens("the policy no longer protects the same queues"))},
        policies=names("PolicyDocument"),
    ),
    "AWS::Logs::LogGroup": TypeRules(properties=_LOG_GROUP, harmless=names("Tags FieldIndexPolicies")),
    "AWS::Logs::SubscriptionFilter": TypeRules(
        added=lambda change: opens(
            "all that matches in the log is sent "
            + (
                "outside this stack"
                if is_literal(change.resource.properties.get("DestinationArn"))
                else "elsewhere"
            ),
        ),
        removed=reduces_monitoring("the log is no longer sent on"),
        properties={
            "DestinationArn": leads_elsewhere("the log is sent to"),
            "FilterPattern": always(cannot_tell("what of the log is sent on")),
            "LogGroupName": always(opens("another log is sent on")),
        },
        harmless=names("FilterName Distribution"),
    ),
    "AWS::Logs::MetricFilter": TypeRules(
        removed=reduces_monitoring("no longer counted from the log"),
        properties={
            "FilterPattern": always(reduces_monitoring("what is counted from the log")),
            "MetricTransformations": always(reduces_monitoring("what is counted from the log")),
            "LogGroupName": always(reduces_monitoring("which log is counted")),
        },
        harmless=names("FilterName"),
    ),
    "AWS::Logs::ResourcePolicy": TypeRules(harmless=names("PolicyName"), policies=names("PolicyDocument")),
    "AWS::Logs::Destination": TypeRules(
        added=opens("other accounts may send their logs"), policies=names("DestinationPolicy")
    ),
    "AWS::Logs::QueryDefinition": TypeRules(harmless=names("Name QueryString LogGroupNames")),
    "AWS::S3::Bucket": TypeRules(properties=_BUCKET, harmless=names("Tags BucketName")),
    "AWS::S3::BucketPolicy": TypeRules(
        properties={"Bucket": always(opens("the policy no longer protects the same bucket"))},
        policies=names("PolicyDocument"),
    ),
    "AWS::SecretsManager::Secret": TypeRules(
        properties={
            "KmsKeyId": _key("encrypted with a key that AWS owns"),
            "SecretString": lambda _: exposes("a secret in plain text in the template"),
            "ReplicaRegions": elements(added=opens("copied to another region"), new=True),
            "GenerateSecretString": always(disrupts("another secret")),
        },
        harmless=names("Description Name Tags"),
    ),
    "AWS::SecretsManager::ResourcePolicy": TypeRules(
        policies=names("ResourcePolicy SecretId BlockPublicPolicy")
    ),
    "AWS::SES::EmailIdentity": TypeRules(
        added=opens("mail may be sent as one more identity"),
        removed=disrupts("mail can no longer be sent as this identity"),
        properties={
            "DkimAttributes": flag(
                off=weakens("mail is not signed: it may be forged or refused"), default=True
            ),
            "FeedbackAttributes": always(reduces_monitoring("who is notified of bounces")),
            "MailFromAttributes": harmless("the address for bounces"),
            "ConfigurationSetAttributes": always(cannot_tell("how mail is sent and followed")),
        },
        harmless=names("Tags"),
    ),
}
