"""Structured logs and metrics.

Log fields hold ids only: no titles, bodies, e-mails, tokens or codes. Service name, namespace and log
level come from Powertools' own environment variables. Each metric has the dimensions `service` and
`environment`: without the latter, environments in one account would be added up.
"""

import logging
import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

# Each invocation is one asyncio task, whose name says nothing.
logging.logAsyncioTasks = False  # type: ignore[attr-defined] # documented, but not in typeshed

logger = Logger(utc=True, use_rfc3339=True, location=None)


def count(metric: str) -> None:
    """Add one to a metric, by a log line in CloudWatch's embedded metric format."""
    _write(metric, MetricUnit.Count, 1)


def measure_seconds(metric: str, value: float) -> None:
    """Add a duration to a metric, in the same way."""
    _write(metric, MetricUnit.Seconds, value)


def _write(metric: str, unit: MetricUnit, value: float) -> None:
    dimensions = {"environment": os.environ.get("ENVIRONMENT", "unknown")}
    with single_metric(name=metric, unit=unit, value=value, default_dimensions=dimensions):
        pass
