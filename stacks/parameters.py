"""Parameter Store: what the app reads at run time, and what other teams read."""

from dataclasses import dataclass

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from stacks.settings import AppSettings


@dataclass(frozen=True, kw_only=True)
class ParametersProps:
    """The values to publish under `prefix`, which starts but does not end with a slash."""

    prefix: str
    app: AppSettings
    api_url: str
    user_pool_id: str
    user_pool_client_id: str
    table_name: str


class Parameters(Construct):
    """Plain strings only: this system has no secret to keep."""

    def __init__(self, scope: Construct, construct_id: str, *, props: ParametersProps) -> None:
        super().__init__(scope, construct_id)
        app = props.app
        for parameter_id, name, value, description in (
            ("AppWebUrl", "app/web_url", app.web_url, "The web app's address, for invite links"),
            ("AppCodeDays", "app/invite_code_days", app.invite_code_days, "Days that an invite code lives"),
            ("AppMaxSpaces", "app/max_spaces_per_user", app.max_spaces_per_user, "Spaces a user may be in"),
            ("AppMaxMembers", "app/max_members_per_space", app.max_members_per_space, "Members of a space"),
            (
                "AppMaxTrackers",
                "app/max_trackers_per_space",
                app.max_trackers_per_space,
                "Goals and habits of a space",
            ),
            ("ApiUrl", "api-url", props.api_url, "The API's address, before /api/v1"),
            ("UserPoolId", "user-pool-id", props.user_pool_id, "The Cognito user pool"),
            ("UserPoolClientId", "user-pool-client-id", props.user_pool_client_id, "The web app's client"),
            ("TableName", "table-name", props.table_name, "The DynamoDB table"),
        ):
            ssm.StringParameter(
                self,
                parameter_id,
                parameter_name=f"{props.prefix}/{name}",
                string_value=str(value),
                description=description,
            )
