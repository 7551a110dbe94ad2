import json
from typing import Any

import pytest

from stacks.errors import ConfigurationError
from stacks.gateway_responses import EDGE_PROBLEMS
from tests.infra.stack_helpers import DOMAIN, ROUTES, Backend, backend, changed, synthesise

ORIGIN = "'https://lifestyle-spaces.example'"
HEADER = "gatewayresponse.header."


def stage_setting(backend: Backend, method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [
        setting
        for setting in backend.properties("ApiGateway::Stage")["MethodSettings"]
        if (setting["HttpMethod"], setting["ResourcePath"]) == (method, path)
    ]
    return found


class TestRoutes:
    def test_routes_are_all_explicit(self, each_environment: Backend) -> None:
        methods = {(path, method) for path, method, _ in each_environment.methods() if method != "OPTIONS"}
        assert methods == {(route.path, route.method) for route in ROUTES}

    def test_routes_have_no_catch_all(self, each_environment: Backend) -> None:
        for path, method, _ in each_environment.methods():
            assert method != "ANY"
            assert "+}" not in path

    def test_routes_ask_for_a_token_of_the_pool(self, each_environment: Backend) -> None:
        (authorizer,) = each_environment.all("ApiGateway::Authorizer")
        assert each_environment.properties("ApiGateway::Authorizer")["Type"] == "COGNITO_USER_POOLS"
        assert each_environment.properties("ApiGateway::Authorizer")["ProviderARNs"] == [
            {"Fn::GetAtt": ["UserPool", "Arn"]}
        ]
        for path, method, properties in each_environment.methods():
            if method == "OPTIONS" or path == "/health":
                assert properties["AuthorizationType"] == "NONE", (path, method)
            else:
                assert properties["AuthorizationType"] == "COGNITO_USER_POOLS", (path, method)
                assert properties["AuthorizerId"] == {"Ref": authorizer}

    def test_routes_tell_reviewers_what_the_function_asks(self, prod: Backend) -> None:
        told = [
            method["Metadata"]["lifestyle-spaces:permission"]
            for method in prod.all("ApiGateway::Method").values()
            if method["Properties"]["HttpMethod"] != "OPTIONS"
        ]
        assert sorted(map(str, told)) == sorted(str(dict(route.permission)) for route in ROUTES)

    def test_routes_ask_for_no_scope_so_that_only_id_tokens_pass(self, each_environment: Backend) -> None:
        assert not any("AuthorizationScopes" in properties for _, _, properties in each_environment.methods())

    def test_routes_go_to_the_live_alias(self, each_environment: Backend) -> None:
        (alias,) = each_environment.all("Lambda::Alias")
        for _, method, properties in each_environment.methods():
            if method != "OPTIONS":
                assert properties["Integration"]["Type"] == "AWS_PROXY"
                assert {"Ref": alias} in properties["Integration"]["Uri"]["Fn::Join"][1]

    def test_routes_need_one_permission_together(self, each_environment: Backend) -> None:
        (alias,) = each_environment.all("Lambda::Alias")
        permissions = [each["Properties"] for each in each_environment.all("Lambda::Permission").values()]
        (permission,) = [each for each in permissions if each["Principal"] == "apigateway.amazonaws.com"]
        assert permission["FunctionName"] == {"Ref": alias}


class TestPreflight:
    def test_preflight_answers_for_every_path_with_its_methods(self, each_environment: Backend) -> None:
        offered = {
            path: properties["Integration"]["IntegrationResponses"][0]["ResponseParameters"][
                "method.response.header.Access-Control-Allow-Methods"
            ]
            for path, method, properties in each_environment.methods()
            if method == "OPTIONS"
        }
        for path in {route.path for route in ROUTES}:
            methods = sorted(route.method for route in ROUTES if route.path == path)
            assert sorted(offered.pop(path).strip("'").split(",")) == methods
        assert offered == {}

    def test_preflight_names_the_one_origin_and_what_browsers_may_send_and_read(self, prod: Backend) -> None:
        for _, method, properties in prod.methods():
            if method == "OPTIONS":
                (answer,) = properties["Integration"]["IntegrationResponses"]
                headers = {
                    name.removeprefix("method.response.header."): value
                    for name, value in answer["ResponseParameters"].items()
                }
                del headers["Access-Control-Allow-Methods"]
                assert answer["StatusCode"] == "204"
                assert headers == {
                    "Access-Control-Allow-Origin": ORIGIN,
                    "Access-Control-Allow-Headers": (
                        "'Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match,X-Request-Id'"
                    ),
                    "Access-Control-Expose-Headers": (
                        "'ETag,Idempotency-Replayed,Location,Retry-After,X-Request-Id'"
                    ),
                    "Access-Control-Max-Age": "'7200'",
                    "Vary": "'Origin'",
                }


class TestGatewayResponses:
    def test_gateway_responses_are_problems_with_their_own_status(self, each_environment: Backend) -> None:
        for response in each_environment.all("ApiGateway::GatewayResponse").values():
            properties = response["Properties"]
            body = json.loads(properties["ResponseTemplates"]["application/json"])
            assert set(body) == {"type", "title", "status", "detail", "code", "request_id"}
            assert str(body["status"]) == properties["StatusCode"]
            assert body["request_id"] == "$context.requestId"

    def test_gateway_responses_carry_type_origin_and_request_id(self, prod: Backend) -> None:
        for response in prod.all("ApiGateway::GatewayResponse").values():
            headers = response["Properties"]["ResponseParameters"]
            assert headers[f"{HEADER}Content-Type"] == "'application/problem+json'"
            assert headers[f"{HEADER}Access-Control-Allow-Origin"] == ORIGIN
            assert headers[f"{HEADER}Access-Control-Expose-Headers"] == (
                "'ETag,Idempotency-Replayed,Location,Retry-After,X-Request-Id'"
            )
            assert headers[f"{HEADER}X-Request-Id"] == "context.requestId"
            assert headers[f"{HEADER}Cache-Control"] == "'no-store'"
            assert headers[f"{HEADER}X-Content-Type-Options"] == "'nosniff'"

    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("UNAUTHORIZED", "401", "unauthorized"),
            ("EXPIRED_TOKEN", "401", "unauthorized"),
            ("ACCESS_DENIED", "403", "forbidden"),
            ("MISSING_AUTHENTICATION_TOKEN", "404", "not_found"),
            # With a token, AWS takes an unknown path's for a broken signature.
            ("INVALID_SIGNATURE", "404", "not_found"),
            ("REQUEST_TOO_LARGE", "413", "payload_too_large"),
            ("UNSUPPORTED_MEDIA_TYPE", "415", "unsupported_media_type"),
            ("THROTTLED", "429", "too_many_requests"),
            ("INTEGRATION_TIMEOUT", "504", "upstream_timeout"),
            ("DEFAULT_4XX", "400", "bad_request"),
            ("DEFAULT_5XX", "500", "internal_error"),
        ],
    )
    def test_gateway_responses_say_what_happened(
        self, prod: Backend, kind: str, status: str, code: str
    ) -> None:
        (found,) = [
            response["Properties"]
            for response in prod.all("ApiGateway::GatewayResponse").values()
            if response["Properties"]["ResponseType"] == kind
        ]
        assert found["StatusCode"] == status
        assert json.loads(found["ResponseTemplates"]["application/json"])["code"] == code

    def test_gateway_responses_tell_when_to_come_back_and_how_to_sign_in(self) -> None:
        headers = {problem.response_type: problem.headers for problem in EDGE_PROBLEMS}
        assert headers["THROTTLED"] == {"Retry-After": "1"}
        assert headers["UNAUTHORIZED"] == {"WWW-Authenticate": "Bearer"}

    def test_gateway_responses_leave_no_type_out(self) -> None:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
        assert len({problem.response_type for problem in EDGE_PROBLEMS}) == len(EDGE_PROBLEMS) == 21


class TestStage:
    @pytest.mark.parametrize(
        ("name", "rate", "burst"), [("dev", 50, 100), ("staging", 100, 200), ("prod", 500, 1000)]
    )
    def test_stage_throttles_everything(self, name: str, rate: int, burst: int) -> None:
        setting = stage_setting(backend(name), "*", "/*")
        assert (setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"]) == (rate, burst)

    def test_stage_throttles_joining_on_its_own(self, each_environment: Backend) -> None:
        setting = stage_setting(each_environment, "POST", "/~1api~1v1~1spaces~1join")
        everything = stage_setting(each_environment, "*", "/*")
        assert setting["ThrottlingRateLimit"] < everything["ThrottlingRateLimit"]

    def test_stage_rejects_to_throttle_what_does_not_exist(self) -> None:
        throttles = {"POST /api/v1/spaces/jion": {"rate_per_second": 1, "burst": 1}}
        with pytest.raises(
            ConfigurationError, match=r"no such route in openapi.json: POST /api/v1/spaces/jion"
        ):
            synthesise(changed("dev", gateway={"route_throttles": throttles}))

    def test_stage_never_logs_bodies(self, each_environment: Backend) -> None:
        for setting in each_environment.properties("ApiGateway::Stage")["MethodSettings"]:
            assert setting["DataTraceEnabled"] is False
            assert "LoggingLevel" not in setting

    def test_stage_logs_each_access_as_json_without_token_or_email(self, each_environment: Backend) -> None:
        log = each_environment.properties("ApiGateway::Stage")["AccessLogSetting"]
        fields = json.loads(log["Format"])
        assert fields["request_id"] == "$context.requestId"
        assert fields["user_id"] == "$context.authorizer.claims.sub"
        assert not any("email" in value or "authorization" in value.lower() for value in fields.values())
        group = log["DestinationArn"]["Fn::Join"][1][-1]["Ref"]
        assert "RetentionInDays" in each_environment.all("Logs::LogGroup")[group]["Properties"]

    @pytest.mark.parametrize(("name", "traced"), [("local", False), ("prod", True)])
    def test_stage_traces_if_the_function_does(self, name: str, traced: bool) -> None:
        assert backend(name).properties("ApiGateway::Stage")["TracingEnabled"] is traced


class TestApi:
    def test_api_keeps_its_logical_id_for_ever(self, each_environment: Backend) -> None:
        assert list(each_environment.all("ApiGateway::RestApi")) == ["Api"]

    def test_api_takes_no_binary_type(self, each_environment: Backend) -> None:
        assert "BinaryMediaTypes" not in each_environment.properties("ApiGateway::RestApi")

    def test_api_has_a_stable_id_in_the_emulator_alone(self, local: Backend, prod: Backend) -> None:
        assert local.properties("ApiGateway::RestApi")["Tags"] == [
            {"Key": "ms-custom-id", "Value": "lifestyle-spaces"}
        ]
        assert "Tags" not in prod.properties("ApiGateway::RestApi")

    def test_api_leaves_the_accounts_log_role_alone(self, each_environment: Backend) -> None:
        assert each_environment.all("ApiGateway::Account") == {}

    def test_api_sets_the_accounts_log_role_when_told_to_and_never_takes_it_away(self) -> None:
        owner = synthesise(changed("dev", gateway={"owns_account_log_role": True}))
        assert owner.one("ApiGateway::Account")["DeletionPolicy"] == "Retain"


@pytest.fixture(scope="module")
def named() -> Backend:
    return synthesise(changed("prod", gateway={"domain": DOMAIN}))


class TestDomain:
    def test_domain_has_the_certificate_of_the_setting_and_no_old_tls(self, named: Backend) -> None:
        assert named.properties("ApiGateway::DomainName") == {
            "DomainName": DOMAIN["name"],
            "RegionalCertificateArn": DOMAIN["certificate_arn"],
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "SecurityPolicy": "TLS_1_2",
        }

    def test_domain_leads_to_the_stage(self, named: Backend) -> None:
        mapping = named.properties("ApiGateway::BasePathMapping")
        (stage,) = named.all("ApiGateway::Stage")
        assert (mapping["RestApiId"], mapping["Stage"]) == ({"Ref": "Api"}, {"Ref": stage})
        assert "BasePath" not in mapping

    def test_domain_is_the_only_address(self, named: Backend, prod: Backend) -> None:
        assert named.properties("ApiGateway::RestApi")["DisableExecuteApiEndpoint"] is True
        assert "DisableExecuteApiEndpoint" not in prod.properties("ApiGateway::RestApi")
        assert named.template["Outputs"]["ApiUrl"]["Value"] == "https://api.lifestyle-spaces.example"

    def test_domain_stands_beside_the_apis_own_address_until_dns_leads_to_it(self) -> None:
        both = synthesise(changed("prod", gateway={"domain": {**DOMAIN, "exclusive": False}}))
        assert "DisableExecuteApiEndpoint" not in both.properties("ApiGateway::RestApi")
        assert ".execute-api." in json.dumps(both.template["Outputs"]["ApiUrl"]["Value"])
        assert "DomainTarget" in both.template["Outputs"]

    def test_domain_tells_what_its_dns_record_points_to(self, named: Backend) -> None:
        (domain,) = named.all("ApiGateway::DomainName")
        target = named.template["Outputs"]["DomainTarget"]["Value"]
        assert target == {"Fn::GetAtt": [domain, "RegionalDomainName"]}

    def test_domain_is_none_if_the_setting_is_null(self, each_environment: Backend) -> None:
        assert each_environment.all("ApiGateway::DomainName") == {}


class TestWebAcl:
    def test_web_acl_stands_before_the_stage(self, prod: Backend) -> None:
        (acl,) = prod.all("WAFv2::WebACL")
        (stage,) = prod.all("ApiGateway::Stage")
        association = prod.properties("WAFv2::WebACLAssociation")
        assert association["WebACLArn"] == {"Fn::GetAtt": [acl, "Arn"]}
        assert association["ResourceArn"]["Fn::Join"][1][-3:] == [{"Ref": "Api"}, "/stages/", {"Ref": stage}]

    def test_web_acl_lets_pass_what_no_rule_blocks(self, prod: Backend) -> None:
        acl = prod.properties("WAFv2::WebACL")
        assert (acl["Scope"], acl["DefaultAction"]) == ("REGIONAL", {"Allow": {}})

    def test_web_acl_blocks_too_many_requests_of_one_address(self) -> None:
        limited = synthesise(changed("prod", gateway={"web_acl": {"requests_per_address": 1234}}))
        rule = limited.properties("WAFv2::WebACL")["Rules"][0]
        assert rule["Action"] == {"Block": {}}
        assert rule["Statement"] == {
            "RateBasedStatement": {"Limit": 1234, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}
        }

    def test_web_acl_applies_the_rules_that_aws_keeps(self, prod: Backend) -> None:
        rules = prod.properties("WAFv2::WebACL")["Rules"][1:]
        assert [rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in rules] == [
            "AWSManagedRulesAmazonIpReputationList",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesCommonRuleSet",
        ]
        assert all(rule["OverrideAction"] == {"None": {}} for rule in rules)

    def test_web_acl_only_counts_what_people_write_into_their_journals(self, prod: Backend) -> None:
        overrides = [
            override
            for rule in prod.properties("WAFv2::WebACL")["Rules"][1:]
            for override in rule["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
        ]
        assert all(override["ActionToUse"] == {"Count": {}} for override in overrides)
        assert all(override["Name"].endswith("_BODY") for override in overrides)
        assert "SizeRestrictions_BODY" in {override["Name"] for override in overrides}

    def test_known_bad_inputs_in_a_body_are_only_counted(self, prod: Backend) -> None:
        # A journal entry may quote `${jndi:...}`. The rules that inspect a body, by AWS's own list:
        # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
        group = self.group(prod, "AWSManagedRulesKnownBadInputsRuleSet")
        assert [override["Name"] for override in group["RuleActionOverrides"]] == [
            "JavaDeserializationRCE_BODY",
            "Log4JRCE_BODY",
            "ReactJSRCE_BODY",
        ]

    def test_reputation_list_does_not_apply_to_the_health_check(self, prod: Backend) -> None:
        group = self.group(prod, "AWSManagedRulesAmazonIpReputationList")
        (match,) = group["ScopeDownStatement"]["NotStatement"]["Statement"].values()
        assert (match["SearchString"], match["PositionalConstraint"]) == ("/health", "ENDS_WITH")
        assert match["FieldToMatch"] == {"UriPath": {}}

    def test_other_rules_apply_to_every_request(self, prod: Backend) -> None:
        for name in ("AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"):
            assert "ScopeDownStatement" not in self.group(prod, name)

    def group(self, backend: Backend, name: str) -> dict[str, Any]:
        (rule,) = [rule for rule in backend.properties("WAFv2::WebACL")["Rules"] if rule["Name"] == name]
        group: dict[str, Any] = rule["Statement"]["ManagedRuleGroupStatement"]
        return group

    def test_tries_each_rule_in_its_own_turn(self, prod: Backend) -> None:
        rules = prod.properties("WAFv2::WebACL")["Rules"]
        assert [rule["Priority"] for rule in rules] == [0, 1, 2, 3]
        assert len({rule["VisibilityConfig"]["MetricName"] for rule in rules}) == 4

    @pytest.mark.parametrize("name", ["local", "dev"])
    def test_web_acl_is_none_if_the_setting_is_null(self, name: str) -> None:
        assert backend(name).all("WAFv2::WebACL") == backend(name).all("WAFv2::WebACLAssociation") == {}
