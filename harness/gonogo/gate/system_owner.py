"""The process that owns the system between ``gonogo up`` and ``gonogo down``.

``python -P -m gonogo.gate.system_owner TARGET_FILE BACKEND RUN_DIR``
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from gonogo.backends import by_name
from gonogo.gate.exit_code import exit_code_of
from gonogo.gate.interrupt import interruptible
from gonogo.gate.owner import owned
from gonogo.gate.stop import StopSignal
from gonogo.linux import deferred_signals
from gonogo.observation import EventLog
from gonogo.target import load_target
from gonogo.vocabulary import ExitCode

SIGNAL_S_MAX = 0.2  # until a signal is noticed


def own_system(target_file: Path, backend_name: str, run_dir: Path) -> ExitCode:
    """Start the system and own it until a signal ends it.

    Raises:
        HarnessError: it did not start.
    """
    backend = by_name(backend_name)
    target = load_target(target_file, os.environ).for_backend(backend)
    stop = StopSignal()
    with EventLog(run_dir, run_dir.name, "owner", "harness") as log, interruptible():
        try:
            with deferred_signals() as signals, ExitStack() as stack:
                stack.enter_context(owned(run_dir, stop, log, backend))
                stack.enter_context(backend.environment(target, run_dir, run_dir.name, log))
                while not stop.wait(SIGNAL_S_MAX):
                    signals.check()
        except KeyboardInterrupt:
            return ExitCode.GO
    return ExitCode.ENVIRONMENT


if __name__ == "__main__":
    _target_file, _backend, _run_dir = sys.argv[1:]
    sys.exit(exit_code_of(lambda: own_system(Path(_target_file), _backend, Path(_run_dir))))
