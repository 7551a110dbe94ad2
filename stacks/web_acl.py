"""What is refused before the gateway: AWS's managed rules, and too many requests of one address."""

from dataclasses import dataclass

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from stacks.settings import WebAcl as WebAclSettings

# In this order, after the limit: the cheapest first.
MANAGED_RULES = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
# Bodies are people's own texts, of up to 1 MB: a journal about HTML or with an address in it is no
# attack. They are validated by the app, never run, and escaped by whoever shows them.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
COUNTED_RULES = {
    "AWSManagedRulesCommonRuleSet": (
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "SizeRestrictions_BODY",
    )
}


@dataclass(frozen=True, kw_only=True)
class WebAclProps:
    """The stage to protect, and the limit."""

    settings: WebAclSettings
    stage_arn: str


class WebAcl(Construct):
    """A regional web ACL. Whatever it blocks gets the gateway response `WAF_FILTERED`: 403."""

    def __init__(self, scope: Construct, construct_id: str, *, props: WebAclProps) -> None:
        super().__init__(scope, construct_id)
        acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility("All"),
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
            )
        ),
        visibility_config=_visibility(name),
    )


def _visibility(metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
