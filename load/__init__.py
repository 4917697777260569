"""Load: open and closed model, in processes of their own, and the ledger of what was promised."""

from load.closed_model import ClosedModelLoad, ClosedResult
from load.closed_plan import LOGIN, ClosedPlan, most_requests, usual_ramp_s
from load.engine import LoadResult, OpenModelLoad
from load.ledger import LedgerReader, LedgerTally, read_ledger
from load.plan import LoadPlan
from load.schedule import planned_schedule

__all__ = [
    "ClosedModelLoad",
    "ClosedPlan",
    "ClosedResult",
    "LOGIN",
    "LedgerReader",
    "LedgerTally",
    "LoadPlan",
    "LoadResult",
    "OpenModelLoad",
    "most_requests",
    "planned_schedule",
    "read_ledger",
    "usual_ramp_s",
]
