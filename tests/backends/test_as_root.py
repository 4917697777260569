"""Actions that need root, for a user who is not root: a helper of the engine does them."""

import json
import os
import pickle
import shutil
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from gonogo.linux import identify, is_alive, wait_until
from gonogo.vocabulary import EnvironmentFailed
from tests.backends.builders import PATIENCE_S, skip_without
from tests.backends.members import as_member, as_other_user

HELPED = """
import json, os, sys
import gonogo.backends
from gonogo.linux import identify, root_trouble, signal_identity
told = {"euid": os.geteuid(), "trouble": root_trouble()}
victim = identify(int(sys.argv[1]))
try:
    told["sent"] = signal_identity(victim, int(sys.argv[2]))
except PermissionError as error:
    told["refused"] = str(error)
print(json.dumps(told))
"""
WAITING = """
import sys, threading
from gonogo.backends.containers.root_helper import root_helper
print(root_helper().ask("os", "getpid", (), {}), flush=True)
threading.Event().wait()
"""
INTERRUPTED = """
from gonogo.backends.containers import root_helper as helping
def interrupt(_):
    raise KeyboardInterrupt
answer = helping.RootHelper._answer
helping.root_helper()
helping.RootHelper._answer = interrupt
try:
    helping.root_helper().ask("os", "getpgid", (0,), {})
except KeyboardInterrupt:
    helping.RootHelper._answer = answer
print(helping.root_helper().ask("operator", "add", (1, 1), {}))
"""
KILLED = """
from gonogo.backends.containers.root_helper import root_helper
from gonogo.vocabulary import EnvironmentFailed
helper = root_helper().ask("os", "getpid", (), {})
try:
    root_helper().ask("os", "kill", (helper, 9), {})
except EnvironmentFailed:
    print(root_helper().ask("operator", "add", (1, 1), {}))
"""
ABANDONED = """
from gonogo.backends.containers.engine import connect
from gonogo.backends.containers.root_helper import RootHelper
import os
connect().client.api.start = lambda _: os.kill(os.getpid(), 9)
RootHelper()
"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can be somebody else"
)


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of root's."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def _told(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_member_of_the_engines_group_is_helped(victim: subprocess.Popen[bytes]) -> None:
    """A member ends a process of root through the helper; without it, it may not."""
    skip_without("docker")
    told = _told(as_member("-c", HELPED, str(victim.pid), str(int(signal.SIGKILL))))
    assert told["euid"] != 0
    assert told["trouble"] == ""
    assert told["sent"] is True
    assert victim.wait(PATIENCE_S) == -signal.SIGKILL


def test_a_user_who_may_not_use_the_engine_gets_an_error(victim: subprocess.Popen[bytes]) -> None:
    """No helper starts, no signal is sent, and the error has both reasons."""
    told = _told(as_other_user("-c", HELPED, str(victim.pid), str(int(signal.SIGKILL))))
    assert told["trouble"].startswith("this user is not root, and no container engine answers")
    assert "Operation not permitted" in told["refused"]
    assert victim.poll() is None


def test_the_helper_ends_with_its_owner() -> None:
    """After SIGKILL of the owner neither helper nor container is left."""
    skip_without("docker")
    with subprocess.Popen(as_member("-c", WAITING), stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        helper = identify(int(owner.stdout.readline()))
        assert helper is not None
        owner.kill()
    assert wait_until(lambda: not is_alive(helper), PATIENCE_S)
    assert wait_until(lambda: owner.pid not in _owners(), PATIENCE_S)


@pytest.mark.parametrize("story", [INTERRUPTED, KILLED], ids=["interrupted", "killed"])
def test_a_helper_that_is_lost_is_replaced(story: str) -> None:
    """A later call never gets an earlier answer, and does not fail for a helper that is gone."""
    skip_without("docker")
    told = subprocess.run(
        as_member("-c", story), capture_output=True, text=True, timeout=120, check=True
    )
    assert told.stdout == "2\n"


def test_a_helper_that_was_never_started_is_swept(run: str) -> None:
    """When the owner is killed between create and start, a sweep removes the container."""
    skip_without("docker")
    from gonogo.backends.containers.removal import remove_run  # noqa: PLC0415

    with subprocess.Popen(as_member("-c", ABANDONED)) as owner:
        owner.wait(PATIENCE_S)
    assert owner.pid in _owners()
    removed, left = remove_run(run, limit_s=PATIENCE_S)
    assert removed
    assert left == []
    assert owner.pid not in _owners()


def test_what_was_raised_there_is_raised_here() -> None:
    """An error of ours arrives with all its parts, an error of the kernel with its number."""
    error = EnvironmentFailed("it hangs", where="pid 7", hint="wait")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own
    assert (again.what, again.where, again.hint) == ("it hangs", "pid 7", "wait")
    assert str(again) == str(error)
    gone = pickle.loads(pickle.dumps(ProcessLookupError(3, "no")))  # noqa: S301 - its own
    assert gone.errno == 3


def _owners() -> set[int]:
    from gonogo.backends.containers.engine import connect  # noqa: PLC0415
    from gonogo.backends.containers.labels import LABEL_PID  # noqa: PLC0415

    found = connect().client.api.containers(all=True, filters={"label": LABEL_PID})
    return {int(each["Labels"][LABEL_PID]) for each in found}
