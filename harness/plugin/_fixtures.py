"""The fixtures a scenario may ask for."""

import os
from collections.abc import Iterator

import pytest

from harness.environment import AttachedSystem
from harness.observation import read_plan
from harness.plugin._expect import Expect
from harness.plugin._faults import FaultDriver
from harness.plugin._hooks import LOG
from harness.plugin._load import LoadDriver
from harness.plugin._options import required_options
from harness.plugin._test_events import EXPECTATIONS
from harness.plugin._under_test import SystemUnderTest
from harness.target import load_target


@pytest.fixture(scope="session")
def system(pytestconfig: pytest.Config) -> SystemUnderTest:
    """The running system: its address, clients, and waits on its state."""
    options = required_options(pytestconfig)
    target = load_target(options.target_file, os.environ)
    return SystemUnderTest(target, AttachedSystem(options.run_dir), options.run_dir)


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Iterator[Expect]:
    """States expectations; a scenario that passes without any is INCONCLUSIVE."""
    expecting = Expect(request.config.stash[LOG], request.node.nodeid)
    yield expecting
    request.node.user_properties.append((EXPECTATIONS, expecting.count))


@pytest.fixture
def faults(system: SystemUnderTest, pytestconfig: pytest.Config) -> FaultDriver:
    """Arms faults, each a ``with`` block."""
    return FaultDriver(system, pytestconfig.stash[LOG])


@pytest.fixture
def load(system: SystemUnderTest, pytestconfig: pytest.Config) -> LoadDriver:
    """Applies the target's load: the planned one alone, or some in the background."""
    return LoadDriver(system, read_plan(system.run_dir), pytestconfig.stash[LOG])
