"""Dangerous and harmless changes of the prod template, each with the verdict that a reviewer needs.

The types and logical ids are those of the template; a mutation that finds nothing to change fails.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from review.verdicts import Danger

Template = dict[str, Any]
Edit = Callable[[Template], None]
FOREIGN = "999999999999"
LOSES, FAILS, WEAKENS, OPENS, EXPOSES, DISRUPTS, REDUCES, UNKNOWN, REPLACES, REMOVES, CHANGES, ADDS = Danger


@dataclass(frozen=True)
class Mutation:
    """One edit of a template. `why` is a part of the words that must stand beside the verdict."""

    name: str
    type: str
    edit: Edit
    danger: Danger
    why: str = ""

    def applied(self, template: Template) -> Template:
        """The template after the edit."""
        mutated = copy.deepcopy(template)
        self.edit(mutated)
        assert mutated != template, f"{self.name} changes nothing"
        return mutated


def find(template: Template, kind: str, part: str = "") -> dict[str, Any]:
    """The first resource of a type whose logical id has this part."""
    found: dict[str, Any] = next(
        entry
        for name, entry in template["Resources"].items()
        if entry["Type"] == f"AWS::{kind}" and part in name
    )
    return found


def change(kind: str, path: str, value: Any, *, part: str = "") -> Edit:
    """Give a property (names and positions, separated by dots) another value; None takes it away."""

    def edit(template: Template) -> None:
        *steps, last = path.split(".")
        target = find(template, kind, part)["Properties"]
        for step in steps:
            target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
        if value is None:
            del target[int(last) if isinstance(target, list) else last]
        elif isinstance(target, list):
            target[int(last)] = value
        else:
            target[last] = value

    return edit


def append(kind: str, path: str, value: Any, *, part: str = "") -> Edit:
    """Add an element to a list."""

    def edit(template: Template) -> None:
        target = find(template, kind, part)["Properties"]
        for step in path.split("."):
            target = target[int(step)] if isinstance(target, list) else target[step]
        target.append(value)

    return edit


def attribute(kind: str, name: str, value: Any, *, part: str = "") -> Edit:
    """Give an attribute beside the properties another value; None takes it away."""

    def edit(template: Template) -> None:
        entry = find(template, kind, part)
        if value is None:
            del entry[name]
        else:
            entry[name] = value

    return edit


def remove(kind: str, part: str = "") -> Edit:
    """Take a resource away."""

    def edit(template: Template) -> None:
        entry = find(template, kind, part)
        template["Resources"] = {k: v for k, v in template["Resources"].items() if v is not entry}

    return edit


def add(name: str, kind: str, **properties: Any) -> Edit:
    """Add a resource."""

    def edit(template: Template) -> None:
        template["Resources"][name] = {"Type": f"AWS::{kind}", "Properties": properties}

    return edit


def several(*edits: Edit) -> Edit:
    """Make several edits at once."""

    def edit(template: Template) -> None:
        for each in edits:
            each(template)

    return edit


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any) -> dict[str, Any]:
    """A role's trust policy."""
    return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})


TABLE_ARN = {"Fn::GetAtt": ["Table", "Arn"]}
EVIL_ROOT = f"arn:aws:iam::{FOREIGN}:root"
LAMBDA = trust({"Service": "lambda.amazonaws.com"})
STATEMENTS = "PolicyDocument.Statement"

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

ACCESS = (
    Mutation(
        "function may do all on the table",
        "IAM::Policy",
        append("IAM::Policy", STATEMENTS, allow("dynamodb:*", TABLE_ARN)),
        OPENS,
        "dynamodb:*",
    ),
    Mutation(
        "function may do all but IAM",
        "IAM::Policy",
        append("IAM::Policy", STATEMENTS, {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        OPENS,
        "all but",
    ),
    Mutation(
        "denial removed",
        "IAM::Policy",
        change("IAM::Policy", f"{STATEMENTS}.4", None),
        OPENS,
        "no longer denied",
    ),
    Mutation(
        "condition on the key's use removed",
        "IAM::Policy",
        change("IAM::Policy", f"{STATEMENTS}.5.Condition", None),
        OPENS,
        "kms:Decrypt",
    ),
    Mutation(
        "one action less",
        "IAM::Policy",
        change("IAM::Policy", f"{STATEMENTS}.10", None),
        CHANGES,
        "may no longer",
    ),
    Mutation(
        "any SES identity",
        "IAM::Policy",
        change("IAM::Policy", f"{STATEMENTS}.9.Resource", "*"),
        OPENS,
        "ses:SendEmail",
    ),
    Mutation(
        "any parameter",
        "IAM::Policy",
        change("IAM::Policy", f"{STATEMENTS}.6.Resource", "arn:aws:ssm:*:*:parameter/*"),
        OPENS,
        "ssm:",
    ),
    Mutation(
        "function role trusts a foreign account",
        "IAM::Role",
        append(
            "IAM::Role",
            "AssumeRolePolicyDocument.Statement",
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": FOREIGN}},
        ),
        OPENS,
        FOREIGN,
    ),
    Mutation(
        "function role trusts everyone",
        "IAM::Role",
        append(
            "IAM::Role",
            "AssumeRolePolicyDocument.Statement",
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"},
        ),
        OPENS,
        "anybody",
    ),
    Mutation(
        "function role trusts GitHub without a subject",
        "IAM::Role",
        append(
            "IAM::Role",
            "AssumeRolePolicyDocument.Statement",
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "token.actions.githubusercontent.com"},
            },
        ),
        OPENS,
        "vouches for",
    ),
    Mutation(
        "managed policy of known content",
        "IAM::Role",
        change("IAM::Role", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]),
        OPENS,
        "dynamodb:*",
    ),
    Mutation(
        "managed policy of unknown content",
        "IAM::Role",
        change("IAM::Role", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/SecurityAudit"]),
        OPENS,
        "SecurityAudit",
    ),
    Mutation(
        "user with an access key",
        "IAM::AccessKey",
        several(
            add("Bob", "IAM::User", UserName="bob"), add("BobKey", "IAM::AccessKey", UserName={"Ref": "Bob"})
        ),
        OPENS,
        "expire",
    ),
    Mutation(
        "key policy for a foreign account",
        "KMS::Key",
        append(
            "KMS::Key",
            "KeyPolicy.Statement",
            {"Effect": "Allow", "Action": "kms:Decrypt", "Principal": {"AWS": EVIL_ROOT}, "Resource": "*"},
        ),
        OPENS,
        FOREIGN,
    ),
    Mutation(
        "permission without a source",
        "Lambda::Permission",
        change("Lambda::Permission", "SourceArn", None, part="GatewayApiApiPermission"),
        OPENS,
        "apigateway.amazonaws.com",
    ),
    Mutation(
        "permission for everyone",
        "Lambda::Permission",
        add(
            "Any",
            "Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName={"Ref": "Function6B188E59"},
            Principal="*",
        ),
        OPENS,
        "anybody",
    ),
    Mutation(
        "permission removed",
        "Lambda::Permission",
        remove("Lambda::Permission", "BackgroundOverdue"),
        REMOVES,
        "",
    ),
    Mutation(
        "queue policy for everyone",
        "SQS::QueuePolicy",
        append(
            "SQS::QueuePolicy",
            STATEMENTS,
            {"Effect": "Allow", "Action": "sqs:*", "Principal": "*", "Resource": "*"},
        ),
        OPENS,
        "anybody",
    ),
    Mutation("queue policy gone", "SQS::QueuePolicy", remove("SQS::QueuePolicy"), OPENS, "no longer denied"),
    Mutation(
        "topic policy for everyone",
        "SNS::TopicPolicy",
        append(
            "SNS::TopicPolicy",
            STATEMENTS,
            {"Effect": "Allow", "Action": "sns:Subscribe", "Principal": {"AWS": "*"}, "Resource": "*"},
        ),
        OPENS,
        "anybody",
    ),
    Mutation(
        "topic policy without its condition",
        "SNS::TopicPolicy",
        change("SNS::TopicPolicy", f"{STATEMENTS}.1.Condition", None),
        OPENS,
        "sns:Publish",
    ),
    Mutation(
        "API policy for everyone",
        "ApiGateway::RestApi",
        change("ApiGateway::RestApi", "Policy", policy(allow("execute-api:Invoke", Principal="*"))),
        OPENS,
        "anybody",
    ),
    Mutation(
        "log resource policy as text",
        "Logs::ResourcePolicy",
        add(
            "Lrp",
            "Logs::ResourcePolicy",
            PolicyName="x",
            PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"logs:*","Resource":"*"}]}',
        ),
        OPENS,
        "anybody",
    ),
)

API = (
    Mutation(
        "authorizer removed from a method",
        "ApiGateway::Method",
        several(
            change("ApiGateway::Method", "AuthorizationType", "NONE", part="POST"),
            change("ApiGateway::Method", "AuthorizerId", None, part="POST"),
        ),
        OPENS,
        "no longer asks",
    ),
    Mutation(
        "new route without an authorizer",
        "ApiGateway::Method",
        add(
            "Open",
            "ApiGateway::Method",
            HttpMethod="GET",
            AuthorizationType="NONE",
            ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
            RestApiId={"Ref": "Api"},
            Integration={"Type": "AWS_PROXY", "Uri": {"Ref": "FunctionLive7A09DEE6"}},
        ),
        OPENS,
        "no credentials",
    ),
    Mutation(
        "route to another host",
        "ApiGateway::Method",
        several(
            change("ApiGateway::Method", "Integration.Type", "HTTP_PROXY", part="POST"),
            change("ApiGateway::Method", "Integration.Uri", "https://evil.example", part="POST"),
        ),
        OPENS,
        "another host",
    ),
    Mutation(
        "function asks less of a caller",
        "ApiGateway::Method",
        attribute(
            "ApiGateway::Method", "Metadata", {"lifestyle-spaces:permission": {"needs": "token"}}, part="POST"
        ),
        OPENS,
        "demands less",
    ),
    Mutation("route removed", "ApiGateway::Method", remove("ApiGateway::Method", "POST"), DISRUPTS, "gone"),
    Mutation(
        "preflight for every origin",
        "ApiGateway::Method",
        change(
            "ApiGateway::Method",
            "Integration.IntegrationResponses.0.ResponseParameters",
            {"method.response.header.Access-Control-Allow-Origin": "'*'"},
            part="OPTIONS",
        ),
        OPENS,
        "every origin",
    ),
    Mutation(
        "errors for every origin",
        "ApiGateway::GatewayResponse",
        several(*[])
        if False
        else (
            lambda t: find(t, "ApiGateway::GatewayResponse")["Properties"]["ResponseParameters"].update(
                {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
            )
        ),
        OPENS,
        "every origin",
    ),
    Mutation(
        "errors with credentials",
        "ApiGateway::GatewayResponse",
        lambda t: find(t, "ApiGateway::GatewayResponse")["Properties"]["ResponseParameters"].update(
            {"gatewayresponse.header.Access-Control-Allow-Credentials": "'true'"}
        ),
        OPENS,
        "credentials",
    ),
    Mutation(
        "error tells more",
        "ApiGateway::GatewayResponse",
        change(
            "ApiGateway::GatewayResponse",
            "ResponseTemplates",
            {"application/json": "$context.error.validationErrorString $context.authorizer.claims"},
        ),
        EXPOSES,
        "tells more",
    ),
    Mutation(
        "refusal as a success",
        "ApiGateway::GatewayResponse",
        change("ApiGateway::GatewayResponse", "StatusCode", "200", part="Unauthorized"),
        REDUCES,
        "success",
    ),
    Mutation(
        "throttle raised",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "MethodSettings.0.ThrottlingRateLimit", 100_000),
        OPENS,
        "more requests",
    ),
    Mutation(
        "throttle lowered",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "MethodSettings.0.ThrottlingRateLimit", 100),
        CHANGES,
        "fewer requests",
    ),
    Mutation(
        "throttle of a route removed",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "MethodSettings.1", None),
        OPENS,
        "throttle",
    ),
    Mutation(
        "whole requests logged",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "MethodSettings.0.DataTraceEnabled", True),
        EXPOSES,
        "tokens",
    ),
    Mutation(
        "answers cached",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "MethodSettings.0.CachingEnabled", True),
        EXPOSES,
        "cached",
    ),
    Mutation(
        "access log removed",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "AccessLogSetting", None),
        REDUCES,
        "logged",
    ),
    Mutation(
        "access log elsewhere",
        "ApiGateway::Stage",
        change(
            "ApiGateway::Stage",
            "AccessLogSetting.DestinationArn",
            f"arn:aws:firehose:eu-central-1:{FOREIGN}:deliverystream/amazon-apigateway-x",
        ),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "tracing off",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "TracingEnabled", False),
        REDUCES,
        "traced",
    ),
    Mutation(
        "address beside the domain",
        "ApiGateway::RestApi",
        change("ApiGateway::RestApi", "EndpointConfiguration.Types", ["EDGE"]),
        DISRUPTS,
        "endpoint",
    ),
    Mutation(
        "tokens of another pool",
        "ApiGateway::Authorizer",
        append(
            "ApiGateway::Authorizer", "ProviderARNs", f"arn:aws:cognito-idp:eu-central-1:{FOREIGN}:userpool/x"
        ),
        OPENS,
        "another user pool",
    ),
    Mutation(
        "old TLS",
        "ApiGateway::DomainName",
        add("Dom", "ApiGateway::DomainName", DomainName="a.example", SecurityPolicy="TLS_1_0"),
        WEAKENS,
        "older TLS",
    ),
    Mutation(
        "deployment of another edition",
        "ApiGateway::Stage",
        change("ApiGateway::Stage", "DeploymentId", "abc123"),
        UNKNOWN,
        "edition",
    ),
    Mutation(
        "path renamed",
        "ApiGateway::Resource",
        change("ApiGateway::Resource", "PathPart", "v2", part="apiv1240CA5FB"),
        REPLACES,
        "",
    ),
    Mutation(
        "firewall rule only counts",
        "WAFv2::WebACL",
        change("WAFv2::WebACL", "Rules.0.Action", {"Count": {}}),
        OPENS,
        "counted",
    ),
    Mutation(
        "managed rules only count",
        "WAFv2::WebACL",
        change("WAFv2::WebACL", "Rules.3.OverrideAction", {"Count": {}}),
        OPENS,
        "counted",
    ),
    Mutation(
        "firewall rule removed",
        "WAFv2::WebACL",
        change("WAFv2::WebACL", "Rules.2", None),
        OPENS,
        "no longer looks",
    ),
    Mutation(
        "firewall limit raised",
        "WAFv2::WebACL",
        change("WAFv2::WebACL", "Rules.0.Statement.RateBasedStatement.Limit", 1_000_000),
        OPENS,
        "more requests",
    ),
    Mutation(
        "one more managed rule only counts",
        "WAFv2::WebACL",
        append(
            "WAFv2::WebACL",
            "Rules.3.Statement.ManagedRuleGroupStatement.RuleActionOverrides",
            {"Name": "SQLi_BODY", "ActionToUse": {"Count": {}}},
        ),
        OPENS,
        "only counts",
    ),
    Mutation(
        "firewall rule added that allows",
        "WAFv2::WebACL",
        append(
            "WAFv2::WebACL",
            "Rules",
            {"Name": "Pass", "Priority": 9, "Action": {"Allow": {}}, "Statement": {}},
        ),
        OPENS,
        "through",
    ),
    Mutation(
        "firewall taken away",
        "WAFv2::WebACLAssociation",
        remove("WAFv2::WebACLAssociation"),
        OPENS,
        "in front",
    ),
    Mutation(
        "firewall without metrics",
        "WAFv2::WebACL",
        change("WAFv2::WebACL", "Rules.0.VisibilityConfig.CloudWatchMetricsEnabled", False),
        REDUCES,
        "metrics",
    ),
)

SIGN_IN = (
    Mutation(
        "second factor off",
        "Cognito::UserPool",
        change("Cognito::UserPool", "MfaConfiguration", "OFF"),
        WEAKENS,
        "second factor",
    ),
    Mutation(
        "second factor for all",
        "Cognito::UserPool",
        change("Cognito::UserPool", "MfaConfiguration", "ON"),
        CHANGES,
        "stricter",
    ),
    Mutation(
        "short passwords",
        "Cognito::UserPool",
        change("Cognito::UserPool", "Policies.PasswordPolicy.MinimumLength", 6),
        WEAKENS,
        "guess",
    ),
    Mutation(
        "passwords without symbols",
        "Cognito::UserPool",
        change("Cognito::UserPool", "Policies.PasswordPolicy.RequireSymbols", False),
        WEAKENS,
        "guess",
    ),
    Mutation(
        "sign-up by administrators only",
        "Cognito::UserPool",
        change("Cognito::UserPool", "AdminCreateUserConfig.AllowAdminCreateUserOnly", True),
        DISRUPTS,
        "sign up",
    ),
    Mutation(
        "accounts can be deleted",
        "Cognito::UserPool",
        change("Cognito::UserPool", "DeletionProtection", "INACTIVE"),
        WEAKENS,
        "deleted",
    ),
    Mutation(
        "addresses not verified",
        "Cognito::UserPool",
        change("Cognito::UserPool", "AutoVerifiedAttributes", None),
        OPENS,
        "verified",
    ),
    Mutation(
        "trigger of another account",
        "Cognito::UserPool",
        change(
            "Cognito::UserPool",
            "LambdaConfig",
            {"PreTokenGeneration": f"arn:aws:lambda:eu-central-1:{FOREIGN}:function:x"},
        ),
        OPENS,
        "tokens",
    ),
    Mutation(
        "sign-in name changed",
        "Cognito::UserPool",
        change("Cognito::UserPool", "UsernameAttributes", ["phone_number"]),
        FAILS,
        "refuses",
    ),
    Mutation(
        "sign-in by plain password",
        "Cognito::UserPoolClient",
        append("Cognito::UserPoolClient", "ExplicitAuthFlows", "ALLOW_USER_PASSWORD_AUTH"),
        OPENS,
        "sign in",
    ),
    Mutation(
        "accounts can be guessed",
        "Cognito::UserPoolClient",
        change("Cognito::UserPoolClient", "PreventUserExistenceErrors", "LEGACY"),
        EXPOSES,
        "who has an account",
    ),
    Mutation(
        "people may verify themselves",
        "Cognito::UserPoolClient",
        append("Cognito::UserPoolClient", "WriteAttributes", "email_verified"),
        OPENS,
        "attribute",
    ),
    Mutation(
        "one more client",
        "Cognito::UserPoolClient",
        add("Second", "Cognito::UserPoolClient", UserPoolId={"Ref": "UserPool"}),
        OPENS,
        "client",
    ),
    Mutation(
        "hosted sign-in with a callback",
        "Cognito::UserPoolClient",
        change("Cognito::UserPoolClient", "CallbackURLs", ["https://evil.example"]),
        OPENS,
        "tokens may be sent",
    ),
)

FUNCTION = (
    Mutation(
        "code of a foreign bucket",
        "Lambda::Function",
        change("Lambda::Function", "Code.S3Bucket", "evil-bucket"),
        OPENS,
        "another bucket",
    ),
    Mutation(
        "code that no build made",
        "Lambda::Function",
        change("Lambda::Function", "Code.S3Key", "evil.zip"),
        UNKNOWN,
        "no build",
    ),
    Mutation(
        "layer code of a foreign bucket",
        "Lambda::LayerVersion",
        change("Lambda::LayerVersion", "Content.S3Bucket", "evil-bucket"),
        OPENS,
        "another bucket",
    ),
    Mutation(
        "another table",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.TABLE_NAME", "other-table"),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "another user pool",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.USER_POOL_ID", "eu-central-1_evil"),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "secret in a variable",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.API_KEY", "abc"),
        EXPOSES,
        "secret",
    ),
    Mutation(
        "code by a variable",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER", "/opt/x"),
        OPENS,
        "other code",
    ),
    Mutation(
        "requests by another host",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.AWS_ENDPOINT_URL", "https://evil.example"),
        OPENS,
        "another host",
    ),
    Mutation(
        "variable that nobody knows",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.FEATURE", "on"),
        UNKNOWN,
        "variable",
    ),
    Mutation(
        "log tells less",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.POWERTOOLS_LOG_LEVEL", "CRITICAL"),
        REDUCES,
        "tells less",
    ),
    Mutation(
        "events logged",
        "Lambda::Function",
        change("Lambda::Function", "Environment.Variables.POWERTOOLS_LOGGER_LOG_EVENT", "true"),
        EXPOSES,
        "tokens",
    ),
    Mutation(
        "concurrency zero",
        "Lambda::Function",
        change("Lambda::Function", "ReservedConcurrentExecutions", 0),
        DISRUPTS,
        "does not run",
    ),
    Mutation(
        "concurrency lowered",
        "Lambda::Function",
        change("Lambda::Function", "ReservedConcurrentExecutions", 5),
        DISRUPTS,
        "fewer requests",
    ),
    Mutation(
        "timeout of one second",
        "Lambda::Function",
        change("Lambda::Function", "Timeout", 1),
        DISRUPTS,
        "cut off",
    ),
    Mutation(
        "less memory",
        "Lambda::Function",
        change("Lambda::Function", "MemorySize", 128),
        DISRUPTS,
        "less memory",
    ),
    Mutation(
        "tracing off",
        "Lambda::Function",
        change("Lambda::Function", "TracingConfig.Mode", "PassThrough"),
        REDUCES,
        "traced",
    ),
    Mutation(
        "snapshots off",
        "Lambda::Function",
        change("Lambda::Function", "SnapStart.ApplyOn", "None"),
        DISRUPTS,
        "snapshot",
    ),
    Mutation(
        "another role",
        "Lambda::Function",
        change("Lambda::Function", "Role", f"arn:aws:iam::{FOREIGN}:role/x"),
        OPENS,
        "role outside",
    ),
    Mutation(
        "another handler", "Lambda::Function", change("Lambda::Function", "Handler", "x.y"), UNKNOWN, "code"
    ),
    Mutation(
        "another runtime",
        "Lambda::Function",
        change("Lambda::Function", "Runtime", "python3.8"),
        UNKNOWN,
        "runtime",
    ),
    Mutation(
        "fixed version", "Lambda::Alias", change("Lambda::Alias", "FunctionVersion", "1"), UNKNOWN, "version"
    ),
    Mutation(
        "version described", "Lambda::Version", change("Lambda::Version", "Description", "x"), REPLACES, ""
    ),
    Mutation(
        "canary removed",
        "Lambda::Alias",
        attribute("Lambda::Alias", "UpdatePolicy", None),
        WEAKENS,
        "all traffic",
    ),
    Mutation(
        "all traffic at once",
        "CodeDeploy::DeploymentGroup",
        change("CodeDeploy::DeploymentGroup", "DeploymentConfigName", "CodeDeployDefault.LambdaAllAtOnce"),
        WEAKENS,
        "all traffic",
    ),
    Mutation(
        "no rollback",
        "CodeDeploy::DeploymentGroup",
        change("CodeDeploy::DeploymentGroup", "AutoRollbackConfiguration.Enabled", False),
        WEAKENS,
        "rolled back",
    ),
    Mutation(
        "no alarm judges a release",
        "CodeDeploy::DeploymentGroup",
        change("CodeDeploy::DeploymentGroup", "AlarmConfiguration.Alarms.0", None),
        WEAKENS,
        "rolled back",
    ),
    Mutation(
        "CodeDeploy application of another platform",
        "CodeDeploy::Application",
        change("CodeDeploy::Application", "ComputePlatform", "Server"),
        UNKNOWN,
        "",
    ),
    Mutation(
        "stream to another function",
        "Lambda::EventSourceMapping",
        change(
            "Lambda::EventSourceMapping", "FunctionName", f"arn:aws:lambda:eu-central-1:{FOREIGN}:function:x"
        ),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "stream work given up at once",
        "Lambda::EventSourceMapping",
        change("Lambda::EventSourceMapping", "MaximumRetryAttempts", 0),
        WEAKENS,
        "dropped",
    ),
    Mutation(
        "stream filter changed",
        "Lambda::EventSourceMapping",
        change("Lambda::EventSourceMapping", "FilterCriteria.Filters.0.Pattern", "{}"),
        UNKNOWN,
        "which changes",
    ),
    Mutation(
        "schedule slower",
        "Events::Rule",
        change("Events::Rule", "ScheduleExpression", "rate(1 day)", part="Overdue"),
        DISRUPTS,
        "times a month",
    ),
    Mutation(
        "schedule to another target",
        "Events::Rule",
        change("Events::Rule", "Targets.0.Arn", f"arn:aws:lambda:eu-central-1:{FOREIGN}:function:x"),
        OPENS,
        "outside this stack",
    ),
    Mutation(
        "another web address",
        "SSM::Parameter",
        change("SSM::Parameter", "Value", "https://evil.example", part="weburl"),
        OPENS,
        "links in mail",
    ),
    Mutation(
        "invitations live longer",
        "SSM::Parameter",
        change("SSM::Parameter", "Value", "3650", part="invitecodedays"),
        WEAKENS,
        "longer",
    ),
    Mutation(
        "mail off",
        "SSM::Parameter",
        change("SSM::Parameter", "Value", "log", part="maildelivery"),
        DISRUPTS,
        "no mail",
    ),
    Mutation(
        "another sender",
        "SSM::Parameter",
        change("SSM::Parameter", "Value", "x@evil.example", part="mailsender"),
        CHANGES,
        "another sender",
    ),
    Mutation(
        "web app is told another pool",
        "SSM::Parameter",
        change("SSM::Parameter", "Value", "eu-central-1_evil", part="userpoolid"),
        OPENS,
        "another resource",
    ),
    Mutation(
        "secret as a plain parameter",
        "SSM::Parameter",
        add(
            "Plain",
            "SSM::Parameter",
            Name="/lifestyle-spaces/prod/smtp-password",
            Type="String",
            Value="hunter2",
        ),
        EXPOSES,
        "secret",
    ),
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
        "key of one's own removed",
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
        "key not renewed", "KMS::Key", change("KMS::Key", "EnableKeyRotation", False), WEAKENS, "renewed"
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
    Mutation("dead letters gone", "SQS::Queue", remove("SQS::Queue"), LOSES, "destroyed"),
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

WATCHING = (
    Mutation("alarm gone", "CloudWatch::Alarm", remove("CloudWatch::Alarm"), REDUCES, "no longer watches"),
    Mutation(
        "alarm rings later",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "Threshold", 1e9, part="FunctionErrors"),
        REDUCES,
        "later",
    ),
    Mutation(
        "alarm waits longer",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "EvaluationPeriods", 100),
        REDUCES,
        "later",
    ),
    Mutation(
        "alarm tells nobody",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "AlarmActions", []),
        REDUCES,
        "fewer",
    ),
    Mutation(
        "alarm without actions",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "ActionsEnabled", False),
        REDUCES,
        "nobody",
    ),
    Mutation(
        "alarm looks elsewhere",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "MetricName", "Invocations"),
        REDUCES,
        "something else",
    ),
    Mutation(
        "alarm by another formula",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "Metrics.0.Expression", "0", part="ServerErrors"),
        UNKNOWN,
        "formula",
    ),
    Mutation(
        "alarm described",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "AlarmDescription", "x"),
        CHANGES,
        "neither",
    ),
    Mutation(
        "alarm on silence",
        "CloudWatch::Alarm",
        change("CloudWatch::Alarm", "TreatMissingData", "breaching"),
        CHANGES,
        "stricter",
    ),
    Mutation("dashboard gone", "CloudWatch::Dashboard", remove("CloudWatch::Dashboard"), REDUCES, ""),
    Mutation(
        "messages to a stranger",
        "SNS::Subscription",
        change("SNS::Subscription", "Endpoint", "eve@evil.example"),
        OPENS,
        "eve@evil.example",
    ),
    Mutation(
        "messages to one more stranger",
        "SNS::Subscription",
        add(
            "Eve",
            "SNS::Subscription",
            Protocol="https",
            Endpoint="https://evil.example",
            TopicArn={"Ref": "NotificationsTopicAE679CBD"},
        ),
        OPENS,
        "evil.example",
    ),
    Mutation("on-call not told", "SNS::Subscription", remove("SNS::Subscription"), REDUCES, "told"),
    Mutation(
        "messages not encrypted",
        "SNS::Topic",
        change("SNS::Topic", "KmsMasterKeyId", None),
        WEAKENS,
        "encrypted",
    ),
    Mutation(
        "budget raised",
        "Budgets::Budget",
        change("Budgets::Budget", "Budget.BudgetLimit.Amount", 1_000_000),
        REDUCES,
        "spent",
    ),
    Mutation("budget gone", "Budgets::Budget", remove("Budgets::Budget"), REDUCES, "bill"),
    Mutation(
        "type that nobody knows",
        "EC2::Instance",
        add("Miner", "EC2::Instance", InstanceType="p5.48xlarge"),
        UNKNOWN,
        "does not know",
    ),
    Mutation(
        "resource under a condition",
        "CloudWatch::Alarm",
        attribute("CloudWatch::Alarm", "Condition", "Never"),
        UNKNOWN,
        "whether",
    ),
)

MUTATIONS = (*ISSUE, *ACCESS, *API, *SIGN_IN, *FUNCTION, *DATA, *WATCHING)
