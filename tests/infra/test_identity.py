import pytest

from stacks.errors import ConfigurationError
from tests.infra.stack_helpers import Backend, backend, changed


class TestUserPool:
    def test_user_pool_signs_in_by_verified_email_whatever_its_case(self, each_environment: Backend) -> None:
        pool = each_environment.properties("Cognito::UserPool")
        assert pool["UsernameAttributes"] == ["email"]
        assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
        assert pool["AutoVerifiedAttributes"] == ["email"]
        assert pool["Schema"] == [{"Name": "email", "Mutable": True, "Required": True}]

    def test_user_pool_verifies_a_changed_email_before_it_counts(self, each_environment: Backend) -> None:
        settings = each_environment.properties("Cognito::UserPool")["UserAttributeUpdateSettings"]
        assert settings == {"AttributesRequireVerificationBeforeUpdate": ["email"]}

    def test_user_pool_wants_strong_passwords(self, each_environment: Backend) -> None:
        assert each_environment.properties("Cognito::UserPool")["Policies"]["PasswordPolicy"] == {
            "MinimumLength": 12,
            "RequireLowercase": True,
            "RequireUppercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 3,
        }

    def test_user_pool_offers_a_one_time_code_app_but_no_sms(self, prod: Backend) -> None:
        pool = prod.properties("Cognito::UserPool")
        assert pool["MfaConfiguration"] == "OPTIONAL"
        assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
        assert "SmsConfiguration" not in pool

    def test_user_pool_offers_no_second_factor_locally(self, local: Backend) -> None:
        pool = local.properties("Cognito::UserPool")
        assert pool["MfaConfiguration"] == "OFF"
        assert "EnabledMfas" not in pool

    def test_and_its_client_keep_their_logical_ids_for_ever(self, each_environment: Backend) -> None:
        assert list(each_environment.all("Cognito::UserPoolClient")) == ["UserPoolClient"]
        assert list(each_environment.all("Cognito::UserPool")) == ["UserPool"]

    def test_user_pool_is_retained_in_staging_and_prod(self) -> None:
        for name in ("staging", "prod"):
            pool = backend(name).one("Cognito::UserPool")
            assert pool["DeletionPolicy"] == pool["UpdateReplacePolicy"] == "Retain"
            assert pool["Properties"]["DeletionProtection"] == "ACTIVE"

    def test_user_pool_is_deleted_with_the_stack_in_other_environments(self) -> None:
        for name in ("local", "dev"):
            pool = backend(name).one("Cognito::UserPool")
            assert pool["DeletionPolicy"] == "Delete"
            assert pool["Properties"]["DeletionProtection"] == "INACTIVE"


class TestWebClient:
    def test_web_client_has_no_secret_and_hides_who_exists(self, each_environment: Backend) -> None:
        client = each_environment.properties("Cognito::UserPoolClient")
        assert client["GenerateSecret"] is False
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["EnableTokenRevocation"] is True
        assert client["AllowedOAuthFlowsUserPoolClient"] is False

    def test_web_client_reads_and_writes_named_attributes_only(self, each_environment: Backend) -> None:
        client = each_environment.properties("Cognito::UserPoolClient")
        assert client["ReadAttributes"] == ["email", "email_verified"]
        assert client["WriteAttributes"] == ["email"]

    def test_web_client_never_sends_the_password_in_staging_and_prod(self) -> None:
        for name in ("staging", "prod"):
            assert backend(name).properties("Cognito::UserPoolClient")["ExplicitAuthFlows"] == [
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ]

    def test_web_client_may_send_the_password_if_a_setting_says_so(self, local: Backend) -> None:
        flows = local.properties("Cognito::UserPoolClient")["ExplicitAuthFlows"]
        assert "ALLOW_USER_PASSWORD_AUTH" in flows

    def test_tokens_live_fifteen_minutes_in_prod(self, prod: Backend) -> None:
        client = prod.properties("Cognito::UserPoolClient")
        assert (client["IdTokenValidity"], client["AccessTokenValidity"]) == (15, 15)
        assert client["RefreshTokenValidity"] == 30 * 24 * 60
        assert set(client["TokenValidityUnits"].values()) == {"minutes"}


class TestMail:
    @pytest.mark.parametrize(
        ("name", "identity"),
        [("staging", "staging.lifestyle-spaces.example"), ("prod", "lifestyle-spaces.example")],
    )
    def test_mail_of_sign_up_goes_by_ses_where_people_are_many(self, name: str, identity: str) -> None:
        # Cognito's own sender stops at 50 mails a day.
        # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
        mail = backend(name).properties("Cognito::UserPool")["EmailConfiguration"]
        assert mail["EmailSendingAccount"] == "DEVELOPER"
        assert mail["From"] == f"no-reply@{identity}"
        assert mail["SourceArn"]["Fn::Join"][1][-1] == f":identity/{identity}"

    @pytest.mark.parametrize("name", ["local", "dev"])
    def test_mail_of_sign_up_is_cognitos_own_elsewhere(self, name: str) -> None:
        assert "EmailConfiguration" not in backend(name).properties("Cognito::UserPool")

    @pytest.mark.parametrize(
        ("identity", "sender"),
        [
            ("no-reply@spaces.example", "no-reply@spaces.example"),
            ("spaces.example", "no-reply@spaces.example"),
            ("spaces.example", "no-reply@mail.spaces.example"),
        ],
    )
    def test_mail_comes_from_an_address_of_the_identity(self, identity: str, sender: str) -> None:
        settings = changed("prod", identity={"ses_identity": identity}, app={"mail_sender": sender})
        assert settings.app.mail_sender == sender

    @pytest.mark.parametrize("sender", ["no-reply@example.com", "no-reply@notspaces.example"])
    def test_mail_from_another_address_is_rejected(self, sender: str) -> None:
        with pytest.raises(
            ConfigurationError, match=r"app\.mail_sender .* no address of identity\.ses_identity"
        ):
            changed("prod", identity={"ses_identity": "spaces.example"}, app={"mail_sender": sender})
