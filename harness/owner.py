"""Owning a run: the watchdog that outlives its owner, and the sweep of dead ones."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fault_injection import heal_all
from harness.environment import Swept, spawn_watchdog, sweep_leftovers, watch_and_sweep
from harness.observation import EventLog
from harness.stop import StopSignal
from harness.vocabulary import EnvironmentFailed, ExitCode, Kind


@contextmanager
def owned(run_dir: Path, stop: StopSignal, log: EventLog) -> Iterator[None]:
    """Have a watchdog while the block runs; without one the run must not go on.

    Raises:
        EnvironmentFailed: the watchdog cannot be started, or died.
    """
    died = "the watchdog died: nobody would clean up after this process"

    def abort() -> None:
        if stop.throw(died):
            log.record(Kind.STOP, reason=died, condition="watchdog")
            # A start may be waiting where no stop signal is looked at; this reaches it.
            os.kill(os.getpid(), signal.SIGTERM)

    output = run_dir / "logs" / "watchdog.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "harness.cli", "watch", str(run_dir)]
    with spawn_watchdog(command, log=output, on_death=abort):
        try:
            yield
        except KeyboardInterrupt:
            if stop.reason == died:
                raise EnvironmentFailed(died, where=str(output)) from None
            raise


def watch(run_dir: Path, fd: int) -> int:
    """The watchdog's own process."""
    watch_and_sweep(run_dir, run_dir.name, fd, lambda: heal_all(run_dir, by="watchdog"))
    return ExitCode.GO


def sweep_dead(runs_dir: Path) -> list[Swept]:
    """Heal and sweep every run whose owner is dead; live ones are left alone."""
    return sweep_leftovers(runs_dir, lambda run_dir: heal_all(run_dir, by="heal"))
