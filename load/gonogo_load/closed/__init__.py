"""Closed model: users who wait for an answer before they send the next request."""

from gonogo_load.closed.handle import ClosedModelLoad
from gonogo_load.closed.plan import LOGIN, ClosedModelPlan, most_requests, usual_ramp_s
from gonogo_load.closed.result import ClosedModelResult

__all__ = [
    "ClosedModelLoad",
    "ClosedModelPlan",
    "ClosedModelResult",
    "LOGIN",
    "most_requests",
    "usual_ramp_s",
]
