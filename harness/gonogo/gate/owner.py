"""Owning a run: the watchdog that outlives this process, and the sweep of runs without an owner."""

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gonogo.backends import by_name
from gonogo.gate.stop import StopSignal
from gonogo.linux import own_python
from gonogo.observation import EventLog
from gonogo.ownership import Swept, read_owner, spawn_watchdog, sweep_leftovers
from gonogo.vocabulary import Backend, EnvironmentFailed
from gonogo.vocabulary.events import StopRequested
from gonogo_faults import heal_all

WATCHDOG_DIED = "the watchdog died: nothing would clean up after this process"


@contextmanager
def owned(run_dir: Path, stop: StopSignal, log: EventLog, backend: Backend) -> Iterator[None]:
    """Have a watchdog while the block runs; when it dies the run ends.

    After the block the watchdog sweeps what the block left behind, and then ends too.

    Args:
        run_dir: the run directory.
        stop: set when the watchdog dies.
        log: where that is recorded.
        backend: where the system will run, so that the watchdog is ready to sweep there.

    Raises:
        EnvironmentFailed: the watchdog cannot be started, or died.
    """

    def abort() -> None:
        if stop.set(WATCHDOG_DIED):
            with contextlib.suppress(OSError):  # the signal matters more than its record
                log.record(StopRequested(reason=WATCHDOG_DIED, condition="watchdog"))
            # The start of a service does not check the stop signal; this interrupts it.
            os.kill(os.getpid(), signal.SIGTERM)

    output = run_dir / "logs" / "watchdog.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = own_python("gonogo.gate.watchdog_process", str(run_dir), backend.name)
    with spawn_watchdog(command, log=output, on_death=abort) as watchdog:
        try:
            yield
        except KeyboardInterrupt:
            if stop.reason == WATCHDOG_DIED:
                raise EnvironmentFailed(WATCHDOG_DIED, where=str(output)) from None
            raise
        finally:
            if _left_behind(run_dir):
                watchdog.abandon()


def _left_behind(run_dir: Path) -> bool:
    """Whether this process still owns state of the run; the environment deletes it last."""
    owner = read_owner(run_dir)
    return owner is not None and owner.process.pid == os.getpid()


def sweep_dead(runs_dir: Path) -> list[Swept]:
    """Heal and sweep every run whose owner is dead; live ones are left alone."""
    return sweep_leftovers(runs_dir, lambda run_dir: heal_all(run_dir, by="heal"), by_name)


def living_elsewhere(runs_dir: Path) -> list[str]:
    """A line for each run that lives in another pid namespace: it cannot be ended from here."""
    return [
        f"{state.parent}: left alone, its owner lives in another pid namespace: end it there"
        for state in sorted(runs_dir.glob("*/state"))
        if (owner := read_owner(state.parent)) is not None and owner.elsewhere() and owner.alive()
    ]
