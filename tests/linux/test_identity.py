"""A process is never taken for another one."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.linux import (
    RUN_VARIABLE,
    identify,
    is_alive,
    processes_of_run,
    read_stat,
    signal_identity,
    wait_for_exits,
    wait_until,
)
from gonogo.vocabulary import ProcessIdentity
from tests.backends.builders import PATIENCE_S

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


@pytest.fixture
def child(run: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child that carries the run id."""
    given = {**os.environ, RUN_VARIABLE: run}
    with subprocess.Popen(SLEEP, env=given, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def _known(process: subprocess.Popen[bytes]) -> ProcessIdentity:
    identity = identify(process.pid)
    assert identity is not None
    return identity


def test_a_process_is_identified_by_pid_start_and_run(
    child: subprocess.Popen[bytes], run: str
) -> None:
    """identify() gives the run id from the environment; the process is alive and found by it."""
    identity = _known(child)
    assert (identity.pid, identity.run) == (child.pid, run)
    assert is_alive(identity)
    assert processes_of_run(run) == [identity]


def test_no_run_id_finds_nothing(child: subprocess.Popen[bytes]) -> None:
    """An empty run id must not match the processes that carry none."""
    assert processes_of_run("") == []


def test_another_process_with_the_same_pid_is_never_signalled(
    child: subprocess.Popen[bytes],
) -> None:
    """A reused pid has another start time: it is not alive and gets no signal."""
    predecessor = replace(_known(child), start_ticks=1)
    assert not is_alive(predecessor)
    assert not signal_identity(predecessor, signal.SIGKILL)
    assert child.poll() is None


def test_a_zombie_is_dead(child: subprocess.Popen[bytes]) -> None:
    """A process that exited and waits for its parent is neither alive nor found nor signalled."""
    identity = _known(child)
    assert signal_identity(identity, signal.SIGKILL)
    assert wait_for_exits([identity], PATIENCE_S)
    stat = read_stat(child.pid)
    assert stat is not None
    assert stat.state == "Z"
    assert not is_alive(identity)
    assert identify(child.pid) is None
    assert processes_of_run(identity.run, mains=[identity]) == []
    assert not signal_identity(identity, signal.SIGCONT)


def test_a_process_that_is_gone_is_dead(child: subprocess.Popen[bytes]) -> None:
    """After it was reaped, no question about it raises."""
    identity = _known(child)
    child.kill()
    child.wait()
    assert identify(child.pid) is None
    assert not is_alive(identity)
    assert not signal_identity(identity, signal.SIGTERM)
    assert wait_for_exits([identity], 0)


def test_the_caller_and_its_ancestors_are_never_found(
    run: str, child: subprocess.Popen[bytes]
) -> None:
    """A sweep started from inside a run must not kill itself."""
    me = identify(os.getpid())
    assert me is not None
    assert me not in processes_of_run(run, mains=[me])


def test_descendants_count_whatever_they_carry(run: str) -> None:
    """A child without the run id belongs to the run through its parent."""
    code = f"import os, subprocess; subprocess.run({SLEEP!r}, env=dict())"
    command = [sys.executable, "-c", code]
    given = {**os.environ, RUN_VARIABLE: run}
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = processes_of_run(run)
        for each in found:
            signal_identity(each, signal.SIGKILL)
    assert len(found) == 2


@pytest.fixture
def session(run: str) -> Iterator[ProcessIdentity]:
    """The ended leader of a session, in which a process without the run id is left."""
    code = f"import subprocess; print(subprocess.Popen({SLEEP!r}, stdout=-3).pid)"
    with subprocess.Popen(
        [sys.executable, "-c", code], env={}, stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout is not None
        left = identify(int(leader.stdout.readline()))
    assert left is not None
    yield ProcessIdentity(leader.pid, left.start_ticks, run)
    signal_identity(left, signal.SIGKILL)


def test_a_session_without_its_leader_may_be_of_another_program(
    session: ProcessIdentity, run: str
) -> None:
    """Its number may be used again, so processes in it without a run id are not the run's."""
    assert processes_of_run(run, mains=[session]) == []


def test_a_session_whose_leader_has_just_ended_is_its_own(
    session: ProcessIdentity, run: str
) -> None:
    """Until now the number belonged to its leader, so processes in it need no run id."""
    (found,) = processes_of_run(run, mains=[session], just_ended=[session])
    assert os.getsid(found.pid) == session.pid


def test_a_session_with_a_marked_process_is_the_runs(tmp_path: Path, run: str) -> None:
    """A process with the run id, or with an open log, shows that the session is the run's."""
    bare, marked = f"env -i {shlex.join(SLEEP)} &", f"{shlex.join(SLEEP)} &"
    log = tmp_path / "log"
    for given, output in ({RUN_VARIABLE: run}, "/dev/null"), ({}, str(log)):
        script = f"{bare} echo $!; {marked.replace('&', f'>{output} &')}"
        with subprocess.Popen(
            ["sh", "-c", script], env={**os.environ, **given},
            stdout=subprocess.PIPE, start_new_session=True,
        ) as leader:  # fmt: skip
            assert leader.stdout is not None
            unmarked = int(leader.stdout.readline())
            leader.wait(PATIENCE_S)
            main = ProcessIdentity(leader.pid, 1, run)
            found: list[ProcessIdentity] = []

            def both(main: ProcessIdentity = main, found: list[ProcessIdentity] = found) -> bool:
                # The shell may end before its children have redirected their output.
                found[:] = processes_of_run(run, mains=[main], logs=[log])
                return len(found) == 2

            seen = wait_until(both, PATIENCE_S)
            for each in found:
                signal_identity(each, signal.SIGKILL)
        assert seen, found
        assert unmarked in [each.pid for each in found]


def test_a_main_process_without_identity_leads_no_session(run: str) -> None:
    """A main process that was never seen has pid 0; kernel threads are in that session."""
    for unseen in (ProcessIdentity(0, 0, run), ProcessIdentity(os.getsid(0), 0, run)):
        assert processes_of_run(run, mains=[unseen]) == []
