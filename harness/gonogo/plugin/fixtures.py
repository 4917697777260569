"""The fixtures a scenario may ask for."""

import os
from collections.abc import Iterator

import pytest

from gonogo.backends import RunningSystem
from gonogo.observation import read_plan
from gonogo.plugin.attempt_events import EXPECTATIONS
from gonogo.plugin.collection import declared_faults
from gonogo.plugin.expectations import Expect
from gonogo.plugin.fault_driver import FaultDriver
from gonogo.plugin.hooks import LOG
from gonogo.plugin.load_driver import LoadDriver
from gonogo.plugin.options import required_options
from gonogo.plugin.under_test import SystemUnderTest
from gonogo.target import Target, load_target

TARGET = pytest.StashKey[Target]()


@pytest.fixture
def system(pytestconfig: pytest.Config) -> Iterator[SystemUnderTest]:
    """The running system: its addresses, clients (closed at the end), and waits for its state."""
    options = required_options(pytestconfig)
    if TARGET not in pytestconfig.stash:
        pytestconfig.stash[TARGET] = load_target(options.target_file, os.environ)
    attached = RunningSystem(options.run_dir)
    under_test = SystemUnderTest(pytestconfig.stash[TARGET], attached, options.run_dir)
    yield under_test
    under_test.close()


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Iterator[Expect]:
    """For stating expectations. A scenario that passes without any is INCONCLUSIVE."""
    required_options(request.config)
    expectations = Expect(request.config.stash[LOG], request.node.nodeid)
    yield expectations
    request.node.user_properties.append((EXPECTATIONS, expectations.count))


@pytest.fixture
def faults(system: SystemUnderTest, request: pytest.FixtureRequest) -> FaultDriver:
    """Arms the faults that this scenario declares; each fault is a ``with`` block."""
    return FaultDriver(system, request.config.stash[LOG], declared_faults(request.node))


@pytest.fixture
def load(system: SystemUnderTest, pytestconfig: pytest.Config) -> LoadDriver:
    """Applies the target's load: the planned load alone, or a smaller one in the background."""
    return LoadDriver(system, read_plan(system.run_dir), pytestconfig.stash[LOG])
