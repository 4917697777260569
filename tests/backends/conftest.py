"""Fixtures: a run directory and a way to start small targets in it."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gonogo.backends import SupervisedEnvironment, by_name
from gonogo.target import Service
from tests.backends.builders import Memory, skip_without, target

Start = Callable[..., SupervisedEnvironment]


@pytest.fixture
def run() -> str:
    """A unique run id: processes are found by it."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def run_dir(tmp_path: Path, run: str) -> Path:
    """The run's directory."""
    return tmp_path / "runs" / run


@pytest.fixture
def memory() -> Memory:
    """What was recorded."""
    return Memory()


@pytest.fixture
def backend() -> str:
    """Where targets run; the tests of the contract are parametrised with every backend."""
    return "process"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that answers late, because the machine is busy, is there all the same."""
    monkeypatch.setattr("gonogo.backends.containers.engine._PING_S_MAX", 30)


@pytest.fixture
def environment(tmp_path: Path, run_dir: Path, run: str, memory: Memory, backend: str) -> Start:
    """Makes the environment of a target of these services."""
    skip_without(backend)
    maker = by_name(backend).environment

    def make(*services: Service, **given: Any) -> SupervisedEnvironment:
        return maker(target(tmp_path, *services, **given), run_dir, run, memory)

    return make
