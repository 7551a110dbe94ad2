"""Mail through Amazon SES."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.background.refusal import Refused
from app.core.config import ParameterSource
from app.core.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
