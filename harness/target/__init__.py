"""The target: a Compose file plus x-harness, read once, checked, frozen."""

from harness.target._description import (
    Container,
    Edge,
    HealthCheck,
    Operation,
    Readiness,
    Requirement,
    Service,
    SetupStep,
    Target,
    TestUser,
)
from harness.target._loader import load_target
from harness.target._profiles import DEFAULTS

__all__ = [
    "Container",
    "DEFAULTS",
    "Edge",
    "HealthCheck",
    "Operation",
    "Readiness",
    "Requirement",
    "Service",
    "SetupStep",
    "Target",
    "TestUser",
    "load_target",
]
