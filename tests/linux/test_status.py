"""``/proc/PID/status`` and ``maps``."""

import os
import subprocess
import sys

import pytest

from gonogo.linux import (
    anonymous_bytes,
    bounding_capabilities,
    has_mapped,
    program_name,
    wait_until,
)

MIB = 1024 * 1024
HOLDS = "x = bytearray(64 << 20); print('up', flush=True); input()"


def test_memory_that_a_process_holds_is_counted() -> None:
    """64 MiB that were written to are anonymous memory of that process."""
    command = [sys.executable, "-c", HOLDS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert 64 * MIB < anonymous_bytes(process.pid) < 128 * MIB
        process.kill()


def test_a_program_is_found_by_its_name(sleeper: subprocess.Popen[bytes]) -> None:
    """The name is that of the program, and its libraries are mapped."""
    assert wait_until(lambda: program_name(sleeper.pid) == "sleep", 10)
    assert wait_until(lambda: has_mapped(sleeper.pid, "libc.so"), 10)  # when it is linked
    assert not has_mapped(sleeper.pid, "libnothing.so")


def test_a_process_that_is_gone_holds_nothing(gone: int) -> None:
    """No memory, no name, no capability, no file."""
    assert (anonymous_bytes(gone), program_name(gone), bounding_capabilities(gone)) == (0, "", 0)
    assert not has_mapped(gone, "libc.so")


def test_the_bounding_set_of_root_is_not_empty() -> None:
    """The first process of a machine may have some capability."""
    if os.geteuid() != 0:
        pytest.skip("this user is not root")
    assert bounding_capabilities(1) > 0
