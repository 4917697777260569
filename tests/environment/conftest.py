"""Fixtures: a run directory and a way to start small targets in it."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.environment import ProcessEnvironment
from harness.target import Service
from tests.environment.builders import Memory, target

Start = Callable[..., ProcessEnvironment]


@pytest.fixture
def run() -> str:
    """A run id nobody else has: processes are found by it."""
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
def environment(tmp_path: Path, run_dir: Path, run: str, memory: Memory) -> Start:
    """Makes the environment of a target of these services."""

    def make(*services: Service, **given: Any) -> ProcessEnvironment:
        return ProcessEnvironment(target(tmp_path, *services, **given), run_dir, run, memory)

    return make
