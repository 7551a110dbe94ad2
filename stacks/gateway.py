"""The REST API: explicit routes, with a Cognito authorizer that rejects requests without a token."""

import json
from collections import defaultdict
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.domain import Domain, DomainProps
from stacks.errors import ConfigurationError
from stacks.gateway_responses import EXPOSED_HEADERS, add_gateway_responses
from stacks.log_group import log_group
from stacks.routes import Route
from stacks.settings import STAGE_NAME, GatewaySettings, LogSettings
from stacks.web_acl import WebAcl, WebAclProps

# Literal, because the API's address depends on it.
API_LOGICAL_ID = "Api"
ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Request-Id",
)
# Metadata key of a method for the permission that the function requires; see `Route.permission`.
PERMISSION_METADATA = "lifestyle-spaces:permission"
PREFLIGHT_MAX_AGE = Duration.hours(2)  # the maximum that browsers cache

# One line per request, without token, body or e-mail; users are identified by id and source address.
ACCESS_LOG_FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "user_id": "$context.authorizer.claims.sub",
    "source_ip": "$context.identity.sourceIp",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "trace_id": "$context.xrayTraceId",
}


@dataclass(frozen=True, kw_only=True)
class GatewayProps:
    """The gateway's settings and routes. Every integration invokes `alias`."""

    settings: GatewaySettings
    logs: LogSettings
    tracing: bool
    routes: tuple[Route, ...]
    alias: lambda_.Alias
    user_pool: cognito.UserPool


class Gateway(Construct):
    """The API and its one stage. `url` ends before `/api/v1`, without a slash.

    Raises ConfigurationError when a route's throttle names a route that does not exist.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: GatewayProps) -> None:
        super().__init__(scope, construct_id)
        _refuse_unknown_throttles(props)
        settings = props.settings
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"{Stack.of(self).stack_name}-api",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=settings.owns_account_log_role,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN if settings.owns_account_log_role else None,
            disable_execute_api_endpoint=True if settings.domain and settings.domain.exclusive else None,
            deploy_options=self._stage_options(props),
        )
        cfn_api = self.api.node.default_child
        assert isinstance(cfn_api, apigateway.CfnRestApi)  # noqa: S101 - narrows jsii's type
        cfn_api.override_logical_id(API_LOGICAL_ID)
        # CDK's own output duplicates `ApiUrl`, with a trailing slash.
        self.api.node.try_remove_child("Endpoint")
        if settings.emulator_id is not None:
            Tags.of(self.api).add(
                "ms-custom-id", settings.emulator_id, include_resource_types=["AWS::ApiGateway::RestApi"]
            )
        add_gateway_responses(self.api, cors_origin=settings.cors_origin)
        self._add_routes(props)
        self.url = self._url(settings)
        if settings.domain is not None:
            Domain(self, "Domain", props=DomainProps(settings=settings.domain, api=self.api))
        if settings.web_acl is not None:
            stage_arn = self.api.deployment_stage.stage_arn
            WebAcl(self, "WebAcl", props=WebAclProps(settings=settings.web_acl, stage_arn=stage_arn))

    def _url(self, settings: GatewaySettings) -> str:
        if settings.domain is not None and settings.domain.exclusive:
            return f"https://{settings.domain.name}"
        stack = Stack.of(self)
        return f"https://{self.api.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}/{STAGE_NAME}"

    def _stage_options(self, props: GatewayProps) -> apigateway.StageOptions:
        settings = props.settings
        access_log = log_group(self, "AccessLog", settings=props.logs)
        return apigateway.StageOptions(
            stage_name=STAGE_NAME,
            throttling_rate_limit=settings.throttle.rate_per_second,
            throttling_burst_limit=settings.throttle.burst,
            method_options={
                _method_path(route): apigateway.MethodDeploymentOptions(
                    throttling_rate_limit=throttle.rate_per_second,
                    throttling_burst_limit=throttle.burst,
                    metrics_enabled=True,
                )
                for route, throttle in settings.route_throttles.items()
            },
            metrics_enabled=True,
            tracing_enabled=props.tracing,
            access_log_destination=apigateway.LogGroupLogDestination(access_log),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS)),
        )

    def _add_routes(self, props: GatewayProps) -> None:
        authorizer = apigateway.CognitoUserPoolsAuthorizer(
            self, "Authorizer", cognito_user_pools=[props.user_pool]
        )
        # One permission for the whole API: one per method would exceed Lambda's limit of 20 KB for a policy.
        integration = apigateway.LambdaIntegration(props.alias, scope_permission_to_method=False)
        methods: dict[str, list[str]] = defaultdict(list)
        for route in props.routes:
            resource = self.api.root.resource_for_path(route.path)
            method = resource.add_method(
                route.method,
                integration,
                authorizer=authorizer if route.needs_token else None,
                authorization_type=(
                    apigateway.AuthorizationType.COGNITO
                    if route.needs_token
                    else apigateway.AuthorizationType.NONE
                ),
            )
            cfn_method = method.node.default_child
            assert isinstance(cfn_method, apigateway.CfnMethod)  # noqa: S101 - narrows jsii's type
            cfn_method.add_metadata(PERMISSION_METADATA, dict(route.permission))
            methods[route.path].append(route.method)
        for path, allowed in methods.items():
            self.api.root.resource_for_path(path).add_cors_preflight(
                allow_origins=[props.settings.cors_origin],
                allow_methods=allowed,
                allow_headers=list(ALLOWED_HEADERS),
                expose_headers=list(EXPOSED_HEADERS),
                max_age=PREFLIGHT_MAX_AGE,
            )


def _refuse_unknown_throttles(props: GatewayProps) -> None:
    unknown = set(props.settings.route_throttles) - {str(route) for route in props.routes}
    if unknown:
        raise ConfigurationError(
            f"gateway.route_throttles: no such route in openapi.json: {', '.join(sorted(unknown))}"
        )


def _method_path(route: str) -> str:
    """`POST /api/v1/x` in the form of CDK's `method_options`: `/api/v1/x/POST`."""
    method, path = route.split(" ", 1)
    return f"{path}/{method}"
