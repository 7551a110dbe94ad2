"""Rules for API Gateway and for the firewall in front of it."""

import re

from review.changes import Change
from review.rules.cors import allow_credentials, allow_origin
from review.rules.kinds import (
    Rule,
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    leads_elsewhere,
    names,
    number,
    of_elements,
    ranked,
)
from review.verdicts import (
    Verdict,
    adds,
    cannot_tell,
    changes,
    disrupts,
    exposes,
    opens,
    reduces_monitoring,
    removes,
    weakens,
)

_VARIABLE = re.compile(r"\$[\w.]+")
_TLS = ("SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_2_2021_06", "TLS_1_2", "TLS_1_0")
_MORE = opens("lets more requests in")


def _answer(change: Change) -> Verdict | None:
    """The text of an answer that the gateway gives by itself."""
    if change.old is None:
        return None
    told = set(_VARIABLE.findall(str(change.after))) - set(_VARIABLE.findall(str(change.before)))
    if told:
        return exposes(f"the answer tells more: {', '.join(f'`{name}`' for name in sorted(told))}")
    return changes("the text of the answer")


def _status(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if str(change.after)[:1] in "23" and str(change.before)[:1] in "45":
        return reduces_monitoring("a refusal looks like a success to clients and alarms")
    return changes("another status for the same answer")


def _cache_header(change: Change) -> Verdict | None:
    if change.old is None or "no-store" in str(change.after):
        return None if change.old is None else changes("answers may not be cached")
    return exposes("answers may be kept by caches on the way")


def _authorization(change: Change) -> Verdict | None:
    """Who is let in: `NONE` asks for no credentials at all."""
    if change.old is None:
        return None
    before, after = (str(value or "NONE") for value in (change.before, change.after))
    if after == "NONE":
        return opens("the route no longer asks for credentials")
    if before == "NONE":
        return changes("the route asks for credentials now")
    return opens("other credentials are accepted")


def _authorizer(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after is None:
        return opens("no authorizer checks the caller")
    if change.before is None:
        return changes("an authorizer checks the caller")
    return opens("another authorizer decides who is let in")


def _integration_type(change: Change) -> Verdict | None:
    if change.old is None:
        proxied = str(change.after).startswith("HTTP")
        return opens("requests are sent to another host") if proxied else None
    if str(change.after).startswith("HTTP"):
        return opens("requests are sent to another host")
    if change.after == "MOCK":
        return disrupts("the gateway answers by itself, the function is not called")
    return cannot_tell("another kind of integration")


def _added_method(change: Change) -> Verdict:
    properties = change.resource.properties
    kind = properties.get("Integration", {}).get("Type")
    if properties.get("AuthorizationType", "NONE") == "NONE" and kind != "MOCK":
        return opens("a new route that asks for no credentials")
    return adds("a new route" if kind != "MOCK" else "the gateway answers it by itself")


def _log_format(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    before, after = (set(_VARIABLE.findall(str(value))) for value in (change.before, change.after))
    if before - after:
        gone = ", ".join(f"`{name}`" for name in sorted(before - after))
        return reduces_monitoring(f"the access log no longer has {gone}")
    if after - before:
        more = ", ".join(f"`{name}`" for name in sorted(after - before))
        return exposes(f"the access log has {more} too")
    return changes("the form of the access log")


def _throttle(change: Change) -> Verdict | None:
    return number(higher=_MORE, lower=changes("lets fewer requests in"), absent=float("inf"))(change)


def _endpoint(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if "PRIVATE" in str(change.before):
        return opens("reachable from the internet, not only inside a VPC")
    return disrupts("reachable at another kind of endpoint")


_HEADERS = "Integration.IntegrationResponses.*.ResponseParameters"
_SETTINGS: dict[str, Rule] = {
    "ThrottlingRateLimit": _throttle,
    "ThrottlingBurstLimit": _throttle,
    "DataTraceEnabled": flag(on=exposes("whole requests and answers are logged, tokens too")),
    "MetricsEnabled": flag(off=reduces_monitoring("no metrics of single routes")),
    "LoggingLevel": ranked(
        ("INFO", "ERROR", "OFF"),
        worse=reduces_monitoring("fewer executions are logged"),
        absent="OFF",
    ),
    "CachingEnabled": flag(on=exposes("answers are cached, and may be shared between callers")),
    "CacheTtlInSeconds": always(changes("how long answers are cached")),
    "CacheDataEncrypted": flag(off=weakens("cached answers are not encrypted")),
}

RULES: dict[str, TypeRules] = {
    "AWS::ApiGateway::RestApi": TypeRules(
        removed=disrupts("the API goes, and its address with it"),
        properties={
            "DisableExecuteApiEndpoint": flag(off=opens("reachable beside the custom domain")),
            "EndpointConfiguration": _endpoint,
            "SecurityPolicy": ranked(_TLS, worse=weakens("accepts older TLS"), absent="TLS_1_2"),
            "Name": harmless("another name; alarms by the old name see nothing"),
        },
        harmless=names("Description MinimumCompressionSize Tags FailOnWarnings"),
        policies=names("Policy"),
    ),
    "AWS::ApiGateway::Resource": TypeRules(
        removed=removes("a path leaves the API"),
        properties={"PathPart": harmless("another path"), "ParentId": harmless("another path")},
    ),
    "AWS::ApiGateway::Method": TypeRules(
        added=_added_method,
        removed=disrupts("the route is gone"),
        properties={
            "AuthorizationType": _authorization,
            "AuthorizerId": _authorizer,
            "AuthorizationScopes": elements(
                added=changes("tokens with another scope are accepted too"),
                removed=opens("a scope is no longer asked for"),
            ),
            "ApiKeyRequired": flag(off=opens("no API key is asked for")),
            "HttpMethod": always(disrupts("another method on the path")),
            "RequestValidatorId": of_elements(
                added=harmless("requests are validated"),
                removed=always(weakens("requests are no longer validated")),
            ),
            "Integration.Type": _integration_type,
            "Integration.Uri": leads_elsewhere("requests reach"),
            "Integration.Credentials": always(opens("the gateway calls with another role")),
            "Integration.TimeoutInMillis": number(
                lower=disrupts("the gateway gives up sooner"), absent=29_000
            ),
            "Integration.RequestTemplates": always(cannot_tell("what the function is given changes")),
            f"{_HEADERS}.*Access-Control-Allow-Origin": allow_origin,
            f"{_HEADERS}.*Access-Control-Allow-Credentials": (allow_credentials),
            f"{_HEADERS}.*Access-Control-*": always(changes("what a browser may send or read (CORS)")),
            "Integration.IntegrationResponses.*.ResponseTemplates": _answer,
            "Integration.IntegrationResponses.*.StatusCode": _status,
            "Integration.IntegrationHttpMethod": always(cannot_tell("how the target is called")),
            "MethodResponses": harmless("which headers the answer declares"),
        },
        harmless=names("OperationName"),
    ),
    "AWS::ApiGateway::GatewayResponse": TypeRules(
        removed=changes("API Gateway's own answer, without CORS headers, instead"),
        properties={
            "ResponseParameters.*Access-Control-Allow-Origin": allow_origin,
            "ResponseParameters.*Access-Control-Allow-Credentials": allow_credentials,
            "ResponseParameters.*Cache-Control": _cache_header,
            "ResponseParameters.*": _answer,
            "ResponseTemplates": _answer,
            "StatusCode": _status,
            "ResponseType": always(changes("another error is answered this way")),
        },
    ),
    "AWS::ApiGateway::Deployment": TypeRules(
        properties={"StageDescription": always(cannot_tell("settings of the stage it makes"))},
        harmless=names("Description"),
    ),
    "AWS::ApiGateway::Stage": TypeRules(
        added=opens("the API is served at one more address, where no web ACL of another stage stands"),
        removed=disrupts("the API is no longer served"),
        properties={
            "MethodSettings.*": of_elements(
                added=harmless("settings of its own"),
                removed=always(opens("no throttle of its own any more")),
            ),
            **{f"MethodSettings.*.{name}": rule for name, rule in _SETTINGS.items()},
            "AccessLogSetting": of_elements(
                added=harmless("requests are logged"),
                removed=always(reduces_monitoring("requests are no longer logged")),
            ),
            "AccessLogSetting.DestinationArn": leads_elsewhere("the access log goes to"),
            "AccessLogSetting.Format": _log_format,
            "TracingEnabled": flag(off=reduces_monitoring("requests are no longer traced")),
            "CacheClusterEnabled": flag(on=exposes("answers may be cached between callers")),
            "ClientCertificateId": of_elements(
                removed=always(weakens("targets cannot check that the gateway calls"))
            ),
            "DeploymentId": always(cannot_tell("another edition of the API is served")),
            "CanarySetting": always(cannot_tell("part of the traffic meets another edition")),
        },
        harmless=names("Description Tags DocumentationVersion"),
    ),
    "AWS::ApiGateway::Authorizer": TypeRules(
        removed=opens("no longer checks callers"),
        properties={
            "Type": always(opens("callers are checked in another way")),
            "ProviderARNs": elements(added=opens("tokens of another user pool are accepted")),
            "IdentitySource": always(opens("the token is taken from elsewhere")),
            "IdentityValidationExpression": always(cannot_tell("which tokens are looked at")),
            "AuthorizerResultTtlInSeconds": number(
                higher=weakens("a withdrawn permission is noticed later"), absent=300
            ),
            "AuthorizerUri": leads_elsewhere("callers are checked by"),
            "AuthorizerCredentials": always(cannot_tell("the authorizer is called with another role")),
        },
        harmless=names("Name AuthType"),
    ),
    "AWS::ApiGateway::DomainName": TypeRules(
        removed=disrupts("the API is no longer reached by this name"),
        properties={
            "SecurityPolicy": ranked(_TLS, worse=weakens("accepts older TLS"), absent="TLS_1_2"),
            "MutualTlsAuthentication": of_elements(
                added=harmless("clients need a certificate"),
                removed=always(opens("clients need no certificate any more")),
            ),
            "MutualTlsAuthentication.*": always(opens("other client certificates are accepted")),
            "CertificateArn": always(cannot_tell("another certificate; it must hold the same name")),
            "RegionalCertificateArn": always(cannot_tell("another certificate; it must hold the same name")),
            "EndpointConfiguration": _endpoint,
        },
        harmless=names("Tags"),
        policies=names("Policy"),
    ),
    "AWS::ApiGateway::BasePathMapping": TypeRules(
        removed=disrupts("the domain no longer leads to the API"),
        properties={
            "RestApiId": leads_elsewhere("the domain leads to"),
            "Stage": leads_elsewhere("the domain leads to"),
        },
    ),
    "AWS::ApiGateway::Account": TypeRules(harmless=names("CloudWatchRoleArn")),
    "AWS::ApiGateway::Model": TypeRules(
        properties={"Schema": always(cannot_tell("which requests are valid"))},
        harmless=names("Description Name ContentType"),
    ),
    "AWS::ApiGateway::RequestValidator": TypeRules(
        removed=weakens("requests are no longer validated"),
        properties={
            "ValidateRequestBody": flag(off=weakens("bodies are not validated")),
            "ValidateRequestParameters": flag(off=weakens("parameters are not validated")),
        },
        harmless=names("Name"),
    ),
    "AWS::ApiGateway::ApiKey": TypeRules(added=opens("one more key"), harmless=names("Description Name")),
    "AWS::ApiGateway::UsagePlan": TypeRules(
        removed=opens("no quota of its keys"),
        properties={
            "Throttle.*": _throttle,
            "Quota.Limit": number(higher=_MORE, absent=float("inf")),
        },
        harmless=names("Description UsagePlanName Tags"),
    ),
}
