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
    "AWS::ApiGateway::Deployment": {
        "apigateway:POST": "publishes the routes",
        "apigateway:GET": _READ,
        "apigateway:DELETE": "removes the routes published before",
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
    "AWS::CloudWatch::Alarm": {
        "cloudwatch:PutMetricAlarm": "makes and changes it",
        "cloudwatch:DescribeAlarms": _READ,
        "cloudwatch:TagResource": _TAGS,
        "cloudwatch:DeleteAlarms": "removes it with the stack",
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
        "iam:CreateRole": "makes the function's role",
        "iam:GetRole": _READ,
        "iam:UpdateAssumeRolePolicy": "who may assume it",
        "iam:TagRole": _TAGS,
        "iam:ListAttachedRolePolicies": "checks that nothing hangs on it before it is removed",
        "iam:ListRolePolicies": "checks that nothing hangs on it before it is removed",
        "iam:DeleteRole": "removes it with the stack",
    },
    "AWS::Lambda::Alias": {
        "lambda:CreateAlias": "makes the alias `live`",
        "lambda:GetAlias": _READ,
        "lambda:UpdateAlias": "points it to the new version",
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
}
