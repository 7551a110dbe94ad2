"""The base of the app's models."""

import warnings

from pydantic import BaseModel, ConfigDict
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.core.initialization import AHEAD_OF_REQUESTS

# FastAPI hides it while it declares a body, but a deferred body's validator is built after that.
warnings.filterwarnings("ignore", "The 'alias' attribute", UnsupportedFieldAttributeWarning)


class Model(BaseModel):
    """A Pydantic model whose validator is built at its first use, or ahead of requests.

    A request uses few models, and a cold start would pay for all of them (docs/adr/0031). A test builds each
    one, so that a wrong field is found before its first request.
    """

    model_config = ConfigDict(defer_build=not AHEAD_OF_REQUESTS)
