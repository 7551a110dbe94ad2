"""The web ACL in front of the gateway: AWS's managed rules, and a rate limit per source address."""

from dataclasses import dataclass

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from stacks.settings import WebAcl as WebAclSettings

# Reputation lists block addresses of cloud providers, among them CI runners. The health check returns a
# constant response and has a throttle of its own, so monitors and deployments may call it from anywhere.
ADDRESS_LISTS = "AWSManagedRulesAmazonIpReputationList"
UNLISTED_PATH = "/health"
# In this order after the rate limit, the cheapest first.
MANAGED_RULES = (
    ADDRESS_LISTS,
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
# Rules that inspect the body are set to Count: a body is user text of up to 1 MB, and a journal entry that
# quotes HTML, a URL or `${jndi:...}` is no attack. The app validates and never executes it; clients
# escape it. Every rule of these groups whose name ends with `_BODY`:
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
COUNTED_RULES = {
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_BODY",
        "Log4JRCE_BODY",
        "ReactJSRCE_BODY",
    ),
    "AWSManagedRulesCommonRuleSet": (
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "SizeRestrictions_BODY",
    ),
}
# CloudWatch's dimension of the web ACL itself; WAF reserves `All` and `Default_Action`.
# https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html
METRIC_NAME = "WebAcl"


@dataclass(frozen=True, kw_only=True)
class WebAclProps:
    """The stage to protect, and the rate limit."""

    settings: WebAclSettings
    stage_arn: str


class WebAcl(Construct):
    """A regional web ACL. A blocked request gets the gateway response `WAF_FILTERED`: 403."""

    def __init__(self, scope: Construct, construct_id: str, *, props: WebAclProps) -> None:
        super().__init__(scope, construct_id)
        acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility(METRIC_NAME),
            rules=[
                _limit(props.settings.requests_per_address),
                *(_managed(name, priority) for priority, name in enumerate(MANAGED_RULES, start=1)),
            ],
        )
        waf.CfnWebACLAssociation(self, "Stage", resource_arn=props.stage_arn, web_acl_arn=acl.attr_arn)


def _limit(requests: int) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name="RequestsPerAddress",
        priority=0,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=requests, aggregate_key_type="IP", evaluation_window_sec=300
            )
        ),
        visibility_config=_visibility("RequestsPerAddress"),
    )


def _managed(name: str, priority: int) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in COUNTED_RULES.get(name, ())
                ],
                scope_down_statement=_all_but_the_health_check() if name == ADDRESS_LISTS else None,
            )
        ),
        visibility_config=_visibility(name),
    )


def _visibility(metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )


def _all_but_the_health_check() -> waf.CfnWebACL.StatementProperty:
    health_check = waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            # Ends with, as AWS does not document whether WAF sees the stage before the path.
            positional_constraint="ENDS_WITH",
            search_string=UNLISTED_PATH,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )
    return waf.CfnWebACL.StatementProperty(
        not_statement=waf.CfnWebACL.NotStatementProperty(statement=health_check)
    )
