"""Load: open and closed model, in processes of their own, and the ledger of what was promised."""

from gonogo_load.closed_model import ClosedModelLoad, ClosedResult
from gonogo_load.closed_plan import LOGIN, ClosedPlan, most_requests, usual_ramp_s
from gonogo_load.engine import LoadResult, OpenModelLoad
from gonogo_load.ledger import LedgerReader, LedgerTally, read_ledger
from gonogo_load.plan import LoadPlan
from gonogo_load.schedule import planned_schedule

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
