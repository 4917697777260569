"""Load: an open-model engine in a process of its own, and the ledger of what it was promised."""

from load.engine import LoadResult, OpenModelLoad
from load.ledger import LedgerReader, LedgerTally, read_ledger
from load.plan import LoadPlan
from load.schedule import planned_schedule

__all__ = [
    "LedgerReader",
    "LedgerTally",
    "LoadPlan",
    "LoadResult",
    "OpenModelLoad",
    "planned_schedule",
    "read_ledger",
]
