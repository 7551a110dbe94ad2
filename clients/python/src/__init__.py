"""A typed client of the Lifestyle Spaces API, with token refresh, retries and paging."""

from .client import AuthenticatedClient, Client
from .cognito import CognitoTokens, SignInError
from .connection import connect
from .operations import OperationFailedError, wait_for_operation, wait_for_operation_async
from .results import ProblemError, paginate, paginate_async, result

__all__ = (
    "AuthenticatedClient",
    "Client",
    "CognitoTokens",
    "OperationFailedError",
    "ProblemError",
    "SignInError",
    "connect",
    "paginate",
    "paginate_async",
    "result",
    "wait_for_operation",
    "wait_for_operation_async",
)
