"""The pytest plugin: five fixtures for scenarios, and an event for every test attempt."""

from gonogo.plugin.browser_fixture import browser, pytest_pyfunc_call
from gonogo.plugin.expectations import Expect
from gonogo.plugin.fault_driver import FaultDriver
from gonogo.plugin.fixtures import expect, faults, load, system
from gonogo.plugin.hooks import (
    pytest_addoption,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_unconfigure,
)
from gonogo.plugin.import_order import pytest_load_initial_conftests
from gonogo.plugin.load_driver import LoadDriver
from gonogo.plugin.under_test import SystemUnderTest
from gonogo.plugin.worker_reports import pytest_report_to_serializable

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
    "pytest_load_initial_conftests",
    "pytest_pyfunc_call",
    "pytest_report_to_serializable",
    "pytest_unconfigure",
    "system",
]
