"""Owning a run: the watchdog that outlives its owner, and the sweep of dead ones."""

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
from gonogo.ownership import Swept, read_owner, spawn_watchdog, sweep_leftovers, watch_and_sweep
from gonogo.vocabulary import Backend, EnvironmentFailed, ExitCode, Kind
from gonogo_faults import heal_all

WATCHDOG_DIED = "the watchdog died: nobody would clean up after this process"


@contextmanager
def owned(run_dir: Path, stop: StopSignal, log: EventLog, backend: Backend) -> Iterator[None]:
    """Have a watchdog while the block runs; without one the run must not go on.

    It is told good-bye only when nothing is left; otherwise it sweeps at once.

    Args:
        run_dir: the run directory.
        stop: thrown when the watchdog dies.
        log: where that is recorded.
        backend: where the system will run, so that the watchdog is ready to sweep there.

    Raises:
        EnvironmentFailed: the watchdog cannot be started, or died.
    """

    def abort() -> None:
        if stop.throw(WATCHDOG_DIED):
            with contextlib.suppress(OSError):  # a full disk must not keep the signal back
                log.record(Kind.STOP, reason=WATCHDOG_DIED, condition="watchdog")
            # A start may be waiting where no stop signal is looked at; this reaches it.
            os.kill(os.getpid(), signal.SIGTERM)

    output = run_dir / "logs" / "watchdog.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = own_python("gonogo.commands.cli", "watch", str(run_dir))
    command += ["--backend", backend.name]
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
    """Whether this process' run still has its state: the environment keeps it while needed."""
    owner = read_owner(run_dir)
    return owner is not None and owner.process.pid == os.getpid()


def watch(run_dir: Path, fd: int, backend: str) -> int:
    """The watchdog's own process."""

    def heal() -> None:
        heal_all(run_dir, by="watchdog", owned=False)

    watch_and_sweep(run_dir, run_dir.name, fd, heal, by_name(backend))
    return ExitCode.GO


def sweep_dead(runs_dir: Path) -> list[Swept]:
    """Heal and sweep every run whose owner is dead; live ones are left alone."""
    return sweep_leftovers(runs_dir, lambda run_dir: heal_all(run_dir, by="heal"), by_name)


def living_elsewhere(runs_dir: Path) -> list[str]:
    """A line for each run that lives where pids are others: no one here can end it."""
    return [
        f"{state.parent}: left alone, its owner lives in another pid namespace: end it there"
        for state in sorted(runs_dir.glob("*/state"))
        if (owner := read_owner(state.parent)) is not None and owner.elsewhere() and owner.alive()
    ]
