"""What tests of faults share: processes that arm a fault, and the pid of a container."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import wait_until
from gonogo_faults.mechanisms import running_container
from tests.backends.builders import PATIENCE_S

ARMER = """
import json, sys, threading
from pathlib import Path
from gonogo_faults import Journal, armed, make_fault
from gonogo.backends import RunningSystem
from gonogo.vocabulary import NoopRecorder

run_dir, name = Path(sys.argv[1]), sys.argv[2]
fault = make_fault(name, **json.loads(sys.argv[4]))
system, journal = RunningSystem(run_dir), Journal(run_dir, run_dir.name)
with armed(fault, sys.argv[3], label=name, system=system, journal=journal,
           recorder=NoopRecorder(), observe_timeout_s=0.0):
    sys.stdout.write("armed\\n")
    sys.stdout.flush()
    threading.Event().wait()
"""


@contextlib.contextmanager
def killed_armer(
    system: SupervisedEnvironment, name: str, service: str, parameters: str
) -> Iterator[None]:
    """Another process arms the fault and gets SIGKILL: only the journal has its undo."""
    with _armed_elsewhere(system, name, service, parameters) as armer:
        armer.kill()
    yield


@contextlib.contextmanager
def armer_that_stays(
    system: SupervisedEnvironment, name: str, service: str, parameters: str
) -> Iterator[None]:
    """Another process keeps the fault armed during the block, and heals it at the end."""
    with _armed_elsewhere(system, name, service, parameters) as armer:
        yield
        armer.send_signal(signal.SIGINT)


@contextlib.contextmanager
def _armed_elsewhere(
    system: SupervisedEnvironment, name: str, service: str, parameters: str
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", ARMER, str(system.run_dir), name, service, parameters]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as armer:
        assert armer.stdout is not None
        os.set_blocking(armer.stdout.fileno(), False)
        assert wait_until(lambda: bool(armer.stdout and armer.stdout.read()), PATIENCE_S)
        yield armer


def main_pid(system: SupervisedEnvironment, service: str) -> int:
    """Its container's main process."""
    return running_container(system.run, service).pid
