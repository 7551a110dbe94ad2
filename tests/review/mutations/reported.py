"""The ten changes that the report once missed or understated, and their kinds."""

from tests.review.mutations.edits import (
    CHANGES,
    DISRUPTS,
    EVIL_ROOT,
    EXPOSES,
    FOREIGN,
    LAMBDA,
    OPENS,
    STATEMENTS,
    WEAKENS,
    Mutation,
    add,
    allow,
    append,
    change,
    policy,
    several,
    trust,
)

ISSUE = (
    Mutation(
        "role with all actions on all resources",
        "IAM::Role",
        add(
            "Evil",
            "IAM::Role",
            AssumeRolePolicyDocument=LAMBDA,
            Policies=[{"PolicyName": "a", "PolicyDocument": policy(allow("*"))}],
        ),
        OPENS,
        "may now do anything (`*`) everything",
    ),
    Mutation(
        "administrator trusted by a foreign account",
        "IAM::Role",
        add(
            "Evil",
            "IAM::Role",
            AssumeRolePolicyDocument=trust({"AWS": EVIL_ROOT}),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"],
        ),
        OPENS,
        f"account `{FOREIGN}`",
    ),
    Mutation(
        "table policy for everyone",
        "DynamoDB::Table",
        change(
            "DynamoDB::Table",
            "ResourcePolicy",
            {"PolicyDocument": policy(allow("dynamodb:*", Principal="*"))},
        ),
        OPENS,
        "anybody may now",
    ),
    Mutation(
        "function URL without authentication",
        "Lambda::Url",
        add("Url", "Lambda::Url", AuthType="NONE", TargetFunctionArn={"Ref": "Function6B188E59"}),
        OPENS,
        "anyone on the internet",
    ),
    Mutation(
        "public bucket",
        "S3::Bucket",
        several(
            add(
                "Pub",
                "S3::Bucket",
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": False,
                    "BlockPublicPolicy": False,
                    "IgnorePublicAcls": False,
                    "RestrictPublicBuckets": False,
                },
            ),
            add(
                "PubPolicy",
                "S3::BucketPolicy",
                Bucket={"Ref": "Pub"},
                PolicyDocument=policy(
                    allow(
                        "s3:GetObject",
                        {"Fn::Join": ["", [{"Fn::GetAtt": ["Pub", "Arn"]}, "/*"]]},
                        Principal="*",
                    )
                ),
            ),
        ),
        OPENS,
        "",
    ),
    Mutation(
        "CORS for every origin",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.CORS_ORIGIN", "*"),
        OPENS,
        "every origin",
    ),
    Mutation(
        "layer of a foreign account",
        "Lambda::Function",
        append("Lambda::Function", "Layers", f"arn:aws:lambda:eu-central-1:{FOREIGN}:layer:x:1"),
        OPENS,
        FOREIGN,
    ),
    Mutation(
        "stream mapping disabled",
        "Lambda::EventSourceMapping",
        change("Lambda::EventSourceMapping", "Enabled", False),
        DISRUPTS,
        "no longer calls",
    ),
    Mutation(
        "schedule disabled",
        "Events::Rule",
        change("Events::Rule", "State", "DISABLED"),
        DISRUPTS,
        "no longer started",
    ),
    Mutation(
        "point-in-time recovery shortened",
        "DynamoDB::Table",
        change("DynamoDB::Table", "PointInTimeRecoverySpecification.RecoveryPeriodInDays", 1),
        WEAKENS,
        "less far back",
    ),
    Mutation(
        "token lifetime raised",
        "Cognito::UserPoolClient",
        change("Cognito::UserPoolClient", "IdTokenValidity", 1440),
        WEAKENS,
        "longer",
    ),
    Mutation(
        "token lifetime raised by its unit",
        "Cognito::UserPoolClient",
        change("Cognito::UserPoolClient", "TokenValidityUnits.IdToken", "hours"),
        WEAKENS,
        "longer",
    ),
    Mutation(
        "token lifetime in another unit",
        "Cognito::UserPoolClient",
        several(
            change("Cognito::UserPoolClient", "TokenValidityUnits.RefreshToken", "days"),
            change("Cognito::UserPoolClient", "RefreshTokenValidity", 30),
        ),
        CHANGES,
        "same time",
    ),
    Mutation(
        "revocation off",
        "Cognito::UserPoolClient",
        change("Cognito::UserPoolClient", "EnableTokenRevocation", False),
        WEAKENS,
        "revoked",
    ),
    Mutation(
        "alarm tightened",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "Threshold", 1000, part="FunctionSlow"),
        CHANGES,
        "sooner",
    ),
    Mutation(
        "log level from INFO to DEBUG",
        "Lambda::Function",
        change("Lambda::Function", "LoggingConfig.ApplicationLogLevel", "DEBUG"),
        EXPOSES,
        "tells more",
    ),
    Mutation(
        "another SES identity",
        "IAM::Policy",
        change(
            "IAM::Policy",
            f"{STATEMENTS}.9.Resource",
            {
                "Fn::Join": [
                    "",
                    [
                        "arn:",
                        {"Ref": "AWS::Partition"},
                        ":ses:",
                        {"Ref": "AWS::Region"},
                        ":",
                        {"Ref": "AWS::AccountId"},
                        ":identity/other.example",
                    ],
                ]
            },
        ),
        CHANGES,
        "another identity",
    ),
)
