"""Common to the faults that answer a share of the requests in place of the upstream."""

from collections.abc import Mapping
from typing import Any

from gonogo.vocabulary import Evidence, System, UsageError
from gonogo_faults.catalogue._edge import ToxicFault


class ErroringFault(ToxicFault):
    """A toxic on requests. No canary is sent while it is armed: it affects only the system's."""

    def __init__(
        self, attributes: Mapping[str, Any], parameters: Mapping[str, Any], percent: float
    ) -> None:
        if not 0 < percent <= 100:
            raise UsageError(
                f"{self.name} cannot apply to {percent:g} percent",
                where=f"fault {self.name}",
                hint="more than 0, at most 100",
            )
        super().__init__({**attributes, "probability": percent / 100}, parameters)

    def _observe(self, system: System, edge: str) -> Evidence:
        counters = self.control.toxic_counters(edge, self._name)
        affected, matched = counters.get("affected", 0), counters.get("matched", 0)
        what = f"{affected} of the system's {matched} requests were answered so"
        return Evidence(affected > 0, f"{edge}: {what}")
