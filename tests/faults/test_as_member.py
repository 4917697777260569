"""Faults in containers by a member of the engine's group who is not root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.backends.builders import skip_without
from tests.backends.members import as_member, as_other_user, hand_over

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Tests that run as root elsewhere, and do not need root for their own checks.
TESTS = (
    "test_partition.py::test_a_partition_from_one_peer_leaves_the_others",
    "test_limits.py::test_pids_bites_and_is_gone_after",
    "test_dns.py::test_it_bites_and_is_gone_after[silent-3.0-docker]",
)
DELETE = """
import sys
from gonogo_faults.mechanisms import delete_rules
from gonogo.vocabulary import EnvironmentFailed
try:
    delete_rules(int(sys.argv[1]), "mark")
    print("healed")
except EnvironmentFailed:
    print("failed")
"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can run as another user"
)


@pytest.mark.timeout(600)
def test_what_takes_root_works_for_a_member() -> None:
    """The tests that root runs pass for another user: bite, healing and absence."""
    skip_without("docker")
    with tempfile.TemporaryDirectory(prefix="member-") as folder:
        hand_over(Path(folder))
        own = {**os.environ, "HOME": folder, "TMPDIR": folder}
        tests = [str(HERE / each) for each in TESTS]
        words = ["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
        done = subprocess.run(
            as_member(*words), cwd=ROOT, env=own, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "skipped" not in done.stdout


def test_rules_that_cannot_be_deleted_are_not_healed() -> None:
    """When a user may not read the namespace of a process, the rules do not count as gone."""
    with subprocess.Popen(["sleep", "600"]) as process:
        living = _delete(process.pid)
        process.kill()
    assert (living, _delete(process.pid)) == ("failed", "healed")


def _delete(pid: int) -> str:
    command = as_other_user("-c", DELETE, str(pid))
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
