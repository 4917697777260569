"""Probes look at the system from outside; they never judge."""

from harness.probes._http import Answer, HealthProbe, Http
from harness.probes._resources import (
    PAGE_BYTES,
    TICKS_PER_S,
    Limits,
    ResourceSampler,
    Usage,
    machine_limits,
    read_usage,
)
from harness.probes._websocket import WebSocketProbe

__all__ = [
    "Answer",
    "HealthProbe",
    "Http",
    "Limits",
    "PAGE_BYTES",
    "ResourceSampler",
    "TICKS_PER_S",
    "Usage",
    "WebSocketProbe",
    "machine_limits",
    "read_usage",
]
