"""Control groups: a real one of version 1 where one can be made here, files of version 2."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonogo.linux import UNLIMITED, Cgroup, find_cgroup, group_of
from gonogo.probes import read_usage

MIB = 1024 * 1024
CONTROLLERS = ("memory", "cpuacct", "pids")
ROOT = Path("/sys/fs/cgroup")
USES = (
    "x = bytearray(64 << 20)\nfor _ in range(10 ** 6): pass\nprint('used', flush=True)\ninput()\n"
)


@pytest.fixture
def confined() -> Iterator[subprocess.Popen[str]]:
    """A process that used memory and CPU time inside a group of its own."""
    name = f"gonogo-test-{uuid.uuid4().hex[:8]}"
    folders = [ROOT / controller / name for controller in CONTROLLERS]
    try:
        for folder in folders:
            folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group of version 1 can be made here: {error}")
    enter = "".join(f"echo $$ > {folder}/cgroup.procs; " for folder in folders)
    process = subprocess.Popen(
        ["sh", "-c", f'{enter} exec "$0" -c "$1"', sys.executable, USES],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "used\n"
    yield process
    process.kill()
    process.communicate()
    for folder in folders:
        folder.rmdir()


def test_a_group_of_its_own(confined: subprocess.Popen[str]) -> None:
    """Memory, CPU time and threads come from the group: children that ended count too."""
    usage = read_usage([confined.pid])
    (name,) = usage.cpu_ns
    assert "gonogo-test-" in name
    assert usage.cpu_ns[name] > 10_000_000
    assert 64 * MIB < usage.rss_bytes < 128 * MIB
    assert usage.memory_bytes >= 64 * MIB
    assert (usage.threads, usage.fds >= 3) == (1, True)


def test_our_own_group_belongs_to_no_service() -> None:
    """A service in the harness's own group is measured by its processes, not by the group."""
    assert find_cgroup(os.getpid()) is None
    assert find_cgroup(2**22 + 1) is None


def test_version_2(tmp_path: Path) -> None:
    """The files of version 2: microseconds become nanoseconds, inactive file pages are left out."""
    files = {
        "cpu.stat": "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n",
        "memory.stat": "anon 1000\nfile 5000\ninactive_file 700\n",
        "memory.current": "6000\n",
        "pids.current": "7\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    group = Cgroup("/docker/x", {"": tmp_path})
    assert group.cpu_ns() == 1_500_000_000
    assert group.anonymous_bytes() == 1000
    assert group.working_set_bytes() == 5300
    assert group.threads() == 7


def test_the_group_that_counts_a_controller(confined: subprocess.Popen[str]) -> None:
    """Limits and counters come from the process's own group; without such a group: an error."""
    group = group_of(confined.pid, "memory")
    assert "gonogo-test-" in group.folder.name
    assert group.version == 1
    assert group.number("memory.limit_in_bytes") > 0
    assert group.fields("memory.stat")["total_rss"] >= 64 * MIB
    assert group_of(confined.pid, "pids").text("pids.max") == UNLIMITED
    assert not group.has("memory.max")
    with pytest.raises(FileNotFoundError, match="nothing-such"):
        group_of(confined.pid, "nothing-such", root=Path("/nowhere"))
