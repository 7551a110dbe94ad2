"""The stack: its constructs, and what each gets from the others."""

from dataclasses import dataclass

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from stacks.alarms import Alarms, AlarmsProps
from stacks.background import Background, BackgroundProps
from stacks.budget import Budget, BudgetProps
from stacks.dashboard import Dashboard, DashboardProps
from stacks.data import Data, DataProps
from stacks.dead_letters import DeadLetters, DeadLettersProps
from stacks.function import Function, FunctionCode, FunctionProps
from stacks.gateway import Gateway, GatewayProps
from stacks.identity import Identity, IdentityProps
from stacks.metrics import METRICS_NAMESPACE, Metrics
from stacks.notifications import Notifications, NotificationsProps
from stacks.parameters import Parameters, ParametersProps, app_parameters
from stacks.release import Release, ReleaseProps
from stacks.routes import Route
from stacks.settings import SERVICE_NAME, Canary, Settings, stack_tags


@dataclass(frozen=True, kw_only=True)
class BackendProps:
    """One environment's settings, the code to run and the routes to expose."""

    settings: Settings
    code: FunctionCode
    routes: tuple[Route, ...]


class BackendStack(Stack):
    """All resources of one environment."""

    def __init__(self, scope: Construct, construct_id: str, *, props: BackendProps) -> None:
        settings = props.settings
        super().__init__(
            scope,
            construct_id,
            description=f"The backend of Lifestyle Spaces, environment {settings.name}",
            termination_protection=settings.data.protected,
            analytics_reporting=False,
            tags=stack_tags(settings.name),
        )
        self._settings = settings
        self.data = Data(self, "Data", props=DataProps(settings=settings.data))
        self.identity = Identity(
            self,
            "Identity",
            props=IdentityProps(
                settings=settings.identity,
                mail_sender=settings.app.mail_sender,
                protected=settings.data.protected,
            ),
        )
        self.dead_letters = DeadLetters(self, "DeadLetters", props=DeadLettersProps(key=self.data.key))
        self.function = Function(
            self,
            "Function",
            props=FunctionProps(
                settings=settings.function,
                logs=settings.logs,
                code=props.code,
                environment=self._environment(),
                table=self.data.table,
                key=self.data.key,
                app_parameter_path=f"{settings.parameter_prefix}/app",
            ),
        )
        self._background()
        self.gateway = self._gateway(props)
        self._monitoring()
        self._publish()

    def _background(self) -> None:
        Background(
            self,
            "Background",
            props=BackgroundProps(
                settings=self._settings.background,
                mail_sender=self._settings.app.mail_sender,
                table=self.data.table,
                user_pool=self.identity.user_pool,
                dead_letters=self.dead_letters.queue,
                role=self.function.role,
                alias=self.function.alias,
            ),
        )

    def _gateway(self, props: BackendProps) -> Gateway:
        settings = props.settings
        return Gateway(
            self,
            "Gateway",
            props=GatewayProps(
                settings=settings.gateway,
                logs=settings.logs,
                tracing=settings.function.tracing,
                routes=props.routes,
                alias=self.function.alias,
                user_pool=self.identity.user_pool,
            ),
        )

    def _monitoring(self) -> None:
        """Add the alarms, the dashboard and the budget, and the canary release that depends on alarms."""
        settings = self._settings
        notifications = Notifications(
            self, "Notifications", props=NotificationsProps(emails=settings.alarms.emails)
        )
        metrics = Metrics(
            environment=settings.name,
            function=self.function.function,
            api_name=self.gateway.api.rest_api_name,
            table=self.data.table,
            dead_letters=self.dead_letters.queue,
        )
        alarms = Alarms(
            self,
            "Alarms",
            props=AlarmsProps(settings=settings.alarms, metrics=metrics, notifications=notifications),
        )
        Dashboard(
            self,
            "Dashboard",
            props=DashboardProps(
                metrics=metrics,
                alarms=tuple(alarms.by_name.values()),
                memory_mb=settings.function.memory_mb,
            ),
        )
        if settings.function.canary is not None:
            self._release(settings.function.canary, metrics, alarms, notifications)
        if settings.alarms.monthly_budget_usd is not None:
            monthly_usd, tags = settings.alarms.monthly_budget_usd, self.tags.tag_values()
            Budget(
                self,
                "Budget",
                props=BudgetProps(monthly_usd=monthly_usd, tags=tags, notifications=notifications),
            )

    def _release(
        self, settings: Canary, metrics: Metrics, alarms: Alarms, notifications: Notifications
    ) -> None:
        Release(
            self,
            "Release",
            props=ReleaseProps(
                settings=settings,
                function=self.function.function,
                alias=self.function.alias,
                metrics=metrics,
                alarms=alarms,
                notifications=notifications,
            ),
        )

    def _environment(self) -> dict[str, str]:
        """The function's environment variables: what it needs before it can read its parameters."""
        settings = self._settings
        return {
            "ENVIRONMENT": settings.name,
            "PARAMETER_PREFIX": settings.parameter_prefix,
            "TABLE_NAME": self.data.table.table_name,
            "USER_POOL_ID": self.identity.user_pool.user_pool_id,
            "USER_POOL_CLIENT_ID": self.identity.client.user_pool_client_id,
            "DEAD_LETTER_QUEUE_URL": self.dead_letters.queue.queue_url,
            "CORS_ORIGIN": settings.gateway.cors_origin,
            "POWERTOOLS_SERVICE_NAME": SERVICE_NAME,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
            "POWERTOOLS_LOG_LEVEL": settings.function.log_level,
        }

    def _publish(self) -> None:
        """Publish what other teams and tools look up, as parameters and as stack outputs."""
        user_pool_id = self.identity.user_pool.user_pool_id
        client_id = self.identity.client.user_pool_client_id
        table_name = self.data.table.table_name
        app_reads = Parameters(
            self,
            "AppParameters",
            props=ParametersProps(
                prefix=f"{self._settings.parameter_prefix}/app",
                parameters=app_parameters(self._settings.app),
            ),
        )
        # A new version must find the parameters that it reads.
        self.function.alias.node.add_dependency(app_reads)
        Parameters(
            self,
            "Parameters",
            props=ParametersProps(
                prefix=self._settings.parameter_prefix,
                parameters=(
                    ("api-url", self.gateway.url, "The API's address, before /api/v1"),
                    ("user-pool-id", user_pool_id, "The Cognito user pool"),
                    ("user-pool-client-id", client_id, "The web app's client"),
                    ("table-name", table_name, "The DynamoDB table"),
                ),
            ),
        )
        for output_id, value, description in (
            ("ApiUrl", self.gateway.url, "The API's address, before /api/v1"),
            ("UserPoolId", user_pool_id, "The Cognito user pool"),
            ("UserPoolClientId", client_id, "The web app's client"),
            ("TableName", table_name, "The DynamoDB table"),
            (
                "DeadLetterQueueUrl",
                self.dead_letters.queue.queue_url,
                "Dead letters of background work",
            ),
            ("FunctionName", self.function.function.function_name, "The Lambda function"),
        ):
            CfnOutput(self, output_id, value=value, description=description)
