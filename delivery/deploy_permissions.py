"""What CloudFormation must be allowed to do for this stack: one reason for every action.

AWS publishes, in each resource type's schema, the actions that its handlers may call; most
of them are for features that this stack does not use. These are the ones that it does.
"""

_TAGS = "the stack's tags"
_READ = "reads back what it made"

BOOTSTRAP_ROLES = {
    "cdk-hnb659fds-deploy-role-*": "creates and executes change sets, reads the stack's state",
    "cdk-hnb659fds-file-publishing-role-*": "uploads template, function and layer to the staging bucket",
    "cdk-hnb659fds-image-publishing-role-*": "assumed by every deployment; this stack has no image",
    "cdk-hnb659fds-lookup-role-*": "assumed by `cdk diff`; this stack looks nothing up",
}

_API_MAKE = "makes it, or puts it in place of the old one"
_API_CHANGE = "changes it in place"
_API_DELETE = "removes it with its route, or with the stack"

DEPLOYING: dict[str, dict[str, str]] = {
    "AWS::ApiGateway::Authorizer": {
        "apigateway:POST": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:PATCH": _API_CHANGE,
        "apigateway:DELETE": _API_DELETE,
    },
    "AWS::ApiGateway::BasePathMapping": {
        "apigateway:POST": "has the domain lead to the stage, where `gateway.domain` is set",
        "apigateway:GET": _READ,
        "apigateway:PATCH": _API_CHANGE,
        "apigateway:DELETE": "removes it with the domain",
    },
    "AWS::ApiGateway::Deployment": {
        "apigateway:POST": "publishes the routes",
        "apigateway:GET": _READ,
        "apigateway:DELETE": "removes the routes published before",
    },
    "AWS::ApiGateway::DomainName": {
        "apigateway:POST": "makes the domain, where `gateway.domain` is set",
        "apigateway:GET": _READ,
        "apigateway:PATCH": "a new certificate",
        "apigateway:PUT": _TAGS,
        "apigateway:DELETE": "removes it with its setting, or with the stack",
    },
    "AWS::ApiGateway::GatewayResponse": {
        "apigateway:PUT": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:DELETE": _API_DELETE,
    },
    "AWS::ApiGateway::Method": {
        "apigateway:PUT": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:DELETE": _API_DELETE,
    },
    "AWS::ApiGateway::Resource": {
        "apigateway:POST": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:PATCH": _API_CHANGE,
        "apigateway:DELETE": _API_DELETE,
    },
    "AWS::ApiGateway::RestApi": {
        "apigateway:POST": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:PATCH": _API_CHANGE,
        "apigateway:PUT": _TAGS,
        "apigateway:DELETE": "removes it with the stack",
    },
    "AWS::ApiGateway::Stage": {
        "apigateway:POST": _API_MAKE,
        "apigateway:GET": _READ,
        "apigateway:PATCH": "throttles, access log, tracing",
        "apigateway:PUT": _TAGS,
        "apigateway:DELETE": "removes it with the stack",
    },
    "AWS::Budgets::Budget": {
        "budgets:ModifyBudget": "makes, changes and removes the monthly budget",
        "budgets:ViewBudget": _READ,
        "budgets:TagResource": _TAGS,
    },
    "AWS::CloudWatch::Alarm": {
        "cloudwatch:PutMetricAlarm": "makes and changes it",
        "cloudwatch:DescribeAlarms": _READ,
        "cloudwatch:TagResource": _TAGS,
        "cloudwatch:DeleteAlarms": "removes it with the stack",
    },
    "AWS::CloudWatch::Dashboard": {
        "cloudwatch:PutDashboard": "makes and changes the dashboard",
        "cloudwatch:GetDashboard": _READ,
        "cloudwatch:TagResource": _TAGS,
        "cloudwatch:DeleteDashboards": "removes it with the stack",
    },
    "AWS::CodeDeploy::Application": {
        "codedeploy:CreateApplication": "what the alias's deployments belong to",
        "codedeploy:GetApplication": _READ,
        "codedeploy:TagResource": _TAGS,
        "codedeploy:DeleteApplication": "removes it with the stack",
    },
    "AWS::CodeDeploy::DeploymentGroup": {
        "codedeploy:CreateDeploymentGroup": "how the alias is shifted, and what rolls it back",
        "codedeploy:GetDeploymentGroup": _READ,
        "codedeploy:UpdateDeploymentGroup": "another share or other alarms",
        "codedeploy:RegisterApplicationRevision": "which version is to take over",
        "codedeploy:GetApplicationRevision": _READ,
        "codedeploy:TagResource": _TAGS,
        "iam:PassRole": "hands CodeDeploy its role; restrict by `iam:PassedToService`",
        "codedeploy:DeleteDeploymentGroup": "removes it with the stack",
    },
    "AWS::Cognito::UserPool": {
        "cognito-idp:CreateUserPool": "makes the pool",
        "cognito-idp:DescribeUserPool": _READ,
        "cognito-idp:GetUserPoolMfaConfig": _READ,
        "cognito-idp:SetUserPoolMfaConfig": "the second factor",
        "cognito-idp:UpdateUserPool": "password policy, deletion protection",
        "cognito-idp:TagResource": _TAGS,
        "cognito-idp:DeleteUserPool": "removes it with the stack, where it is not protected",
    },
    "AWS::Cognito::UserPoolClient": {
        "cognito-idp:CreateUserPoolClient": "makes the web app's client",
        "cognito-idp:DescribeUserPoolClient": _READ,
        "cognito-idp:UpdateUserPoolClient": "token lifetimes, sign-in flows",
        "cognito-idp:DeleteUserPoolClient": "removes it with the stack",
    },
    "AWS::DynamoDB::Table": {
        "dynamodb:CreateTable": "makes the table",
        "dynamodb:DescribeTable": _READ,
        "dynamodb:DescribeContinuousBackups": _READ,
        "dynamodb:DescribeTimeToLive": _READ,
        "dynamodb:UpdateTable": "stream, encryption, deletion protection",
        "dynamodb:UpdateContinuousBackups": "point-in-time recovery",
        "dynamodb:UpdateTimeToLive": "the attribute `ttl`",
        "dynamodb:TagResource": _TAGS,
        "kms:CreateGrant": "DynamoDB's use of the key, where `data.customer_managed_key` is set",
        "kms:DescribeKey": "checks that key",
        "dynamodb:DeleteTable": "removes it with the stack, where it is not protected",
    },
    "AWS::Events::Rule": {
        "events:PutRule": "makes and changes the schedules",
        "events:PutTargets": "has them call the alias",
        "events:DescribeRule": _READ,
        "events:TagResource": _TAGS,
        "events:ListTargetsByRule": "finds what is to be removed first",
        "events:RemoveTargets": "removes that first",
        "events:DeleteRule": "removes them with the stack",
    },
    "AWS::IAM::Policy": {
        "iam:PutRolePolicy": "the function's permissions",
        "iam:GetRolePolicy": _READ,
        "iam:DeleteRolePolicy": "removes them with the stack",
    },
    "AWS::IAM::Role": {
        "iam:CreateRole": "makes the function's role and, where set, CodeDeploy's",
        "iam:GetRole": _READ,
        "iam:UpdateAssumeRolePolicy": "who may assume it",
        "iam:TagRole": _TAGS,
        "iam:AttachRolePolicy": "CodeDeploy's, where `function.canary` is set",
        "iam:DetachRolePolicy": "removes that first",
        "iam:ListAttachedRolePolicies": "checks that nothing hangs on it before it is removed",
        "iam:ListRolePolicies": "checks that nothing hangs on it before it is removed",
        "iam:DeleteRole": "removes it with the stack",
    },
    "AWS::KMS::Key": {
        "kms:CreateKey": "makes the topic's key and, where set, the data's",
        "kms:DescribeKey": _READ,
        "kms:PutKeyPolicy": "who may use it",
        "kms:EnableKeyRotation": "a new secret every year",
        "kms:TagResource": _TAGS,
        "kms:ScheduleKeyDeletion": "removes it with the stack, where it is not protected",
    },
    "AWS::Lambda::Alias": {
        "lambda:CreateAlias": "makes the alias `live`",
        "lambda:GetAlias": _READ,
        "lambda:UpdateAlias": "points it to the new version",
        "codedeploy:CreateDeployment": "has CodeDeploy do so, where `function.canary` is set",
        "codedeploy:GetDeployment": "waits until it has",
        "codedeploy:GetDeploymentConfig": "which share for how long",
        "codedeploy:StopDeployment": "when the update is cancelled",
        "lambda:DeleteAlias": "removes it with the stack",
    },
    "AWS::Lambda::EventSourceMapping": {
        "lambda:CreateEventSourceMapping": "has the table's stream call the alias",
        "lambda:GetEventSourceMapping": _READ,
        "lambda:UpdateEventSourceMapping": "batches, retries",
        "lambda:TagResource": _TAGS,
        "lambda:DeleteEventSourceMapping": "removes it with the stack",
    },
    "AWS::Lambda::Function": {
        "lambda:CreateFunction": "makes the function",
        "lambda:GetFunction": "waits until it is ready",
        "lambda:UpdateFunctionCode": "new code",
        "lambda:UpdateFunctionConfiguration": "memory, timeout, environment, layer",
        "lambda:PutFunctionConcurrency": "reserved concurrency",
        "lambda:DeleteFunctionConcurrency": "reserved concurrency, where the setting goes away",
        "lambda:GetLayerVersion": "the layer that it uses",
        "lambda:TagResource": _TAGS,
        "iam:PassRole": "hands the function its role; restrict by `iam:PassedToService`",
        "s3:GetObject": "fetches the code from the staging bucket",
        "lambda:DeleteFunction": "removes it with the stack",
    },
    "AWS::Lambda::LayerVersion": {
        "lambda:PublishLayerVersion": "makes the dependency layer",
        "lambda:GetLayerVersion": _READ,
        "s3:GetObject": "fetches the layer from the staging bucket",
        "lambda:DeleteLayerVersion": "removes the layer that was used before",
    },
    "AWS::Lambda::Permission": {
        "lambda:AddPermission": "lets the API and the schedules invoke the alias",
        "lambda:GetPolicy": _READ,
        "lambda:RemovePermission": "removes it with the stack",
    },
    "AWS::Lambda::Version": {
        "lambda:PublishVersion": "makes a version, and its snapshot where SnapStart is on",
        "lambda:GetFunctionConfiguration": "waits until it is ready",
        "lambda:ListVersionsByFunction": _READ,
        "lambda:DeleteFunction": "removes the version that was live before",
    },
    "AWS::Logs::LogGroup": {
        "logs:CreateLogGroup": "makes the function's log and the access log",
        "logs:DescribeLogGroups": _READ,
        "logs:PutRetentionPolicy": "how long they are kept",
        "logs:TagResource": _TAGS,
        "logs:DeleteLogGroup": "removes them with the stack, where they are not protected",
    },
    "AWS::SNS::Subscription": {
        "sns:Subscribe": "the addresses of `alarms.emails`",
        "sns:GetSubscriptionAttributes": _READ,
        "sns:Unsubscribe": "removes one that is gone from there",
    },
    "AWS::SNS::Topic": {
        "sns:CreateTopic": "where alarms are told",
        "sns:GetTopicAttributes": _READ,
        "sns:SetTopicAttributes": "its key",
        "sns:TagResource": _TAGS,
        "sns:DeleteTopic": "removes it with the stack",
    },
    "AWS::SNS::TopicPolicy": {"sns:SetTopicAttributes": "TLS only; who may publish"},
    "AWS::SQS::Queue": {
        "sqs:CreateQueue": "makes the dead-letter queue",
        "sqs:GetQueueAttributes": _READ,
        "sqs:SetQueueAttributes": "retention, encryption",
        "sqs:TagQueue": _TAGS,
        "sqs:DeleteQueue": "removes it with the stack",
    },
    "AWS::SQS::QueuePolicy": {"sqs:SetQueueAttributes": "TLS only"},
    "AWS::SSM::Parameter": {
        "ssm:PutParameter": "makes or changes the parameters under `/lifestyle-spaces/<env>/`",
        "ssm:GetParameters": _READ,
        "ssm:AddTagsToResource": _TAGS,
        "ssm:DeleteParameter": "removes them with the stack",
    },
    "AWS::WAFv2::WebACL": {
        "wafv2:CreateWebACL": "makes the web ACL, where `gateway.web_acl` is set",
        "wafv2:GetWebACL": _READ,
        "wafv2:UpdateWebACL": "another limit or other rules",
        "wafv2:TagResource": _TAGS,
        "wafv2:DeleteWebACL": "removes it with its setting, or with the stack",
    },
    "AWS::WAFv2::WebACLAssociation": {
        "wafv2:AssociateWebACL": "puts it before the stage",
        "apigateway:SetWebACL": "puts it before the stage",
        "wafv2:GetWebACLForResource": _READ,
        "wafv2:DisassociateWebACL": "takes it away",
    },
}
