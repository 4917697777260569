"""The pytest plugin: five fixtures for scenarios, and every test attempt as an event."""

from harness.plugin._browser import browser, pytest_pyfunc_call
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
    "browser",
    "expect",
    "faults",
    "load",
    "pytest_addoption",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_pyfunc_call",
    "pytest_unconfigure",
    "system",
]
