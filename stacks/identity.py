"""Sign-in: the user pool and its public client."""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from stacks.settings import IdentitySettings

# Literal, so that refactoring the constructs never replaces the pool and its users.
USER_POOL_LOGICAL_ID = "UserPool"
# Literal too: a new client id would break every web app built with the old one.
CLIENT_LOGICAL_ID = "UserPoolClient"


@dataclass(frozen=True, kw_only=True)
class IdentityProps:
    """The settings of the user pool."""

    settings: IdentitySettings
    mail_sender: str
    protected: bool


class Identity(Construct):
    """Sign-up and sign-in by verified e-mail, for a single-page app without a client secret."""

    def __init__(self, scope: Construct, construct_id: str, *, props: IdentityProps) -> None:
        super().__init__(scope, construct_id)
        settings = props.settings
        optional_mfa = settings.mfa == "optional"
        self.user_pool = cognito.UserPool(
            self,
            "UserPool",
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            # Invitations match the token's e-mail: a changed address is used only once verified.
            keep_original=cognito.KeepOriginalAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.OPTIONAL if optional_mfa else cognito.Mfa.OFF,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False) if optional_mfa else None,
            enable_sms_role=False,
            deletion_protection=props.protected,
            removal_policy=RemovalPolicy.RETAIN if props.protected else RemovalPolicy.DESTROY,
        )
        cfn_user_pool = self.user_pool.node.default_child
        assert isinstance(cfn_user_pool, cognito.CfnUserPool)  # noqa: S101 - narrows jsii's type
        cfn_user_pool.override_logical_id(USER_POOL_LOGICAL_ID)
        if settings.ses_identity is not None:
            # Not CDK's `UserPoolEmail.with_ses`: it supports only an identity of the sender's exact domain.
            cfn_user_pool.email_configuration = cognito.CfnUserPool.EmailConfigurationProperty(
                email_sending_account="DEVELOPER",
                from_=props.mail_sender,
                source_arn=Stack.of(self).format_arn(
                    service="ses", resource="identity", resource_name=settings.ses_identity
                ),
            )
        self.client = self._client(settings)

    def _client(self, settings: IdentitySettings) -> cognito.UserPoolClient:
        client = self.user_pool.add_client(
            "WebClient",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=settings.password_flow),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            id_token_validity=Duration.minutes(settings.id_token_minutes),
            access_token_validity=Duration.minutes(settings.access_token_minutes),
            refresh_token_validity=Duration.days(settings.refresh_token_days),
            # The app needs these two as claims of the ID token; it has only readable attributes.
            read_attributes=cognito.ClientAttributes().with_standard_attributes(
                email=True, email_verified=True
            ),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(email=True),
        )
        cfn_client = client.node.default_child
        assert isinstance(cfn_client, cognito.CfnUserPoolClient)  # noqa: S101 - narrows jsii's type
        cfn_client.override_logical_id(CLIENT_LOGICAL_ID)
        return client
