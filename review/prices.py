"""List prices of a stated date, a stated load, and a line of a bill by both."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
PRICES: dict[str, Any] = json.loads((_HERE / "prices-eu-central-1.json").read_text(encoding="utf-8"))
LOAD: dict[str, dict[str, Any]] = json.loads((_HERE / "load.json").read_text(encoding="utf-8"))
# The line of the bill for API Gateway's detailed metrics.
METHOD_METRICS = "Metrics of every method"


@dataclass(frozen=True)
class Line:
    """One line of the bill. `how` says where the quantity comes from.

    `fixed` costs are there without any request.
    """

    what: str
    how: str
    quantity: float
    price: str
    fixed: bool = False

    @cached_property
    def listed(self) -> dict[str, Any]:
        """The price's entry in the data file."""
        entry: dict[str, Any] = PRICES["prices"][self.price]
        return entry

    @property
    def dollars(self) -> float:
        """At list price, with no allowance."""
        return self._cost(self.quantity)

    @property
    def after_allowance(self) -> float:
        """What is left after the quantity that AWS gives each account each month."""
        return self._cost(max(0.0, self.quantity - self.listed.get("free", 0)))

    @property
    def is_verified(self) -> bool:
        """Whether the price was confirmed for the region."""
        return bool(self.listed["basis"] == "region")

    def _cost(self, quantity: float) -> float:
        return quantity * float(self.listed["usd"]) / float(self.listed["per"])


def load(name: str) -> float:
    """One assumption of the load."""
    return float(LOAD[name]["value"])
