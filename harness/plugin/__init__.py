"""The pytest plugin: four fixtures for scenarios, and every test attempt as an event."""

from harness.plugin._expect import Expect
from harness.plugin._faults import FaultDriver
from harness.plugin._fixtures import expect, faults, load, system
from harness.plugin._hooks import (
    pytest_addoption,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_unconfigure,
)
from harness.plugin._load import LoadDriver
from harness.plugin._under_test import SystemUnderTest

__all__ = [
    "Expect",
    "FaultDriver",
    "LoadDriver",
    "SystemUnderTest",
    "expect",
    "faults",
    "load",
    "pytest_addoption",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_unconfigure",
    "system",
]
