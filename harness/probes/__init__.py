"""Probes look at the system from outside; they never judge."""

from harness.probes._http import Answer, HealthProbe, Http
from harness.probes._resources import Limits, ResourceSampler, machine_limits, resource_figures
from harness.probes._usage import Usage, read_usage
from harness.probes._websocket import WebSocketProbe

__all__ = [
    "Answer",
    "HealthProbe",
    "Http",
    "Limits",
    "ResourceSampler",
    "Usage",
    "WebSocketProbe",
    "machine_limits",
    "read_usage",
    "resource_figures",
]
