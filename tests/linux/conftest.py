"""Fixtures: a run id, and a process that waits."""

import subprocess
import uuid
from collections.abc import Iterator

import pytest


@pytest.fixture
def run() -> str:
    """A unique run id: processes are found by it."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process with one thread and three descriptors that does nothing until it is killed."""
    with subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL) as process:
        yield process
        process.kill()


@pytest.fixture
def gone() -> int:
    """A pid that no process has."""
    return 2**22 + 1
