"""Open model: requests leave at scheduled times, whatever became of the ones before."""

from gonogo_load.open.handle import OpenModelLoad, OpenModelResult
from gonogo_load.open.plan import OpenModelPlan
from gonogo_load.open.schedule import drawn_operations, planned_schedule

__all__ = [
    "OpenModelLoad",
    "OpenModelPlan",
    "OpenModelResult",
    "drawn_operations",
    "planned_schedule",
]
