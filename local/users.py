"""People of the embedded user pool: signing up and signing in."""

from botocore.exceptions import ClientError

from local.aws import Clients, Deployment
from local.errors import LocalError

_ADVICE = {
    "NotAuthorizedException": "the password of {email} is another one",
    "InvalidPasswordException": "the pool refuses the password: {reason}",
    "InvalidParameterException": "the pool refuses the e-mail or the password: {reason}",
}


def sign_in(clients: Clients, deployment: Deployment, email: str, password: str) -> str:
    """The ID token of a person, who is signed up and confirmed first where needed.

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
    """Signs up; the e-mail counts as verified without its code, as no mail leaves this machine."""
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
