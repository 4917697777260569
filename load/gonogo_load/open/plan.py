"""What an open-model load is: how many requests, at which rate."""

from dataclasses import dataclass

from gonogo.observation.records import LoadHeader
from gonogo.vocabulary import UsageError
from gonogo_load.plan import LoadPlan, operation_names


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModelPlan(LoadPlan):
    """One load of the open model.

    ``timeout_s`` is also how long requests in flight may take after the last one was sent.

    Attributes:
        rate_per_s: mean arrival rate.
        count: requests to schedule; a load that is stopped sends fewer.
    """

    rate_per_s: float
    count: int

    def _check(self) -> None:
        if self.count < 1 or self.rate_per_s <= 0:
            raise UsageError(
                f"nothing to send: {self.count} requests at {self.rate_per_s:g}/s",
                where=f"load {self.load}",
            )

    def header(self, captures: dict[str, str]) -> LoadHeader:
        """The header of its records."""
        return LoadHeader(
            load=self.load,
            phase=self.phase,
            seed=self.seed,
            rate_per_s=self.rate_per_s,
            names=operation_names(self.operations),
            ledger_names=self.ledger_names,
            timeout_s=self.timeout_s,
            captures=captures,
        )
