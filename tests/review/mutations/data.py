"""Changes of what holds data."""

from tests.review.mutations.edits import (
    DISRUPTS,
    FAILS,
    FOREIGN,
    LOSES,
    OPENS,
    WEAKENS,
    Mutation,
    add,
    attribute,
    change,
    remove,
    several,
)

DATA = (
    Mutation(
        "table deleted with the stack",
        "DynamoDB::Table",
        attribute("DynamoDB::Table", "DeletionPolicy", "Delete"),
        WEAKENS,
        "no longer kept",
    ),
    Mutation(
        "table can be deleted",
        "DynamoDB::Table",
        change("DynamoDB::Table", "DeletionProtectionEnabled", False),
        WEAKENS,
        "deleted",
    ),
    Mutation(
        "no backup",
        "DynamoDB::Table",
        change("DynamoDB::Table", "PointInTimeRecoverySpecification", None),
        WEAKENS,
        "backup",
    ),
    Mutation(
        "customer managed key removed",
        "DynamoDB::Table",
        change("DynamoDB::Table", "SSESpecification", None),
        WEAKENS,
        "",
    ),
    Mutation(
        "items no longer expire",
        "DynamoDB::Table",
        change("DynamoDB::Table", "TimeToLiveSpecification.Enabled", False),
        DISRUPTS,
        "no longer deleted",
    ),
    Mutation(
        "items expire by another attribute",
        "DynamoDB::Table",
        change("DynamoDB::Table", "TimeToLiveSpecification.AttributeName", "created_at"),
        LOSES,
        "another attribute",
    ),
    Mutation(
        "no stream",
        "DynamoDB::Table",
        change("DynamoDB::Table", "StreamSpecification", None),
        DISRUPTS,
        "stream",
    ),
    Mutation(
        "stream of keys",
        "DynamoDB::Table",
        change("DynamoDB::Table", "StreamSpecification.StreamViewType", "KEYS_ONLY"),
        DISRUPTS,
        "stream",
    ),
    Mutation(
        "changes copied to Kinesis",
        "DynamoDB::Table",
        change(
            "DynamoDB::Table",
            "KinesisStreamSpecification",
            {"StreamArn": f"arn:aws:kinesis:eu-central-1:{FOREIGN}:stream/x"},
        ),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "index of keys only",
        "DynamoDB::Table",
        change("DynamoDB::Table", "GlobalSecondaryIndexes.0.Projection.ProjectionType", "KEYS_ONLY"),
        FAILS,
        "index",
    ),
    Mutation(
        "index removed",
        "DynamoDB::Table",
        change("DynamoDB::Table", "GlobalSecondaryIndexes", None),
        DISRUPTS,
        "queries",
    ),
    Mutation(
        "another key",
        "DynamoDB::Table",
        change("DynamoDB::Table", "KeySchema.0.AttributeName", "ID"),
        LOSES,
        "",
    ),
    Mutation("table gone", "DynamoDB::Table", remove("DynamoDB::Table"), LOSES, "empty"),
    Mutation(
        "table under another type",
        "DynamoDB::Table",
        attribute("DynamoDB::Table", "Type", "AWS::DynamoDB::GlobalTable"),
        FAILS,
        "type",
    ),
    Mutation(
        "copy in another region",
        "DynamoDB::GlobalTable",
        add("Global", "DynamoDB::GlobalTable", Replicas=[{"Region": "us-east-1"}]),
        OPENS,
        "other regions",
    ),
    Mutation(
        "key not rotated", "KMS::Key", change("KMS::Key", "EnableKeyRotation", False), WEAKENS, "rotated"
    ),
    Mutation("key disabled", "KMS::Key", change("KMS::Key", "Enabled", False), DISRUPTS, "encrypts"),
    Mutation(
        "key deleted sooner", "KMS::Key", change("KMS::Key", "PendingWindowInDays", 7), WEAKENS, "less time"
    ),
    Mutation(
        "dead letters deleted sooner",
        "SQS::Queue",
        change("SQS::Queue", "MessageRetentionPeriod", 60),
        WEAKENS,
        "sooner",
    ),
    Mutation(
        "dead letters not encrypted",
        "SQS::Queue",
        several(
            change("SQS::Queue", "KmsMasterKeyId", None), change("SQS::Queue", "SqsManagedSseEnabled", False)
        ),
        WEAKENS,
        "encrypted",
    ),
    Mutation("dead letters gone", "SQS::Queue", remove("SQS::Queue"), LOSES, "deleted"),
    Mutation(
        "logs deleted sooner",
        "Logs::LogGroup",
        change("Logs::LogGroup", "RetentionInDays", 1),
        WEAKENS,
        "sooner",
    ),
    Mutation(
        "log sent to a foreign account",
        "Logs::SubscriptionFilter",
        add(
            "Ship",
            "Logs::SubscriptionFilter",
            LogGroupName={"Ref": "FunctionLogE54B7D7B"},
            FilterPattern="",
            DestinationArn=f"arn:aws:logs:eu-central-1:{FOREIGN}:destination:x",
        ),
        OPENS,
        "outside this stack",
    ),
)
