"""Edges are restored by other processes: after a kill, twice, and when nothing is to do."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.edges import EdgeControl
from gonogo.linux import processes_of_run, wait_until
from gonogo.vocabulary import ExitCode
from gonogo.vocabulary.events import ErrorOccurred
from gonogo_faults import Journal, heal_all, make_fault, open_intents
from gonogo_faults.undo import OpenEdges
from tests.backends.builders import PATIENCE_S, STARTING_BACKENDS, Memory

EDGE = "api->redis"
PROXY = b"gonogo-proxy"
in_both = pytest.mark.parametrize("backend", STARTING_BACKENDS)
ARMER = """
import sys, threading
from pathlib import Path
from gonogo_faults import Journal, armed, make_fault
from gonogo.backends import RunningSystem
from gonogo.edges import control as edge_control
from gonogo.vocabulary import NoopRecorder

edge_control._CALL_S_MAX = 30.0
run_dir, name = Path(sys.argv[1]), sys.argv[2]
parameters = {"latency_ms": 50} if name == "slow" else {}
system, journal = RunningSystem(run_dir), Journal(run_dir, run_dir.name)
with armed(make_fault(name, **parameters), sys.argv[3], label=name, system=system,
           journal=journal, recorder=NoopRecorder()):
    sys.stdout.write("armed\\n")
    sys.stdout.flush()
    threading.Event().wait()
"""


def _is_as_before(system: SupervisedEnvironment) -> bool:
    control = EdgeControl(system.edge_control(), system.run)
    return control.is_enabled(EDGE) and control.toxics(EDGE) == []


@in_both
@pytest.mark.parametrize("name", ["cut", "slow", "reset"])
def test_the_journal_heals_what_a_killed_armer_left(
    edged: SupervisedEnvironment, name: str
) -> None:
    """SIGKILL while it is armed: it stays until heal_all executes its undo, once."""
    command = [sys.executable, "-c", ARMER, str(edged.run_dir), name, EDGE]
    armer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert armer.stdout is not None
    os.set_blocking(armer.stdout.fileno(), False)
    assert wait_until(lambda: bool(armer.stdout and armer.stdout.read()), PATIENCE_S)
    armer.kill()
    armer.wait()
    armer.stdout.close()
    assert not _is_as_before(edged)
    began = time.monotonic()
    assert [each.label for each in heal_all(edged.run_dir)] == [name]
    assert time.monotonic() - began < PATIENCE_S
    assert _is_as_before(edged)
    assert heal_all(edged.run_dir) == open_intents(edged.run_dir) == []


def test_an_undo_may_be_repeated(edged: SupervisedEnvironment) -> None:
    """With the toxic present or not, the edge is as before after the undo."""
    fault = make_fault("slow", latency_ms=50)
    undo = fault.plan(edged, [EDGE])
    fault.arm(edged, [EDGE])
    for _ in range(2):
        undo.execute(None)
        assert _is_as_before(edged)


def test_without_the_proxy_there_is_nothing_to_heal(
    edged: SupervisedEnvironment, journal: Journal, run: str
) -> None:
    """The fault ended with the proxy: the intent is closed, and nothing is raised."""
    fault = make_fault("cut")
    journal.intend("one", "one", "cut", ["api", "redis"], lambda: fault.plan(edged, [EDGE]))
    fault.arm(edged, [EDGE])
    _kill_proxy(run)
    assert [each.id for each in heal_all(edged.run_dir)] == ["one"]


def test_another_runs_proxy_is_left_alone(edged: SupervisedEnvironment) -> None:
    """Another run may get the port: an undo of an older run changes nothing there."""
    fault = make_fault("cut")
    undo = fault.plan(edged, [EDGE])
    fault.arm(edged, [EDGE])
    assert isinstance(undo, OpenEdges)
    replace(undo, run="an-older-run").execute(None)
    assert not _is_as_before(edged)
    undo.execute(None)


def test_a_port_of_somebody_elses_is_left_alone(edged: SupervisedEnvironment) -> None:
    """A server without the control API is not the proxy: nothing to do, nothing raised."""
    host, port = edged.address("redis", 6379)
    OpenEdges((EDGE,), f"{host}:{port}", edged.run).execute(None)


@in_both
def test_the_death_of_the_proxy_is_ours(
    edged: SupervisedEnvironment, memory: Memory, run: str
) -> None:
    """It is recorded at once, as an error of the environment."""
    _kill_proxy(run)
    assert wait_until(lambda: bool(memory.of(ErrorOccurred)), PATIENCE_S)
    (error,) = memory.of(ErrorOccurred)
    assert error.error == "EdgesLost"
    assert error.exit_code == ExitCode.ENVIRONMENT


@in_both
def test_nothing_is_left_of_it_after_the_end(
    edged: SupervisedEnvironment, memory: Memory, run: str
) -> None:
    """The proxy ends after the services, by request: no error, no process."""
    edged.__exit__(None, None, None)
    assert processes_of_run(run) == []
    assert memory.of(ErrorOccurred) == []


def _kill_proxy(run: str) -> None:
    proxies = [
        each
        for each in processes_of_run(run)
        if Path(f"/proc/{each.pid}/cmdline").read_bytes().split(b"\0")[0].endswith(PROXY)
    ]
    assert len(proxies) == 1
    os.kill(proxies[0].pid, signal.SIGKILL)
    assert wait_until(lambda: proxies[0] not in processes_of_run(run), PATIENCE_S)
