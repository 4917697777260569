"""Open model: requests leave at scheduled times, also when earlier ones have no answer."""

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
