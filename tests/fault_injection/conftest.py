"""A small real system to hurt, and what is needed to hurt it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from fault_injection import ArmedFault, Journal, armed
from harness.environment import ProcessEnvironment
from harness.target import Service
from harness.vocabulary import Fault
from tests.environment.builders import Memory, redis, stay, target, web
from tests.environment.conftest import memory, run, run_dir

__all__ = ["memory", "run", "run_dir"]

Hurt = Callable[..., AbstractContextManager[ArmedFault]]
SERVICES: Sequence[Service] = (
    web(restart="always"), redis(restart="no"), stay("worker", "child", restart="no"),
)  # fmt: skip


@pytest.fixture
def system(tmp_path: Path, run_dir: Path, run: str, memory: Memory) -> Iterator[ProcessEnvironment]:
    """A web service that restarts, a Redis and a portless parent with child that do not."""
    with ProcessEnvironment(target(tmp_path, *SERVICES), run_dir, run, memory) as started:
        yield started


@pytest.fixture
def journal(run_dir: Path, run: str) -> Journal:
    """The undo journal of the run."""
    return Journal(run_dir, run)


@pytest.fixture
def hurt(system: ProcessEnvironment, journal: Journal, memory: Memory) -> Hurt:
    """Arms a fault on the system."""

    def arm(fault: Fault, selector: str, **given: Any) -> AbstractContextManager[ArmedFault]:
        given = {"system": system, "recorder": memory, **given}
        return armed(fault, selector, label="label", journal=journal, **given)

    return arm
