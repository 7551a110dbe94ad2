"""The handler as API Gateway calls it, over the table of the role tables' space."""

from tests.integration.test_lambda_handler import environment, handler, loop
from tests.security.test_roles import make_world

__all__ = ["environment", "handler", "loop", "make_world"]
