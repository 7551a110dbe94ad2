"""Sign-up and sign-in in the embedded user pool."""

from botocore.exceptions import ClientError

from local.aws import Clients, Deployment
from local.errors import LocalError

_ADVICE = {
    "NotAuthorizedException": "wrong password for {email}",
    "InvalidPasswordException": "the pool rejects the password: {reason}",
    "InvalidParameterException": "the pool rejects the e-mail or the password: {reason}",
}


def sign_in(clients: Clients, deployment: Deployment, email: str, password: str) -> str:
    """Return a user's ID token; sign up and confirm the user first if needed.

    Raises:
        LocalError: the password is wrong, or the pool does not accept it or the e-mail.
    """
    try:
        _sign_up(clients, deployment, email, password)
        answer = clients.cognito.initiate_auth(
            ClientId=deployment.user_pool_client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
    except ClientError as error:
        code, reason = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise LocalError(_ADVICE.get(code, "{reason}").format(email=email, reason=reason)) from error
    return answer["AuthenticationResult"]["IdToken"]


def _sign_up(clients: Clients, deployment: Deployment, email: str, password: str) -> None:
    """Sign up and mark the e-mail as verified, as the emulator sends no mail."""
    pool = clients.cognito
    try:
        pool.sign_up(
            ClientId=deployment.user_pool_client_id,
            Username=email,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
    except pool.exceptions.UsernameExistsException:
        user = pool.admin_get_user(UserPoolId=deployment.user_pool_id, Username=email)
        if user["UserStatus"] != "UNCONFIRMED":
            return
    pool.admin_confirm_sign_up(UserPoolId=deployment.user_pool_id, Username=email)
    pool.admin_update_user_attributes(
        UserPoolId=deployment.user_pool_id,
        Username=email,
        UserAttributes=[{"Name": "email_verified", "Value": "true"}],
    )
