"""Load by the open and the closed model, each in processes of its own, and the write ledger."""

from gonogo_load.closed import (
    LOGIN,
    ClosedModelLoad,
    ClosedModelPlan,
    ClosedModelResult,
    most_requests,
    usual_ramp_s,
)
from gonogo_load.handle import LoadHandle
from gonogo_load.ledger import LedgerReader, LedgerTally, read_ledger
from gonogo_load.open import OpenModelLoad, OpenModelPlan, OpenModelResult, planned_schedule
from gonogo_load.plan import LoadPlan

__all__ = [
    "ClosedModelLoad",
    "ClosedModelPlan",
    "ClosedModelResult",
    "LOGIN",
    "LedgerReader",
    "LedgerTally",
    "LoadHandle",
    "LoadPlan",
    "OpenModelLoad",
    "OpenModelPlan",
    "OpenModelResult",
    "most_requests",
    "planned_schedule",
    "read_ledger",
    "usual_ramp_s",
]
