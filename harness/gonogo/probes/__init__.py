"""Probes observe the system from outside; they never judge."""

from gonogo.probes.http import Answer, HealthProbe, Http
from gonogo.probes.resources import Limits, ResourceSampler, machine_limits, resource_sample
from gonogo.probes.usage import Usage, read_usage
from gonogo.probes.websocket import WebSocketProbe

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
    "resource_sample",
]
