"""The monthly budget of an environment, and its notifications."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_budgets as budgets
from constructs import Construct

from stacks.notifications import Notifications

BUDGETS = "budgets.amazonaws.com"
# Percent of the budget: actual and forecasted spending at which to notify.
SPENT, FORECAST = 80, 100


@dataclass(frozen=True, kw_only=True)
class BudgetProps:
    """The amount in US dollars, and the cost allocation tags of the environment."""

    monthly_usd: int
    tags: Mapping[str, str]
    notifications: Notifications


class Budget(Construct):
    """Counts the costs of the stack's tags, once they are activated as cost allocation tags.

    `docs/runbook/budget.md` says how, and what to do.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: BudgetProps) -> None:
        super().__init__(scope, construct_id)
        props.notifications.admit(BUDGETS)
        subscriber = budgets.CfnBudget.SubscriberProperty(
            subscription_type="SNS", address=props.notifications.topic.topic_arn
        )
        budget = budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=f"{Stack.of(self).stack_name}-monthly",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=props.monthly_usd, unit="USD"),
                metrics=["UnblendedCost"],
                filter_expression=_all_of(props.tags),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[subscriber],
                )
                for kind, percent in (("ACTUAL", SPENT), ("FORECASTED", FORECAST))
            ],
        )
        # A budget cannot publish to the topic before the topic's policy allows it.
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        budget.node.add_dependency(props.notifications.topic.node.find_child("Policy"))


def _all_of(tags: Mapping[str, str]) -> budgets.CfnBudget.ExpressionProperty:
    return budgets.CfnBudget.ExpressionProperty(
        and_=[
            budgets.CfnBudget.ExpressionProperty(
                tags=budgets.CfnBudget.TagValuesProperty(key=key, values=[value], match_options=["EQUALS"])
            )
            for key, value in tags.items()
        ]
    )
