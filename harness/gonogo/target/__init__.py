"""The target: a Compose file and its ``x-harness``, read once, checked, and then frozen."""

from gonogo.target.declaration.profiles import DEFAULTS
from gonogo.target.description import (
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
from gonogo.target.json_pointer import MISSING, JsonPointer
from gonogo.target.loader import load_target

__all__ = [
    "Container",
    "DEFAULTS",
    "Edge",
    "HealthCheck",
    "JsonPointer",
    "MISSING",
    "Operation",
    "Readiness",
    "Requirement",
    "Service",
    "SetupStep",
    "Target",
    "TestUser",
    "load_target",
]
